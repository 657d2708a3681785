"""The one door through which a run is stopped: a file in its folder, obeyed after the batch; in need, a kill."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.driving import living

#: Seconds that a worker has to finish its batch before it ends itself.
GRACE = 5.0

#: Seconds that a worker which obeys has to write its record and report.
WRITING = 30.0


def ask(run_dir: Path) -> None:
    """Ask the worker of a run to stop after its batch and to keep what was done. Returns at once."""
    try:
        (run_dir / record.STOP).touch()
    except OSError:
        # Such as on a full disk. The signal says the same.
        if (pid := living.worker(run_dir)) and sys.platform != "win32":
            with suppress(OSError):
                os.kill(pid, signal.SIGTERM)


def insist(run_dir: Path) -> None:
    """See to it, from a thread of its own, that a worker that does not obey at all is killed."""
    threading.Thread(target=_insist, args=(run_dir,), name="stop", daemon=True).start()


def kill(run_dir: Path) -> None:
    """End the worker of a run and whatever it has started, where it is on this machine."""
    pid = living.worker(run_dir)
    if pid is None:
        return
    with suppress(OSError):
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)  # which is how Windows ends a process
        elif os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


def _insist(run_dir: Path) -> None:
    # The worker ends itself where it can; who cannot even do that, such as in a system call that hangs, is killed.
    end = time.monotonic() + GRACE + 2.0
    while time.monotonic() < end:
        if living.worker(run_dir) is None or living.is_ending(run_dir):
            return
        time.sleep(0.2)
    kill(run_dir)
