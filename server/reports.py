"""The diagnostics of programs that are not open: kept until their files change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.errors import CommandFailed
from cnngen.server.files import read, uri_of

if TYPE_CHECKING:
    from cnngen.server.app import Server

#: Bytes of a file that is checked without being open. No person writes one as long.
LARGEST = 1_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong with a file that had this state on the disk."""

    state: tuple[int, int]
    result_id: str
    items: list[types.Diagnostic]


class Reports:
    """The newest report of each file. All methods belong to the event loop's thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[Path, Report] = {}

    async def of(self, path: Path) -> Report | None:
        """The report of a file; None when it cannot be read, or is too large."""
        try:
            status = path.stat()
        except OSError:
            return None
        state = status.st_mtime_ns, status.st_size
        if (known := self._known.get(path)) and known.state == state:
            return known
        if status.st_size > LARGEST:
            _log.info("%s has more than %s bytes: it is checked only when it is open.", path, f"{LARGEST:,}")
            return None
        try:
            document = await asyncio.to_thread(read, uri_of(path))
        except CommandFailed as error:
            _log.info("%s", error)
            return None
        view = await self._server.view(document)
        items = view.diagnostics(related=self._server.shows_related)
        self._known[path] = report = Report(state, document.digest, items)
        return report

    def keep(self, paths: Iterable[Path]) -> None:
        """Forget the reports of all other files."""
        self._known = {path: self._known[path] for path in paths if path in self._known}
