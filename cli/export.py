"""`cnngen runs export`: runs as one table for other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cnngen.cli.choosing import RunsDir, chosen, store_of
from cnngen.cli.errors import CannotWork
from cnngen.cli.output import write


class Table(StrEnum):
    """What a table can be written as."""

    CSV = "csv"
    PARQUET = "parquet"


def export(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Runs, as for show; all by default.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where the table goes; else it is printed.")
    ] = None,
    format: Annotated[Table | None, typer.Option(help="By the file's ending, else csv.")] = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Write runs as a table, a line a run, with units in the names of the columns.

    The sixteen figures of the CNNGen paper are columns, beside the settings and the source of each energy.
    """
    from cnngen.runtime import record
    from cnngen.runtime.store import table

    store, rows = store_of(runs_dir)
    if ids:
        rows = [chosen(runs_dir, name, store, rows) for name in ids]
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
