"""The trainer and its children, without looking through all processes of the machine each time they are asked for.

CodeCarbon looks for the children at each reading, which takes as long as the machine has processes: milliseconds, at
both edges of two windows an epoch. The trainer has the same children all along, above all the sampler.
"""

from __future__ import annotations

import time
from typing import Any

import psutil

#: Seconds for which children that were found are taken to be all there are.
LOOKING = 10.0


class Family(psutil.Process):  # type: ignore[misc]
    """A process that remembers its children, and asks each time only which of them still live."""

    def __init__(self, pid: int | None = None) -> None:
        super().__init__(pid)
        self._known: list[psutil.Process] = []
        self._looked: float | None = None

    def children(self, recursive: bool = False) -> list[psutil.Process]:
        """All descendants that were there at the last look, if they are still; `recursive` or not."""
        now = time.monotonic()
        if self._looked is None or now - self._looked >= LOOKING:
            self._known, self._looked = super().children(recursive=True), now
        return [child for child in self._known if child.is_running()]

    def memories(self) -> list[int]:
        """Main memory that each child holds, in bytes."""
        found = []
        for child in self.children():
            try:
                found.append(int(child.memory_info().rss))
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue  # it has just ended
        return found


def remember_children(hardware: list[Any]) -> None:
    """Have CodeCarbon's parts ask such a process."""
    family = Family()
    for part in hardware:
        if isinstance(getattr(part, "_process", None), psutil.Process) and part._process.pid == family.pid:
            part._process = family
        if hasattr(part, "_get_children_memories"):
            part._get_children_memories = family.memories
