"""A published benchmark as data frames of pandas, which only who calls this needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.benchmark.making import SPECIFICATION
from cnngen.search.benchmark.specification import Specification, read_specification
from cnngen.search.errors import SearchError
from cnngen.search.publishing import noise
from cnngen.search.publishing.columns import EPOCHS, LATENCIES, NETWORKS, POWER, TRIALS, Table
from cnngen.search.publishing.files import check, csv_of, parquet_of, sums
from cnngen.search.publishing.tables import from_csv, from_lines

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {"text": "string", "integer": "Int64", "number": "float64", "time": "datetime64[us, UTC]"}


@dataclass(frozen=True)
class LoadedBenchmark:
    """A published set. Columns are described in its card; units are the ends of their names.

    `trials`: a row for each training. `epochs`, `power`: their learning curves and traces of power, by `id`.
    `networks`: sizes and programs, by `hash`, which `trials.network_hash` names. `latencies`: how long these take to
    predict, by `network_hash`; no rows where that has not been measured.
    """

    folder: Path
    specification: Specification
    trials: pd.DataFrame
    epochs: pd.DataFrame
    power: pd.DataFrame
    networks: pd.DataFrame
    latencies: pd.DataFrame

    def noise_floor(self, role: str = "repeat") -> pd.DataFrame:
        """Pooled standard deviations between trainings of the same network; see `cnngen.search.publishing.noise`.

        `role`: "repeat" for other seeds, "reference" for the same seed again.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = self.trials.astype(object).where(self.trials.notna(), None).to_dict("records")  # type: ignore[assignment]
        found = noise.deviations(noise.groups(rows, role))
        columns = ("measure", "relative", "deviation", "networks", "trainings")
        return pd.DataFrame([{name: getattr(one, name) for name in columns} for one in found], columns=list(columns))


def load_benchmark(path: str | Path) -> LoadedBenchmark:
    """Load the folder that `cnngen benchmark export` wrote, from its Parquet where there is some, else from its CSV.

    Files are compared with their checksums. Raises SearchError: there is no export, a file is damaged, or pandas is
    not installed.
    """
    try:
        import pandas  # noqa: F401
    except ModuleNotFoundError as error:
        raise SearchError('Data frames need pandas: pip install "cnngen[benchmark]".') from error
    folder = Path(path)
    if not folder.is_dir():
        raise SearchError(f"{folder} is no folder; give the one that cnngen benchmark export wrote.")
    listed = sums(folder)
    check(folder, [SPECIFICATION])
    frames = {table.name: _frame(folder, table, listed) for table in (TRIALS, EPOCHS, POWER, NETWORKS, LATENCIES)}
    return LoadedBenchmark(folder, read_specification(folder / SPECIFICATION), **frames)


def _frame(folder: Path, table: Table, listed: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    text, parquet = csv_of(table), parquet_of(table)
    if parquet in listed and _reads_parquet():
        check(folder, [parquet])
        frame = pd.read_parquet(folder / parquet)
    elif table in (POWER, LATENCIES) and text not in listed:
        frame = pd.DataFrame(columns=list(table.names))
    else:
        check(folder, [text])
        try:
            rows = from_lines(folder / text) if table is NETWORKS else from_csv(table, folder / text)
        except ValueError as error:
            raise SearchError(f"{folder / text} is no table of {table.name}: {error}.") from error
        frame = pd.DataFrame(rows, columns=list(table.names))
    for column in table.columns:
        if column.kind == "time":
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True, format="ISO8601")
        frame[column.name] = frame[column.name].astype(_TYPES[column.kind])  # type: ignore[call-overload]
    return frame


def _reads_parquet() -> bool:
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None
