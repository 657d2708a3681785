#!/usr/bin/env python3
"""Images a second in training: ours beside plain Keras loops for the same network, in turns.

usage: benchmarks/training.py [--images N] [--epochs N] [--rounds N] [--beside LOOP ...]
                                                                 takes some minutes; needs the extra "train"

Each loop trains the same generated network on the same 8-bit images with the same batch size, without validation, by
one `fit` of so many epochs a round:

- `arrays`: `fit` on NumPy arrays of floats, as the first example of Keras does it
- `slices`: `tf.data` from slices of floats, shuffled, in batches, prefetched
- `ours`: as a run trains (`runtime/worker/fitting.py`): bytes in memory, positions shuffled without end, gathered and
  scaled batch by batch, and given to Keras several at once (`runtime/worker/executions.py`)
- `xla`: the same, compiled with XLA (`--jit`)
- `single`: ours, but one batch at once, which shows what that is worth

On a busy machine, one core that all loops share is fairest: `taskset -c 0 benchmarks/training.py`.

A row has the median of images by CPU time and by wall time. Ratios are of the same round, with their quartiles.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

PROGRAM = """
input(dataset=cifar10)
conv(filters=6, kernel_size=5) max_pooling
conv(filters=16, kernel_size=5, padding=valid) max_pooling
flatten dense(units=120) dense(units=84) dense output
"""

BATCH = 128


def main() -> None:
    """Train in turns and print a table."""
    parser = argparse.ArgumentParser(description="Images a second, ours beside plain Keras.")
    parser.add_argument("--images", type=int, default=3_200)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument(
        "--beside", nargs="+", choices=("arrays", "slices", "xla", "single"), default=["arrays", "slices", "xla"]
    )
    arguments = parser.parse_args()
    chosen = {"ours", *arguments.beside}
    loops = {name: act for name, act in made(arguments.images, arguments.epochs).items() if name in chosen}
    images = arguments.images * arguments.epochs
    cpu: dict[str, list[float]] = {name: [] for name in loops}
    wall: dict[str, list[float]] = {name: [] for name in loops}
    for number in range(arguments.rounds + 1):
        for name in random.sample(list(loops), len(loops)):  # who comes after itself finds its data in the cache
            began, used = time.perf_counter(), time.process_time()
            loops[name]()
            if number:  # the first round traces and compiles
                cpu[name].append(images / (time.process_time() - used))
                wall[name].append(images / (time.perf_counter() - began))
        print(f"round {number} of {arguments.rounds}", file=sys.stderr)
    print("| loop | images a CPU second | images a second |\n| --- | ---: | ---: |")
    for name in loops:
        print(f"| {name} | {median(cpu[name]):,.0f} | {median(wall[name]):,.0f} |")
    for label, figures in (("CPU time", cpu), ("wall time", wall)):
        for name in loops:
            if name != "ours":
                # By round: what the neighbours do in the meantime changes more than the loops differ.
                low, middle, high = quantiles(
                    one / other for one, other in zip(figures["ours"], figures[name], strict=True)
                )
                print(f"ours over {name} by {label}: {middle:.2f} (half of the rounds from {low:.2f} to {high:.2f})")


def made(count: int, epochs: int) -> dict[str, Any]:
    """The loops by name, each a function that trains so many epochs of its own copy of the network."""
    import keras
    import numpy as np
    import tensorflow as tf

    from cnngen.codegen import keras_code, recipe
    from cnngen.language import Training, analyse
    from cnngen.runtime.forecast import Work
    from cnngen.runtime.worker import training
    from cnngen.runtime.worker.data import Images
    from cnngen.runtime.worker.executions import steps_per_execution

    chance = np.random.default_rng(0)
    x = chance.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    y = chance.integers(0, 10, count).astype(np.int32)
    floats = x.astype(np.float32) / 255.0
    slices = tf.data.Dataset.from_tensor_slices((floats, y)).shuffle(count, seed=0).batch(BATCH).prefetch(-1)
    ours = training.batches(Images(x, y, 10), np.arange(count), BATCH, shuffle_seed=0)

    analysis = analyse(PROGRAM, name="lenet")
    totals, threads = analysis.network.totals, len(os.sched_getaffinity(0))
    work = Work("", totals.layers, totals.macs, count, 0, 0, epochs, BATCH, threads, "cpu", False)
    at_once = {"ours": steps_per_execution(work), "xla": steps_per_execution(work)}
    print(f"batches given to Keras at once: {at_once['ours']} of {len(ours)} an epoch", file=sys.stderr)

    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "model.py"
        code.write_text(keras_code(analysis), "utf-8")

        def network(name: str) -> Any:
            keras.utils.set_random_seed(0)
            model = training.load_model(code)
            training.compile_model(
                model, recipe(Training()).to_json(), False, name == "xla", at_once=at_once.get(name, 1)
            )
            return model

        models = {name: network(name) for name in ("arrays", "slices", "ours", "xla", "single")}

    def fit(name: str, *data: Any, **options: Any) -> Any:
        def act() -> None:
            models[name].fit(*data, epochs=epochs, verbose=0, **options)
            training.synchronise(models[name])

        return act

    return {
        "arrays": fit("arrays", floats, y, batch_size=BATCH),
        "slices": fit("slices", slices),
        **{
            name: fit(name, ours.repeat(), steps_per_epoch=len(ours), shuffle=False)
            for name in ("ours", "xla", "single")
        },
    }


if __name__ == "__main__":
    main()
