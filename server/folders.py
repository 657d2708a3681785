"""The workspace's folders, and the programs on the disk below them."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from cnngen.server.files import path_of_file

SUFFIX = ".cnn"

#: Folders of tools, which may hold more files than all programs of the world.
_NOT_ENTERED = {"node_modules", "site-packages", "__pycache__"}

#: How many folders are looked into: an editor may be opened on a whole disk.
MOST_FOLDERS = 20_000

_log = logging.getLogger(__name__)


class Folders:
    """The folders that the editor has open. All methods belong to the event loop's thread."""

    def __init__(self) -> None:
        #: By the URIs that the client knows them by.
        self.roots: dict[str, Path] = {}
        self._programs: list[Path] | None = None
        #: Whether the client tells of every program that comes, goes or changes on the disk.
        self.watched = False

    def set(self, uris: list[str]) -> None:
        """Take in which folders are open now."""
        self.roots = {uri: path for uri in uris if (path := path_of_file(uri))}
        self.forget()

    def forget(self) -> None:
        """The list of programs is out of date."""
        self._programs = None

    def root_of(self, path: Path) -> Path | None:
        """The innermost folder that a file is in."""
        around = [root for root in self.roots.values() if path.is_relative_to(root)]
        return max(around, key=lambda root: len(root.parts), default=None)

    async def programs(self) -> list[Path]:
        """The programs below all folders, each once, in order. Looked for anew unless the client watches the disk."""
        if self._programs is not None and self.watched:
            return self._programs
        roots = list(self.roots.values())
        self._programs = await asyncio.to_thread(lambda: sorted({path for root in roots for path in _below(root)}))
        return self._programs


def _below(root: Path) -> Iterator[Path]:
    for looked_into, (folder, folders, files) in enumerate(os.walk(root)):
        if looked_into == MOST_FOLDERS:
            _log.warning("%s has more than %s folders; programs further on are not checked.", root, f"{MOST_FOLDERS:,}")
            return
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_ENTERED]
        yield from (Path(folder, name) for name in files if name.endswith(SUFFIX))
