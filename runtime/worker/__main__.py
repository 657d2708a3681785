"""`python -m cnngen.runtime.worker RUN_DIR [--leash] [--no-report]`: do one run when its turn comes, and write it down.

The run is driven through its folder: see `channel.py`. On a leash it stops when standard input ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.driving.closing import RESERVE, finish, write_report
from cnngen.runtime.driving.living import ENDING, RUNNING, Life
from cnngen.runtime.errors import DISK_FULL
from cnngen.runtime.worker.channel import Events, StopWish
from cnngen.runtime.worker.errors import Cancelled, RunError, brief
from cnngen.runtime.worker.waiting import wait_for_turn

# TensorFlow's import would otherwise speak about every optional library, and Keras choose another back end.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
os.environ["KERAS_BACKEND"] = "tensorflow"


def main(run_dir: Path, *, leash: bool = False, reported: bool = True, forked: bool = False) -> int:
    """Do the run that the folder asks for; the exit code is 0 when it is done or was cancelled.

    `forked`: this process was, from one that had TensorFlow loaded, so the run's phase `import` is next to nothing.
    """
    life = Life(run_dir)
    if not life.begin() or record.read(run_dir)["status"] != "unfinished":
        return 0  # Another worker has it, or it was given up before this one came up.
    events = Events(run_dir)
    stop = StopWish.listen(run_dir, leash=leash)
    try:
        turn = wait_for_turn(run_dir, events, stop)
    except Cancelled:
        life.tell(ENDING)
        stop.obeyed()
        finish(run_dir, "cancelled")
        events.send("done", status="cancelled")
        return 0
    life.tell(RUNNING)
    code = _run(run_dir, life, events, stop, reported, forked)
    turn.end()
    return code


def _run(run_dir: Path, life: Life, events: Events, stop: StopWish, reported: bool, forked: bool) -> int:
    from cnngen.runtime.worker.ledger import Ledger
    from cnngen.runtime.worker.session import Session

    reserve = run_dir / RESERVE
    with contextlib.suppress(OSError):
        reserve.write_bytes(os.urandom(1 << 16))
    ledger = Ledger(run_dir)
    ledger.result["run"]["forked"] = forked
    session = Session(run_dir, ledger, events, stop, one_of_many=not reported)
    status, error, code = "done", None, 0
    try:
        session.run()
    except Cancelled:
        status = "cancelled"
    except BaseException as raised:
        status, error, code = "failed", _error(session.phase, raised), 1
        # The log may lie on the very disk that is full.
        with contextlib.suppress(OSError):
            traceback.print_exc()
    life.tell(ENDING)
    stop.obeyed()
    with contextlib.suppress(OSError):
        reserve.unlink()
    try:
        ledger.close(status, error)
    except OSError as raised:
        status, error, code = "failed", _error(session.phase, raised), DISK_FULL
    if error:
        events.send("error", message=error["message"], stage=error["stage"])
    if reported:
        write_report(run_dir, charts=True)
    events.send("done", status=status)
    return code


def _error(phase: str, raised: BaseException) -> dict[str, str]:
    return {"stage": phase, "class": type(raised).__name__, "message": sentence(raised)}


def sentence(error: BaseException) -> str:
    """What happened, in one sentence for people."""
    if isinstance(error, RunError):
        return str(error)
    if isinstance(error, MemoryError) or "ResourceExhausted" in type(error).__name__ or "OOM when" in str(error):
        return "The machine ran out of memory; a smaller batch_size or a smaller network may fit."
    if isinstance(error, ModuleNotFoundError):
        return f'The Python environment lacks {error.name}; install it with: pip install "cnngen[train]".'
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"The run's files could not be written or read: {error.strerror}{where}."
    return f"{type(error).__name__}: {brief(error)}; the traceback is in log.txt."


if __name__ == "__main__":
    code = main(Path(sys.argv[1]), leash="--leash" in sys.argv[2:], reported="--no-report" not in sys.argv[2:])
    sys.stderr.flush()
    # Not sys.exit: TensorFlow's threads may hold the process for seconds, and everything is on the disk.
    os._exit(code)
