"""`python -m cnngen.runtime.worker.latency [--core N]`: how long networks take to predict, one after the other.

A line of JSON comes in for each network, `{"model": PATH, "shape": [height, width, channels]}`: where the generated
code lies, and what it reads. A line with its figures goes out, or `{"error": sentence}`. Weights are as initialised
and images are drawn at random: how much is computed depends on neither. One thread on one core computes, so the
processor time of a call is what it would take if nobody else kept the core busy; its wall time is told beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

#: Calls of one batch size go on for so many seconds of processor time, but are this many.
SECONDS, FEWEST, MOST = 0.4, 25, 400

#: What is told of the times of the calls.
QUARTILES = {"p25": 25, "p50": 50, "p75": 75}


def measured(model: Any, shape: tuple[int, ...]) -> dict[str, float]:
    """The quartiles of a call's wall and processor times in milliseconds, for each batch size."""
    import numpy as np

    from cnngen.runtime.worker import inference

    images = np.random.default_rng(0).random((max(inference.BATCH_SIZES), *shape), dtype=np.float32)
    found: dict[str, float] = {}
    for size in inference.BATCH_SIZES:
        walls, cpus = _times(inference.prepare(model, images, size, jit=False))
        found[f"batch_{size}_calls"] = len(walls)
        for kind, times in (("wall", walls), ("cpu", cpus)):
            for name, share in QUARTILES.items():
                found[f"batch_{size}_{kind}_{name}_ms"] = round(float(np.percentile(times, share)) * 1000, 5)
    return found


def _times(predict: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Seconds of each call on the wall's clock, and of the processor."""
    walls: list[float] = []
    cpus: list[float] = []
    spent = 0.0
    while len(walls) < FEWEST or (spent < SECONDS and len(walls) < MOST):
        wall, cpu = time.perf_counter(), time.process_time()
        predict()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
        spent += cpus[-1]
    return walls, cpus


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    import keras

    from cnngen.runtime.worker.errors import RunError
    from cnngen.runtime.worker.training import load_model

    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    try:
        return measured(load_model(Path(asked["model"])), tuple(asked["shape"]))
    except RunError as error:
        return {"error": str(error)}


def _processor() -> str:
    """The processor's name, as CodeCarbon tells it of trainings."""
    try:
        named = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        named = None
    return named[1].strip() if named else platform.processor() or platform.machine()


def main() -> None:
    """Answer line by line until there are no more."""
    parser = argparse.ArgumentParser(prog="cnngen.runtime.worker.latency")
    parser.add_argument("--core", type=int)
    core = parser.parse_args().core
    if core is not None and sys.platform == "linux":
        os.sched_setaffinity(0, {core})
    # What libraries print is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.set_visible_devices([], "GPU")
    made_on = {"processor": _processor(), "tensorflow": tf.__version__}
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line)) | made_on), file=answers, flush=True)


if __name__ == "__main__":
    main()
