#!/usr/bin/env python3
"""What measuring itself costs: the same epochs trained with the whole protocol around them and with nothing, in turns.

usage: benchmarks/measuring.py [--images N] [--rounds N]        takes some minutes; needs the extra "train"

Compared is CPU time, the trainer's and the sampler's, so that other work on the machine counts as little as it can.
The cost has two parts: what each epoch costs whatever its length (two windows, a line in the record), and what each
second costs (the sampler, CodeCarbon's own readings, the callbacks at each batch).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

PROGRAM = """
training(epochs=1, batch_size=128, validation_split=0.1)
input(shape=(32, 32, 3))
conv(filters=6, kernel_size=5) max_pooling
conv(filters=16, kernel_size=5, padding=valid) max_pooling
flatten dense(units=120) dense(units=84) dense output
"""


def prepared(folder: Path, images: int) -> Path:
    """The folder of a run on random images, as `cnngen train` makes it."""
    import numpy as np

    from cnngen.runtime import TrainingJob, TrainOptions

    chance = np.random.default_rng(0)
    np.savez(
        folder / "images.npz",
        x=chance.integers(0, 256, (images, 32, 32, 3), dtype=np.uint8),
        y=chance.integers(0, 10, images),
    )
    options = TrainOptions(dataset=str(folder / "images.npz"), runs_dir=folder / "runs")
    return TrainingJob.prepare(PROGRAM, "lenet", options).run_dir


def main() -> None:
    """Train in turns, and print what the difference is."""
    parser = argparse.ArgumentParser(description="Measure what measuring costs.")
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run_dir = prepared(Path(folder), arguments.images)
        plain, measured, seconds, sampling, boundary = compare(run_dir, arguments.rounds)
    extra = median(measured) - median(plain)
    print(f"an epoch, plain       {median(plain):8.3f} CPU s  ({min(plain):.3f} to {max(plain):.3f})")
    print(f"an epoch, measured    {median(measured):8.3f} CPU s  ({min(measured):.3f} to {max(measured):.3f})")
    print(f"the difference        {100 * extra / median(plain):8.2f} % (the scatter of the plain epochs is its noise)")
    print("told apart:")
    print(f"  the sampler         {100 * sampling:8.3f} % of one processor")
    print(f"  an epoch's windows  {1000 * boundary:8.1f} CPU ms, 1 % of an epoch of {100 * boundary:.1f} CPU s")
    print(f"  both, of these epochs {100 * (boundary + sampling * median(seconds)) / median(plain):6.2f} %")


def compare(run_dir: Path, rounds: int) -> tuple[list[float], list[float], list[float], float, float]:
    """CPU seconds of epochs without and with measuring, their durations, the sampler's share, the windows' CPU time."""
    import json

    from cnngen.runtime import record
    from cnngen.runtime.worker import data, training
    from cnngen.runtime.worker.budget import Budget
    from cnngen.runtime.worker.channel import Events, StopWish
    from cnngen.runtime.worker.energy import Meter
    from cnngen.runtime.worker.fitting import Fitting
    from cnngen.runtime.worker.ledger import Ledger
    from cnngen.runtime.worker.outlook import Outlook

    request: dict[str, Any] = json.loads((run_dir / record.REQUEST).read_text("utf-8"))
    images = data.load(request["data"]["source"], tuple(request["data"]["shape"]), request["data"]["classes"])
    parts = data.split(len(images.x), 0.2, 0.1, 0)
    size = request["training"]["batch_size"]
    fitting, validation = (
        training.batches(images, parts.train, size, 0),
        training.batches(images, parts.validation, size),
    )
    model = training.load_model(run_dir / record.MODEL)
    training.compile_model(model, request["recipe"], False, False)
    training.warm_up(model, training.batches(images, parts.train[: 2 * size + len(parts.train) % size], size, 0))

    meter, ledger = Meter(run_dir, None, []), Ledger(run_dir)
    ledger.result["data"].update(images_train=len(parts.train), images_test=len(parts.test))
    events, stop = Events(run_dir), StopWish(run_dir)
    budget = Budget(None, None, time.monotonic(), lambda: meter.spent_kwh() * 1000.0)

    def keep() -> None:
        ledger.set_energy(meter, None)
        ledger.save()

    def enter(phase: str, epoch: int | None) -> None:
        events.send("phase", phase=phase, epoch=epoch)

    def measured_epoch() -> None:
        Fitting(
            meter=meter,
            ledger=ledger,
            events=events,
            stop=stop,
            budget=budget,
            outlook=Outlook(meter, ledger, events, budget, 0.0),
            enter=enter,
            keep=keep,
        ).fit(model, fitting, validation, 1, size, len(parts.train))

    def plain_epoch() -> None:
        model.fit(fitting, validation_data=validation, epochs=1, verbose=0, shuffle=False)

    def sampler_s() -> float:
        told = meter.sampling()
        return float(told["cpu_time_s"]) if told else 0.0

    def cpu_time(act: Any) -> float:
        before = time.process_time() + sampler_s()
        act()
        training.synchronise(model)
        return time.process_time() + sampler_s() - before

    plain_epoch()
    measured_epoch()
    plain, measured, seconds = [], [], []
    for number in range(rounds):
        for act in (plain_epoch, measured_epoch) if number % 2 else (measured_epoch, plain_epoch):
            began = time.monotonic()
            (plain if act is plain_epoch else measured).append(cpu_time(act))
            seconds.append(time.monotonic() - began)
        print(f"round {number + 1}: plain {plain[-1]:.3f}, measured {measured[-1]:.3f} CPU s", file=sys.stderr)

    # What an epoch costs whatever its length: its two windows and its line, without any training in them.
    begun = time.process_time()
    for number in range(10):
        for phase in ("train", "validate"):
            meter.begin(phase, number)
            meter.end()
        keep()
    boundary = (time.process_time() - begun) / 10
    slept, used = time.monotonic(), sampler_s()
    time.sleep(10)
    sampling = (sampler_s() - used) / (time.monotonic() - slept)
    meter.close()
    return plain, measured, seconds, sampling, boundary


if __name__ == "__main__":
    main()
