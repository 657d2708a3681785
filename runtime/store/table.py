"""Runs as one table for other programs: a line a run, units in the names of the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.store.rows import RunRow

#: What a cell holds: a text, a number of one of two kinds.
_Way = tuple[str, ...]

#: What the CNNGen paper records of a network (its section 4.3), in its order, as in a record's `paper`.
PAPER: dict[str, type] = {
    "network": str, "accuracy": float, "training_time_s": float, "epochs_executed": int, "parameters": int,
    "emissions_kg": float, "emissions_rate_kg_per_s": float, "power_cpu_w": float, "power_gpu_w": float,
    "power_ram_w": float, "energy_cpu_kwh": float, "energy_gpu_kwh": float, "energy_ram_kwh": float,
    "energy_total_kwh": float, "country_name": str, "country_iso_code": str,
}  # fmt: skip

#: What else is worth a column: its type, and the way to it in the record.
FURTHER: dict[str, tuple[type, _Way]] = {
    "energy_cpu_source": (str, ("energy", "sources", "cpu", "source")),
    "energy_gpu_source": (str, ("energy", "sources", "gpu", "source")),
    "energy_ram_source": (str, ("energy", "sources", "ram", "source")),
    "energy_total_net_kwh": (float, ("energy", "training", "energy_total_net_kwh")),
    "energy_run_kwh": (float, ("energy", "total", "energy_total_kwh")),
    "carbon_intensity_g_per_kwh": (float, ("carbon", "intensity_g_per_kwh")),
    "test_loss": (float, ("quality", "test_loss")),
    "run_duration_s": (float, ("run", "duration_s")),
    "device": (str, ("run", "device")),
    "device_name": (str, ("run", "device_name")),
    "layers": (int, ("network", "layers")),
    "macs": (int, ("network", "macs")),
    "data_set": (str, ("data", "name")),
    "data_sha256": (str, ("data", "sha256")),
    "images_train": (int, ("data", "images_train")),
    "images_validation": (int, ("data", "images_validation")),
    "images_test": (int, ("data", "images_test")),
    "optimizer": (str, ("training", "optimizer")),
    "learning_rate": (float, ("training", "learning_rate")),
    "batch_size": (int, ("training", "batch_size")),
    "epochs_planned": (int, ("training", "epochs")),
    "seed": (int, ("training", "seed")),
    # Both change what an epoch takes.
    "jit_compile": (bool, ("training", "jit_compile")),
    "steps_per_execution": (int, ("training", "steps_per_execution")),
}

#: All columns with their types: which run it is, the paper's figures, and the rest.
COLUMNS: dict[str, type] = {
    "id": str, "status": str, "began_utc": datetime, "network_hash": str, **PAPER,
    **{name: kind for name, (kind, _) in FURTHER.items()}, "message": str,
}  # fmt: skip


def line(row: RunRow) -> dict[str, Any]:
    """A run as a line of the table. What it has no value for is None; so are all figures of an unreadable record."""
    try:
        result = record.read(row.path)
    except (OSError, ValueError):
        result = {}
    own = {
        "id": row.id, "status": row.status, "began_utc": row.began, "network_hash": row.network_hash,
        "message": row.message, "network": row.program,
    }  # fmt: skip
    paper = result.get("paper")
    told = {name: _along(result, way) for name, (_, way) in FURTHER.items()}
    if isinstance(paper, dict):
        told |= {name: paper.get(name) for name in PAPER}
    else:
        told |= {"parameters": row.parameters, "epochs_executed": row.epochs}
    return {name: _cell((told | own).get(name), kind) for name, kind in COLUMNS.items()}


def to_csv(rows: Iterable[RunRow]) -> str:
    """The table as CSV with a head: times in ISO 8601, nothing where there is no value."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = line(row)
        writer.writerow({**cells, "began_utc": cells["began_utc"].isoformat()})
    return text.getvalue()


def to_parquet(rows: Iterable[RunRow]) -> bytes:
    """The table as Parquet. Raises ImportError without pyarrow."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime: pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([line(row) for row in rows], schema=schema), sink)
    return bytes(sink.getvalue().to_pybytes())


def _cell(value: Any, kind: type) -> Any:
    """The value as its column has it; None for what does not fit, as in a record that was changed by hand."""
    if kind is bool:
        return value if isinstance(value, bool) else None
    if value is None or isinstance(value, bool) or kind in (str, datetime):
        return str(value) if kind is str and value is not None else value if kind is datetime else None
    make: Callable[[Any], Any] = kind
    try:
        return make(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _along(result: dict[str, Any], way: _Way) -> Any:
    found: Any = result
    for key in way:
        found = found.get(key) if isinstance(found, dict) else None
    return found
