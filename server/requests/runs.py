"""`cnngen/runs`, `cnngen/run`: what came of trainings, for views beside the text. Not requests of the protocol's own.

`cnngen/runs` takes the `{uri}` of a program, for its runs; the `{directory}` of a run, for all of that run's program;
or nothing, for all runs of the open folders. The answer is `{runs, folders}`: the runs, the newest first, each with the
figures of a `RunRow`, texts for people, and the URI of its folder as `directory`; and where runs are looked for.

`cnngen/run` takes the `{directory}` of a run. The answer is what `cnngen.runtime.overview` makes of it, but its status
is `running` or `waiting` while the worker lives, and it has the URI of its folder as `directory`. Of a run that others
repeat, `group` has its `status` and `rows` of `label` and `text`: what they come to together.

Both are refused with one sentence. They read files, in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.server.errors import CommandFailed
from cnngen.server.features.runs import told
from cnngen.server.files import path_of_file, uri_of
from cnngen.server.runs import group_of, runs_directories, runs_directory

if TYPE_CHECKING:
    from cnngen.runtime.store import RunRow
    from cnngen.server.app import Server
    from cnngen.server.results import Results

RUNS = "cnngen/runs"
RUN = "cnngen/run"


def register(server: Server) -> None:
    """Offer runs."""
    server.feature(RUNS)(runs)
    server.feature(RUN)(run)


async def runs(ls: Server, params: Any) -> dict[str, Any]:
    """The runs of a program, or of all."""
    folders, program, beside = await _places(ls, params)
    rows = await asyncio.to_thread(_rows, ls.results, folders, program, beside)
    listed = [told(row) | {"directory": uri_of(row.path)} for row in rows]
    return {"runs": listed, "folders": [uri_of(folder) for folder in folders]}


async def run(ls: Server, params: Any) -> dict[str, Any]:
    """All about one run."""
    folder = directory(params)
    return await asyncio.to_thread(_overview, ls.results, folder)


def directory(params: Any) -> Path:
    """The folder of the run that a request is about. Raises CommandFailed."""
    uri = getattr(params, "directory", None)
    folder = path_of_file(uri) if isinstance(uri, str) else None
    if folder is None:
        raise CommandFailed("The request must name the folder of a run by its URI.")
    return folder


async def _places(ls: Server, params: Any) -> tuple[list[Path], str | None, Path | None]:
    """In which folders to look, for runs of which program; or for those of the program of which run."""
    if isinstance(getattr(params, "directory", None), str):
        folder = directory(params)
        return [folder.parent], None, folder
    uri = getattr(params, "uri", None)
    if isinstance(uri, str):
        path = path_of_file(uri)
        if path is None:
            return [], None, None  # never saved, so never trained
        return [runs_directory(ls.configuration.of(uri), path, ls.folders.root_of(path))], path.stem, None
    return await runs_directories(ls), None, None


def _rows(results: Results, folders: Iterable[Path], program: str | None, beside: Path | None) -> list[RunRow]:
    found = []
    for folder in folders:
        try:
            found += results.store(folder).runs(program)
        except OSError as error:
            raise CommandFailed(f"{folder} cannot be read: {error.strerror or error}.") from error
    if beside is not None:
        named = next((row.program for row in found if row.path.name == beside.name), None)
        # Of a run that is gone, its folder's name tells: program, date, time, hash.
        named = named or beside.name.rsplit("-", 3)[0]
        found = [row for row in found if row.program == named]
    return sorted(found, key=lambda row: (row.began, row.id), reverse=True)


def _overview(results: Results, folder: Path) -> dict[str, Any]:
    from cnngen.runtime.overview import overview

    try:
        found = overview(folder)
    except OSError as error:
        raise CommandFailed(f"The run {folder.name} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise CommandFailed(str(error)) from error
    return found | {
        "status": results.store(folder.parent).row(folder).status,
        "directory": uri_of(folder),
        "group": _group(folder),
    }


def _group(folder: Path) -> dict[str, Any] | None:
    """What a run's repetitions say together, in the words of `cnngen train --repeat`."""
    from cnngen.runtime.driving.settling import settled
    from cnngen.runtime.group import group_summary

    path = group_of(folder)
    if path is None:
        return None
    try:
        told = settled(path)
        rows = [{"label": label, "text": text} for label, text in group_summary(told)]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return {"status": told["status"], "rows": rows}
