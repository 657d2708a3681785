"""Which runs a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import CannotWork

if TYPE_CHECKING:
    from cnngen.runtime.store import RunRow, RunStore

#: The option of all commands about runs.
RunsDir = Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="The folder of the runs.")]


def store_of(runs_dir: Path) -> tuple[RunStore, list[RunRow]]:
    """The store of a folder and its runs. Raises CannotWork."""
    from cnngen.runtime.store import RunStore

    store = RunStore(runs_dir)
    try:
        return store, store.runs()
    except OSError as error:
        raise CannotWork(f"The folder {store.runs_dir} cannot be read: {error.strerror or error}.") from error


def chosen(
    runs_dir: Path,
    name: str,
    store: RunStore | None = None,
    rows: list[RunRow] | None = None,
    *,
    living: bool = False,
) -> RunRow:
    """The run that a name means. With `living` it must go on, and an empty name is the only one that does.

    Raises CannotWork.
    """
    from cnngen.runtime.store import NoSuchRun, find

    if store is None or rows is None:
        store, rows = store_of(runs_dir)
    if living and not name:
        alive = [row for row in rows if row.living]
        if len(alive) == 1:
            return alive[0]
        if alive:
            raise CannotWork(f"{len(alive)} runs go on; name one of them: {', '.join(row.id for row in alive)}.")
        raise CannotWork(f"No run goes on in {store.runs_dir}.")
    try:
        row = find(store, name, rows)
    except NoSuchRun as error:
        raise CannotWork(str(error)) from error
    if living and not row.living:
        raise CannotWork(f"{row.id} does not go on any more: it is {row.status}.")
    return row
