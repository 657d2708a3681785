"""`python -m cnngen.runtime.worker.forkserver [--leash]`: has TensorFlow loaded, forks a worker for each run.

Starting TensorFlow takes seconds, a fork hundredths. Each line on standard input names a run's folder, and whether its
worker writes a report; the worker is this process's child with a group, a log and a folder of its own, and otherwise a
worker like any other, whose record says that it was forked. Events come out as JSON lines: `ready` with the machine as
provenance has it, then `started` and `ended` (with the worker's exit code) for each run, one after the other. On a
leash a worker stops when standard input ends while it trains. `runtime/driving/forking.py` is who speaks to this.

Nothing of TensorFlow is used before the fork, only loaded: a process with its threads cannot be forked. So this is for
training on the processor; the state of a GPU begins with the first look at it, which is the child's.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.worker import __main__ as worker


def main(*, leash: bool = False) -> None:
    """Serve until standard input ends."""
    _say({"event": "ready", "pid": os.getpid(), "machine": _load()})
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_worker(Path(request["run"]), leash=leash, reported=request["reported"])
        _say({"event": "started", "pid": pid})
        _, status, used = os.wait4(pid, 0)
        cpu_s = used.ru_utime + used.ru_stime
        _say({"event": "ended", "pid": pid, "code": os.waitstatus_to_exitcode(status), "cpu_s": cpu_s})


def _load() -> dict[str, Any]:
    """Import what a run imports, let CodeCarbon look at the hardware once for all, and have samplers forked too.

    Gives what was found of the machine.
    """
    import keras
    import sklearn.model_selection
    import tensorflow

    from cnngen.runtime.worker import fitting, provenance, session, training
    from cnngen.runtime.worker.power import observer
    from cnngen.runtime.worker.power.codecarbon_meter import CodeCarbon
    from cnngen.runtime.worker.power.forkserver import ForkServer

    assert all((keras, sklearn.model_selection, tensorflow, fitting, session, training))
    # Its first look starts programs and takes a second; what it found is kept for the trackers of the workers.
    meter = CodeCarbon(None, [])
    meter.close()
    observer.server = ForkServer()
    provenance.packages()
    for thread in threading.enumerate():  # none of them would live on in a fork, nor give back what it holds
        if thread is not threading.current_thread():
            thread.join(timeout=10)
    machine = provenance.machine(meter.configuration)
    del meter
    # What is loaded lives as long as the process: a worker's collector would go through all of it, and have each of its
    # pages copied. That is 0.2 s of each worker's processor time.
    gc.collect()
    gc.freeze()
    return machine


def _become_worker(run_dir: Path, *, leash: bool, reported: bool) -> None:
    """What the child does: the whole run. Does not return."""
    code = 1
    try:
        os.setsid()  # a kill reaches all that the run has started, and Ctrl-C in a terminal is the parent's
        log = os.open(run_dir / record.LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        nothing = os.open(os.devnull, os.O_RDONLY)
        # Nothing comes in on the leash while a worker lives, but for its end.
        for target, source in ((0, 0 if leash else nothing), (1, log), (2, log)):
            os.dup2(source, target)
        os.chdir(run_dir)
        code = worker.main(run_dir, leash=leash, reported=reported, forked=True)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()  # into the run's log, where who started it looks
    finally:
        sys.stderr.flush()
        os._exit(code)


def _say(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(leash="--leash" in sys.argv[1:])
    os._exit(0)  # libraries' threads may hold the process for seconds
