#!/usr/bin/env python3
"""What a trial of a benchmark costs beside its measured windows, by the clock and in processor time.

usage: benchmarks/trials.py [--trials N] [--earlier N]        takes a minute or two; needs the extra "train"

Small networks are trained on the digits for one epoch, by forked workers. The first trial is left out. The clock
tells what passes from one trial's end to the next beside its windows: on an idle machine that is the figure that
counts, but other work on the machine makes it several times as long. Processor time hardly changes with it, and is
told for each process. The worker's and the runner's come one after the other, so that their sum is about what the
clock shows on an idle machine; the sampler and those who fork are at work beside the training. With --earlier the
benchmark has so many trials behind it, whose folders lie there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

from cnngen.runtime import record
from cnngen.search.benchmark.folders import folders
from cnngen.search.benchmark.ledger import Entry, Ledger
from cnngen.search.benchmark.local import LocalEngine
from cnngen.search.benchmark.making import make
from cnngen.search.benchmark.runner import Runner
from cnngen.search.benchmark.specification import specification

#: What is told of a trial, in seconds.
COLUMNS = ("windows", "clock", "worker", "runner", "sampler", "servers")


def main() -> None:
    """Train, and print a line for each trial."""
    parser = argparse.ArgumentParser(description="Measure what a trial costs beside its training.")
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--earlier", type=int, default=0, help="folders of ended trials that lie beside")
    arguments = parser.parse_args()
    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = name  # a queue of its own
        sampler = {"conditions": {"layers": [0, 7], "macs": [0, 1e5]}}
        spec = specification(
            {
                "networks": {"count": arguments.trials, "sampler": sampler},
                "training": {"epochs": 1},
                "order": {"reference_every": 0},
            },
            "trials.py",
        )
        benchmark, _ = make(Path(name) / "bench", spec, Path())
        engine = LocalEngine(sys.executable)
        before = [time.monotonic(), time.process_time(), 0.0]

        def tell(entry: Entry, _: Ledger) -> None:
            now = [time.monotonic(), time.process_time(), servers(engine)]
            clock, runner, forking = (later - earlier for later, earlier in zip(now, before, strict=True))
            result = record.read(benchmark.trials / entry.trial.id)
            energy = result["energy"]
            told = (
                energy["total"]["duration_s"],
                clock - energy["total"]["duration_s"],
                engine.cpu_s - energy["total"]["cpu_time_s"],
                runner,
                energy["sampler"]["cpu_time_s"],
                forking,
            )
            found.append(dict(zip(COLUMNS, told, strict=True)))
            print(f"{entry.trial.id}  {line(found[-1])}", flush=True)
            if len(found) == 1:
                for number in range(arguments.earlier):
                    shutil.copytree(benchmark.trials / entry.trial.id, benchmark.trials / f"earlier-{number}")
            before[:] = [time.monotonic(), time.process_time(), servers(engine)]

        try:
            Runner(benchmark, folders(benchmark), engine, told=tell).run()
        finally:
            engine.close()
    print(f"median of {len(found) - 1}         {line({key: median(one[key] for one in found[1:]) for key in COLUMNS})}")


def servers(engine: LocalEngine) -> float:
    """Processor time of those who fork workers and samplers, in seconds."""
    if not engine.server_pid:
        return 0.0
    server = psutil.Process(engine.server_pid)
    times = [process.cpu_times() for process in (server, *server.children(recursive=True))]
    return float(sum(used.user + used.system for used in times))


def line(of: dict[str, float]) -> str:
    """A trial, or the median of them."""
    one_by_one = of["worker"] + of["runner"]
    together = one_by_one + of["sampler"] + of["servers"]
    return (
        f"windows {of['windows']:6.2f} s, beside them {of['clock']:6.3f} s | CPU s: worker {of['worker']:.3f} + runner "
        f"{of['runner']:.3f} = {one_by_one:.3f}; sampler {of['sampler']:.3f}, forking {of['servers']:.3f}; "
        f"together {together:.3f}"
    )


if __name__ == "__main__":
    main()
