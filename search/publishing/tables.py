"""Tables as files: CSV and JSON lines, and Parquet by pyarrow. The same rows give the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cnngen.search.errors import SearchError
from cnngen.search.publishing.columns import Kind, Table

Row = dict[str, Any]


def to_csv(table: Table, rows: Iterable[Row]) -> str:
    """The rows as CSV with a head; a cell without a value is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, table.names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def from_csv(table: Table, path: Path) -> list[Row]:
    """The rows of a file; numbers are numbers again, empty cells None. Raises OSError, ValueError and csv.Error."""
    kinds = table.kinds
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {name: _value(kinds.get(name, "text"), cell) for name, cell in row.items()} for row in csv.DictReader(file)
        ]


def to_lines(table: Table, rows: Iterable[Row]) -> str:
    """The rows as JSON, one a line."""
    return "".join(json.dumps({name: row.get(name) for name in table.names}) + "\n" for row in rows)


def from_lines(path: Path) -> list[Row]:
    """The rows of such a file. Raises OSError and ValueError."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def to_parquet(table: Table, rows: Iterable[Row]) -> bytes:
    """The rows as Parquet, whose columns say what they mean. Raises SearchError without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise SearchError(
            'Parquet needs pyarrow: pip install "cnngen[benchmark]"; or export the tables as CSV alone, with --compact.'
        ) from error
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema(
        [pa.field(column.name, types[column.kind], metadata={"description": column.what}) for column in table.columns]
    )
    cells = [{column.name: _cell(column.kind, row.get(column.name)) for column in table.columns} for row in rows]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(cells, schema=schema), sink)
    return bytes(sink.getvalue().to_pybytes())


def _cell(kind: Kind, value: Any) -> Any:
    """A value as Parquet has it."""
    if value is None:
        return None
    if kind == "time":
        from datetime import datetime

        return datetime.fromisoformat(value)
    return {"number": float, "integer": int, "text": str}[kind](value)


def _value(kind: Kind, text: str | None) -> Any:
    if not text:
        return None
    if kind == "integer":
        return int(text)
    if kind == "number":
        # A whole number stays one, so that reading and writing again gives the same bytes.
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return text
