"""A progress that the client shows, with a button that cancels."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from cnngen.server.app import Server

#: Seconds that a client may take to agree to show a progress; the work does not wait for its picture.
PATIENCE = 10.0


class Progress:
    """One progress, from its begin to its end. Says nothing where the client has none to show."""

    def __init__(self, server: Server, token: str) -> None:
        self._server = server
        self._shown = False
        self.token = token

    async def begin(self, title: str) -> None:
        """Have the client show it."""
        if not self._server.shows_progress:
            return
        progress = self._server.work_done_progress
        try:
            await asyncio.wait_for(progress.create_async(self.token), PATIENCE)
        except Exception as error:
            self._server.log(f"The client shows no progress: {error!r}")
            return
        self._shown = True
        progress.begin(self.token, types.WorkDoneProgressBegin(title=title, percentage=0, cancellable=True))

    def report(self, message: str, percentage: int) -> None:
        """How far the work is."""
        if self._shown:
            report = types.WorkDoneProgressReport(percentage=percentage, message=message, cancellable=True)
            self._server.work_done_progress.report(self.token, report)

    def end(self, message: str) -> None:
        """The work is done, one way or the other."""
        if self._shown:
            self._server.work_done_progress.end(self.token, types.WorkDoneProgressEnd(message=message))
        self._shown = False
        self._server.work_done_progress.tokens.pop(self.token, None)  # pygls keeps them for ever
