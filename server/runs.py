"""Where the runs of the workspace's programs are, and which of them go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnngen.runtime.record import PROGRAM, RESULT
from cnngen.server.files import path_of_file, uri_of
from cnngen.server.settings import expanded

if TYPE_CHECKING:
    from cnngen.server.app import Server
    from cnngen.server.settings import Settings

#: The server's notification that runs have changed: that of the folder `directory`, without one any.
CHANGED = "cnngen/runsChanged"


def runs_directory(settings: Settings, path: Path, folder: Path | None) -> Path:
    """Where the runs of a program go: as set, from the workspace's folder; else `runs` beside it."""
    runs = settings.runs_directory and expanded(settings.runs_directory, folder or path.parent)
    return runs or path.parent / "runs"


async def runs_directories(server: Server) -> list[Path]:
    """Where the runs of all programs of the workspace go, and of those that are open."""

    def folder(uri: str, root: Path) -> Path | None:
        settings = server.configuration.of(uri)
        return expanded(settings.runs_directory, root) if settings.runs_directory else None

    roots = server.folders.roots
    # Without the setting the runs are beside the programs, which must be looked for. It may come meanwhile.
    looked = not all(folder(uri, root) for uri, root in roots.items())
    programs = await server.folders.programs() if looked else []
    found = {folder(uri, root) or root / "runs" for uri, root in roots.items()}
    open_files = [path for document in server.documents.all() if (path := path_of_file(document.uri))]
    for path in [*programs, *open_files]:
        if path.name != PROGRAM or not (path.parent / RESULT).exists():  # else a run's own copy
            settings = server.configuration.of(uri_of(path))
            found.add(runs_directory(settings, path, server.folders.root_of(path)))
    return sorted(found)


def living(runs_dirs: list[Path]) -> list[tuple[Path, Path | None, str]]:
    """The runs that go on or wait: their folders, the programs' files where they are known, and the programs' names.

    In the place of a run that repeats others stands the record of its group, which may wait before its first run.
    """
    there = [runs_dir for runs_dir in runs_dirs if _exists(runs_dir)]
    if not there:
        return []  # and nothing to load that reads runs

    from cnngen.runtime.store import RunStore

    found: dict[Path, tuple[Path, Path | None, str]] = {}
    for runs_dir in there:
        store = RunStore(runs_dir)
        try:
            rows, groups = store.runs(), store.groups()
        except OSError:
            continue  # no runs that this user may see
        for group in groups:
            if group.living:
                last = group.path.with_name(group.runs[-1]) if group.runs else None
                found[group.path] = (group.path, last and _file(last), group.program)
        for row in rows:
            if row.living:
                place = group_of(row.path) or row.path
                found[place] = (place, _file(row.path), row.program)
    return list(found.values())


def _file(run_dir: Path) -> Path | None:
    """The program's file of a run, where it is known."""
    from cnngen.runtime.record import read_request

    file = read_request(run_dir).get("file")
    return Path(file) if isinstance(file, str) else None


def group_of(run_dir: Path) -> Path | None:
    """The record of the group that a run is part of; None for a run of its own, or where nobody knows."""
    from cnngen.runtime import group, record

    try:
        repeat = record.read(run_dir)["run"].get("repeat")
        path = run_dir.with_name(f"{repeat['group']}{group.SUFFIX}") if repeat else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return path if path and path.exists() else None


def _exists(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False  # for this user
