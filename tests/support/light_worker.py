"""A real worker whose training takes no TensorFlow: its lock, its turn, its events, its stop and its end are the real ones.

Called as an interpreter is: `light_worker.py -m cnngen.runtime.worker RUN_DIR [--leash]`; any other module is run as it
is. What it does is set by environment variables: LIGHT_EPOCHS; LIGHT_HANG, a moment at which it stays until it is killed
or told to stop; LIGHT_DEAF, with which it hangs there without listening; LIGHT_FILE_LIMIT, bytes that a file may have
after epoch 1; LIGHT_FAULT, a sentence with which it fails; LIGHT_NOTES, a file in which each training is noted at its
beginning and at its end; LIGHT_UNTIL, a file for which it waits before it trains. `interpreter` makes a command of it.
"""

from __future__ import annotations

import os
import runpy
import shlex
import sys
import time
import types
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.driving import stopping
from cnngen.runtime.worker.errors import RunError

HISTORY = (
    "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "train_duration_s", "train_energy_kwh",
    "validate_duration_s", "validate_energy_kwh",
)  # fmt: skip


class Ledger:
    """The record as the real one keeps it, without a meter."""

    def __init__(self, run_dir: Path) -> None:
        self._dir = run_dir
        self.result = record.read(run_dir)

    def save(self) -> None:
        record.write_json(self._dir / record.RESULT, self.result)

    def close(self, status: str, error: dict[str, str] | None = None) -> None:
        self.result |= {"status": status, "error": error}
        if status == "done":
            note(f"end {self._dir.name}")
        self.save()
        hang("closed")


class Session:
    """Epochs that take as long as it takes to write them down."""

    def __init__(self, run_dir: Path, ledger: Ledger, events: Any, stop: Any, *, one_of_many: bool = False) -> None:
        self.phase = "import"
        self._ledger, self._events, self._stop = ledger, events, stop

    def run(self) -> None:
        note(f"begin {self._ledger.result['run']['id']}")
        hang("begun", self._stop)
        while (wanted := os.environ.get("LIGHT_UNTIL")) and not Path(wanted).exists():
            time.sleep(0.01)
            self._stop.check()
        if fault := os.environ.get("LIGHT_FAULT"):
            raise RunError(fault)
        epochs = int(os.environ.get("LIGHT_EPOCHS", "3"))
        for epoch in range(1, epochs + 1):
            self.phase = "train"
            self._events.send("phase", phase="train", epoch=epoch)
            for step in range(1, 6):
                self._stop.check()
                self._events.progress(epoch, epochs, step, 5)
            row = dict.fromkeys(HISTORY, 0.001) | {"epoch": epoch, "loss": 1 / epoch, "accuracy": 0.5}
            self._ledger.result["history"].append(row)
            self._ledger.result["run"]["epochs_executed"] = epoch
            self._ledger.save()
            self._events.send("epoch", epochs=epochs, **row)
            if limit := os.environ.get("LIGHT_FILE_LIMIT"):
                import resource
                import signal

                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
            hang(f"epoch{epoch}", self._stop)


def hang(moment: str, stop: Any = None) -> None:
    while os.environ.get("LIGHT_HANG") == moment:
        time.sleep(0.01)
        if stop and not os.environ.get("LIGHT_DEAF"):
            stop.check()


def note(line: str) -> None:
    if notes := os.environ.get("LIGHT_NOTES"):
        with Path(notes).open("a") as file:
            file.write(line + "\n")


def module(name: str, **content: Any) -> None:
    made = types.ModuleType(name)
    vars(made).update(content)
    sys.modules[name] = made


def interpreter(file: Path, **environment: str) -> Path:
    """Make a command that does what a Python interpreter does, but for the training."""
    given = "".join(f"export LIGHT_{name.upper()}={shlex.quote(value)}\n" for name, value in environment.items())
    file.write_text(f'#!/bin/sh\n{given}exec "{sys.executable}" "{__file__}" "$@"\n')
    file.chmod(0o700)
    return file


if __name__ == "__main__":
    if sys.argv[2] in ("cnngen.runtime.worker", "cnngen.runtime.worker.forkserver"):
        stopping.GRACE = 0.5
        module("cnngen.runtime.worker.ledger", Ledger=Ledger)
        module("cnngen.runtime.worker.session", Session=Session)
    if sys.argv[2] == "cnngen.runtime.worker.forkserver":
        from cnngen.runtime.worker import forkserver

        forkserver._load = dict  # nothing is heavy enough to be loaded beforehand
        forkserver.main(leash="--leash" in sys.argv[3:])
        os._exit(0)
    name, sys.argv = sys.argv[2], sys.argv[2:]
    runpy.run_module(name, run_name="__main__")
