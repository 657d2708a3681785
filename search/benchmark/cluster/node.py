"""One machine's part: a process that Ray keeps there. It has a benchmark folder of its own and trains what it is sent.

Nothing here knows Ray.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.driving.closing import RESERVE
from cnngen.runtime.lock import FileLock, is_held
from cnngen.runtime.places import cache_folder
from cnngen.search.benchmark.engine import Bounds, Ending, Work
from cnngen.search.benchmark.folders import Folders, folders
from cnngen.search.benchmark.local import LocalEngine
from cnngen.search.benchmark.making import IMAGES, NETWORKS, TRIALS, Benchmark, Images
from cnngen.search.benchmark.specification import Specification
from cnngen.search.benchmark.trials import Trial
from cnngen.search.errors import SearchError

#: Held by a machine's process for as long as it uses its folder.
LOCK = "node.lock"

#: Files of a trial's folder that only mean something where it was trained.
_STAYING = {record.WORKER_LOCK, record.STOP, RESERVE}


@dataclass(frozen=True, slots=True)
class Order:
    """What a machine must know of a benchmark before it can train: `interpreter` empty is the one it runs in."""

    specification: Specification
    images: Images
    interpreter: str
    fork: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """What came of a trial: how it ended, and the files of its folder. `fault` says why the machine cannot train."""

    ending: Ending
    files: dict[str, bytes] = field(default_factory=dict)
    fault: str | None = None


class Node:
    """Trains on this machine for a runner elsewhere. `drop` may be called from another thread than `train`."""

    def __init__(self) -> None:
        self._folder = cache_folder() / "cluster" / str(os.getpid())
        _sweep(self._folder.parent)
        self._lock = FileLock(self._folder / LOCK)
        self._lock.take({"pid": os.getpid(), "host": platform.node()})
        self._dropped = threading.Event()
        self._folders: Folders | None = None
        self._engine: LocalEngine | None = None

    def identity(self) -> tuple[str, str]:
        """The machine's name, and the version of CNNGen on it."""
        return platform.node(), release()

    def prepare(self, order: Order, images: bytes | None) -> str | None:
        """Make ready to train: `images` is the file of them, if they have no name. Returns why that cannot be."""
        interpreter = order.interpreter or sys.executable
        try:
            for name in (NETWORKS, TRIALS):
                (self._folder / name).mkdir(parents=True, exist_ok=True)
            told = order.images
            if images is not None:
                record.write_bytes(self._folder / IMAGES, images)
                told = replace(told, source=str(self._folder / IMAGES))
            self._folders = folders(Benchmark(self._folder, order.specification, told), interpreter)
        except SearchError as error:
            return str(error)
        except OSError as error:
            return f"{self._folder} cannot be written: {error.strerror or error}."
        # Whoever waits for the trial is this process: should it end, so must the training.
        self._engine = LocalEngine(interpreter, fork=order.fork, leash=True)
        return None

    def train(self, trial: Trial, program: str, bounds: Bounds) -> Parcel:
        """Train one trial to its end."""
        assert self._folders and self._engine, "prepare first"
        self._dropped.clear()
        try:
            record.write_text(self._folder / NETWORKS / f"{trial.network}.cnn", program)
            ending = self._engine.train(Work(trial, self._folders, bounds, self._dropped.is_set))
            files = {} if ending.cut == "dropped" else _files(self._folders.path(trial))
        except SearchError as error:
            return Parcel(Ending("lost"), fault=str(error))
        except OSError as error:
            return Parcel(Ending("lost"), fault=f"{self._folder} cannot be used: {error.strerror or error}.")
        finally:
            self._folders.remove(trial)
        return Parcel(ending, files)

    def drop(self) -> None:
        """End the trial that is being trained, which will be done again."""
        self._dropped.set()

    def close(self) -> None:
        """Give back all that is held here."""
        if self._engine:
            self._engine.close()
        self._lock.release()
        shutil.rmtree(self._folder, ignore_errors=True)


def release() -> str:
    """The version of CNNGen here."""
    try:
        return version("cnngen")
    except PackageNotFoundError:
        return "unknown"


def _files(run_dir: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run_dir.iterdir() if path.is_file() and path.name not in _STAYING}


def _sweep(folder: Path) -> None:
    """Throw away what processes that were killed have left."""
    with suppress(OSError):
        for path in folder.iterdir():
            if not is_held(path / LOCK):
                shutil.rmtree(path, ignore_errors=True)
