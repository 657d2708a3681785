"""`python -m cnngen.runtime.worker RUN_DIR`: do one run and write down what came of it."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from pathlib import Path

from cnngen.runtime.worker.channel import Events, StopWish
from cnngen.runtime.worker.errors import Cancelled, RunError, brief

# TensorFlow's import would otherwise speak about every optional library, and Keras choose another back end.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
os.environ["KERAS_BACKEND"] = "tensorflow"


def main(run_dir: Path) -> int:
    """Do the run that the folder asks for; the exit code is 0 when it is done or was cancelled, else 1."""
    events = Events.protect()
    stop = StopWish.listen()
    from cnngen.runtime import report
    from cnngen.runtime.worker.ledger import Ledger
    from cnngen.runtime.worker.session import Session

    ledger = Ledger(run_dir)
    session = Session(run_dir, ledger, events, stop)
    status, error = "done", None
    try:
        session.run()
    except Cancelled:
        status = "cancelled"
    except BaseException as raised:
        status, error = "failed", {"stage": session.phase, "class": type(raised).__name__, "message": sentence(raised)}
        # The log may lie on the very disk that is full.
        with contextlib.suppress(OSError):
            traceback.print_exc()
    try:
        ledger.close(status, error)
    except OSError as raised:
        status, error = "failed", {"stage": session.phase, "class": type(raised).__name__, "message": sentence(raised)}
    # A run is complete without its report, which can be written at any time.
    with contextlib.suppress(Exception):
        report.write(run_dir, charts=True)
    if error:
        events.send("error", message=error["message"], stage=error["stage"])
    events.send("done", status=status)
    return 1 if status == "failed" else 0


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
    code = main(Path(sys.argv[1]))
    sys.stderr.flush()
    # Not sys.exit: TensorFlow's threads may hold the process for seconds, and everything is on the disk.
    os._exit(code)
