"""`cnngen/doctor`: what the machine has for training and measuring. Not a request of the protocol's own.

It has no parameters, and the answer is `{problem, measures, report}`: one sentence or null; by what way the energy of
each component (cpu, gpu, ram) will be told; and the whole as Markdown. It starts TensorFlow, which takes ten seconds.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cnngen.server.errors import CommandFailed
from cnngen.server.features.doctor import doctors_report
from cnngen.server.settings import expanded_command

if TYPE_CHECKING:
    from cnngen.server.app import Server

DOCTOR = "cnngen/doctor"


def register(server: Server) -> None:
    """Offer the doctor's report."""
    server.feature(DOCTOR)(doctor)


async def doctor(ls: Server, _params: Any) -> dict[str, Any]:
    """Examine the interpreter that trains. Raises CommandFailed in a folder that is not trusted."""
    from cnngen.runtime import doctor as examine

    settings = ls.settings
    if not settings.trusted:
        raise CommandFailed("The doctor starts the folder's Python, and the folder is not trusted: trust it first.")
    found = await asyncio.to_thread(examine, expanded_command(settings.interpreter, None), settings.worker_path)
    return {"problem": found["problem"], "measures": found["measures"], "report": doctors_report(found)}
