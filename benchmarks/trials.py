#!/usr/bin/env python3
"""What a trial of a benchmark costs beside its measured windows: processor time of runner, worker and sampler.

usage: benchmarks/trials.py [--trials N]        takes a minute or two; needs the extra "train"

Small networks are trained on the digits for one epoch, by forked workers. The first trial is left out. Processor time
and not the clock is told, so that other work on the machine counts as little as it can.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from cnngen.runtime import record
from cnngen.search.benchmark.folders import folders
from cnngen.search.benchmark.ledger import Entry, Ledger
from cnngen.search.benchmark.local import LocalEngine
from cnngen.search.benchmark.making import make
from cnngen.search.benchmark.runner import Runner
from cnngen.search.benchmark.specification import specification


def main() -> None:
    """Train, and print a line for each trial."""
    parser = argparse.ArgumentParser(description="Measure what a trial costs beside its training.")
    parser.add_argument("--trials", type=int, default=6)
    arguments = parser.parse_args()
    found: list[float] = []
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
        clock = {"runner": time.process_time()}

        def tell(entry: Entry, _: Ledger) -> None:
            now = time.process_time()
            runner, clock["runner"] = now - clock["runner"], now
            result = record.read(benchmark.trials / entry.trial.id)
            windows = result["energy"]["total"]
            worker = engine.cpu_s - windows["cpu_time_s"]
            sampling = result["energy"]["sampler"]["cpu_time_s"]
            found.append(runner + worker + sampling)
            print(
                f"{entry.trial.id}  windows {windows['cpu_time_s']:6.2f}  beside them: worker {worker:6.3f}  sampler "
                f"{sampling:6.3f}  runner {runner:6.3f}  together {found[-1]:6.3f} CPU s",
                flush=True,
            )

        engine = LocalEngine(sys.executable)
        try:
            Runner(benchmark, folders(benchmark), engine, told=tell).run()
        finally:
            engine.close()
    print(f"beside training: {median(found[1:]):.3f} CPU s a trial ({min(found[1:]):.3f} to {max(found[1:]):.3f})")


if __name__ == "__main__":
    main()
