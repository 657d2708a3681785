"""`cnngen runs export`: runs as one table for other programs, or in MLflow."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.choosing import RunsDir, chosen, store_of
from cnngen.cli.errors import CannotWork
from cnngen.cli.output import write

if TYPE_CHECKING:
    from cnngen.runtime.store import RunRow

#: Where MLflow's own tools look for the address of its server.
_TRACKING = "MLFLOW_TRACKING_URI"


class Table(StrEnum):
    """What runs can be written as."""

    CSV = "csv"
    PARQUET = "parquet"
    MLFLOW = "mlflow"


def export(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Runs, as for show; all by default.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where the table goes; else it is printed.")
    ] = None,
    format: Annotated[Table | None, typer.Option(help="By the file's ending, else csv.")] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="URI", help=f"For mlflow: its server, or sqlite:///FILE.db; {_TRACKING} by default."),
    ] = None,
    experiment: Annotated[str, typer.Option(metavar="NAME", help="For mlflow: the experiment.")] = "cnngen",
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Write runs as a table, a line a run, with units in the names of the columns, or put them into MLflow.

    The sixteen figures of the CNNGen paper are columns, beside the settings and the source of each energy.
    """
    from cnngen.runtime import record
    from cnngen.runtime.store import table

    store, rows = store_of(runs_dir)
    if ids:
        rows = [chosen(runs_dir, name, store, rows) for name in ids]
    if format is Table.MLFLOW:
        _into_mlflow(rows, to or os.environ.get(_TRACKING), experiment)
        return
    kind = format or (Table.PARQUET if output and output.suffix == ".parquet" else Table.CSV)
    if kind is Table.CSV and output is None:
        write(table.to_csv(rows).removesuffix("\n"))
        return
    if output is None:
        raise CannotWork("A Parquet table is no text: say which file it goes to (--output).")
    try:
        content = table.to_csv(rows).encode() if kind is Table.CSV else table.to_parquet(rows)
        record.write_bytes(output, content)
    except ImportError as error:
        raise CannotWork('Parquet needs pyarrow: pip install "cnngen[parquet]".') from error
    except OSError as error:
        raise CannotWork(f"{output} cannot be written: {error.strerror or error}.") from error
    write(f"{output}: {len(rows):,} run{'' if len(rows) == 1 else 's'}", sys.stderr)


def _into_mlflow(rows: list[RunRow], uri: str | None, experiment: str) -> None:
    from cnngen.runtime.store import mlflow

    if not uri:
        raise CannotWork(f"Say which MLflow the runs go to: --to sqlite:///mlflow.db, --to http://..., or {_TRACKING}.")
    ended = [row for row in rows if not row.living]
    try:
        new, known = mlflow.export(ended, uri, experiment)
    except ImportError as error:
        raise CannotWork('MLflow is not installed: pip install "cnngen[mlflow]".') from error
    except mlflow.CannotReach as error:
        raise CannotWork(str(error)) from error
    parts = [f"{new:,} new run{'' if new == 1 else 's'}"]
    parts += [f"{known:,} already there"] if known else []
    parts += [f"{len(rows) - len(ended):,} still going on, left out"] if len(ended) < len(rows) else []
    write(f"{uri}, experiment {experiment}: {', '.join(parts)}", sys.stderr)
