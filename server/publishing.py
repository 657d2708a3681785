"""Diagnostics, pushed to clients that do not ask for them: for the newest version of each document only.

They are computed at once. While an analysis runs, edits replace one another in waiting, so at most one is for nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.documents import Document, Outdated

if TYPE_CHECKING:
    from cnngen.server.app import Server


class Publisher:
    """Pushes the diagnostics of open documents."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def schedule(self, document: Document) -> None:
        """Push the diagnostics of a document's newest version; what was scheduled for it before is dropped."""
        self.cancel(document.uri)
        task = asyncio.create_task(self._publish(document))
        self._tasks[document.uri] = task
        task.add_done_callback(self._server.log_failure)

    def clear(self, uri: str) -> None:
        """Take back the diagnostics of a closed document."""
        self.cancel(uri)
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def cancel(self, uri: str) -> None:
        """Drop what is scheduled for a document."""
        if task := self._tasks.pop(uri, None):
            task.cancel()

    async def _publish(self, document: Document) -> None:
        try:
            view = await self._server.view(document)
        except Outdated:
            return
        if self._server.documents.get(document.uri) is not document:
            return
        found = view.diagnostics(related=self._server.shows_related)
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(document.uri, found, document.version)
        )
