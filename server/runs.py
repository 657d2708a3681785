"""Where the runs of the workspace's programs are, and which of them go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    from cnngen.runtime.record import PROGRAM
    from cnngen.runtime.runs import is_folder_name

    # Each run has a copy of its program, which has no runs of its own.
    paths = {
        path for path in await server.folders.programs() if path.name != PROGRAM or not is_folder_name(path.parent.name)
    }
    paths |= {path for document in server.documents.all() if (path := path_of_file(document.uri))}
    found = {
        runs_directory(server.configuration.of(uri_of(path)), path, server.folders.root_of(path)) for path in paths
    }
    # Programs that are no longer there have left their runs.
    found |= {
        runs_directory(server.configuration.of(uri), root / "program", root)
        for uri, root in server.folders.roots.items()
    }
    return sorted(found)


def living(runs_dirs: list[Path]) -> list[tuple[Path, Path | None, str]]:
    """The runs that go on: their folders, the programs' files where they are known, and the programs' names."""
    from cnngen.runtime.record import read_request
    from cnngen.runtime.store import RunStore

    found = []
    for runs_dir in runs_dirs:
        try:
            rows = RunStore(runs_dir).runs()
        except OSError:
            continue  # no runs that this user may see
        for row in rows:
            if row.living:
                file = read_request(row.path).get("file")
                found.append((row.path, Path(file) if isinstance(file, str) else None, row.program))
    return found
