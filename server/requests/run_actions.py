"""`cnngen/stopRun`, `cnngen/deleteRun`: what one does with a run in a list. Not requests of the protocol's own.

Both take the `{directory}` of a run, as a URI, and answer null, or are refused with one sentence. It does not matter
who has started the run: a worker obeys its folder.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.server.errors import CommandFailed
from cnngen.server.requests.runs import directory
from cnngen.server.runs import CHANGED

if TYPE_CHECKING:
    from cnngen.server.app import Server
    from cnngen.server.results import Results

STOP = "cnngen/stopRun"
DELETE = "cnngen/deleteRun"


def register(server: Server) -> None:
    """Offer to stop and to delete runs."""
    server.feature(STOP)(stop_run)
    server.feature(DELETE)(delete_run)


async def stop_run(ls: Server, params: Any) -> None:
    """Have a training stop after its batch; what was done is kept. One that has ended stays as it is."""
    from cnngen.runtime import TrainingJob

    folder = directory(params)
    await asyncio.to_thread(lambda: TrainingJob.attach(folder).cancel())


async def delete_run(ls: Server, params: Any) -> None:
    """Delete a run's folder for good."""
    folder = directory(params)
    await asyncio.to_thread(_delete, ls.results, folder)
    ls.protocol.notify(CHANGED, {"directory": getattr(params, "directory", None)})
    ls.refresh_code_lenses()


def _delete(results: Results, folder: Path) -> None:
    from cnngen.runtime.store import CannotRemove, remove

    store = results.store(folder.parent)
    row = next((row for row in store.runs() if row.path == folder), None)
    if row is None:
        raise CommandFailed(f"{folder} is no folder of a run: nothing was deleted.")
    if row.living:
        raise CommandFailed(f"The training of {row.program} goes on: stop it first, then delete its run.")
    try:
        remove(store, row)
    except CannotRemove as error:
        raise CommandFailed(str(error)) from error
