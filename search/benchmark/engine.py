"""Who trains a trial: what the runner asks of an engine, and what it is told."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from cnngen.search.benchmark.folders import Folders
from cnngen.search.benchmark.trials import Trial

#: Why an engine ended a trial itself; None: the trial came to its own end, which its record tells. `lost` is a trial
#: whose machine has gone, and nothing of it is there.
Cut = Literal["timeout", "memory", "dropped", "lost"]

#: What an engine notes beside the record, so that it is known to whoever finds the folder.
ENDING = "ending.json"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a trial ended, and on which machine.

    `reason` is a sentence where the engine ended it, `died` is set where it wrote no end. `host_class` is what the
    engine knows of the machine, for trials that die before they have told.
    """

    cut: Cut | None = None
    reason: str | None = None
    died: bool = False
    host: str = field(default_factory=platform.node)
    host_class: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one trial may take: seconds from when it begins to train, and bytes of memory."""

    timeout_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Work:
    """One trial to be trained. `dropped` is asked often: when it says so, the trial is ended at once."""

    trial: Trial
    folders: Folders
    bounds: Bounds
    dropped: Callable[[], bool]

    @property
    def run_dir(self) -> Path:
        """The trial's folder."""
        return self.folders.path(self.trial)


class Engine(Protocol):
    """Trains trials, each in a process of its own; `train` is called from as many threads as there are places."""

    def places(self) -> int:
        """How many trials may be under way by now: one for each machine, for two would spoil each other's measurement.

        Raises SearchError when nothing can be trained at all.
        """

    def train(self, work: Work) -> Ending:
        """Train one trial to its end; its folder, with the record, is then where it belongs.

        Raises SearchError when nothing can be trained at all.
        """

    def follow(self, work: Work) -> Ending:
        """Wait for a trial whose worker on this machine an earlier process has started, and which is alive."""

    def close(self) -> None:
        """Give back what the engine holds."""


def written(ending: Ending) -> bytes:
    """An ending as the file ENDING holds it."""
    return json.dumps(asdict(ending)).encode()


def kept(run_dir: Path) -> Ending | None:
    """What was noted in a trial's folder, if anything was."""
    with suppress(OSError, ValueError, TypeError):
        return Ending(**json.loads((run_dir / ENDING).read_text(encoding="utf-8")))
    return None
