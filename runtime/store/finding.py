"""Which run a name on the command line means."""

from __future__ import annotations

from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.store.rows import RunRow
from cnngen.runtime.store.store import RunStore

#: The name of the newest run.
LAST = "last"


class NoSuchRun(Exception):
    """There is no run of that name, or there are several; the message is one sentence."""


def find(store: RunStore, name: str, among: list[RunRow] | None = None) -> RunRow:
    """The run that is meant by its id, the beginning of its id, `last`, or its folder.

    `among` are the runs to choose from, all of the store by default. Raises NoSuchRun, and OSError when the folder of
    runs cannot be read.
    """
    rows = store.runs() if among is None else among
    if name == LAST:
        if not rows:
            raise NoSuchRun(
                f"There is no run in {store.runs_dir}: train a program first, or name another folder (--runs-dir)."
            )
        return rows[0]
    found = [row for row in rows if row.id == name] or [row for row in rows if name and row.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchRun(f'"{name}" is the beginning of {len(found)} runs, such as {found[0].id} and {found[1].id}.')
    folder = _folder(name)
    if folder is None:
        raise NoSuchRun(f'There is no run "{name}" in {store.runs_dir}.')
    return store.row(folder)


def _folder(name: str) -> Path | None:
    try:
        folder = Path(name).absolute()
        return folder if (folder / record.RESULT).is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None
