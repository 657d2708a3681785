"""Who trains a trial: what the runner asks of an engine, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

#: Why an engine ended a trial itself; None: the trial came to its own end, which its record tells.
Cut = Literal["timeout", "memory", "dropped"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a trial ended. `reason` is a sentence where the engine ended it, `died` is set where it wrote no end."""

    cut: Cut | None = None
    reason: str | None = None
    died: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one trial may take: seconds from when it begins to train, and bytes of memory."""

    timeout_s: float
    memory_bytes: int


class Engine(Protocol):
    """Trains run folders, one at a time where energy is measured."""

    def train(self, run_dir: Path, bounds: Bounds, dropped: Callable[[], bool]) -> Ending:
        """Train what a run folder asks for, to its end; the record is then in the folder.

        `dropped` is asked often: when it says so, the trial is ended at once. Raises SearchError when nothing can be
        trained here at all.
        """

    def follow(self, run_dir: Path, bounds: Bounds, dropped: Callable[[], bool]) -> Ending:
        """Wait for a trial whose worker an earlier process has started and which is alive."""

    def close(self) -> None:
        """Give back what the engine holds."""
