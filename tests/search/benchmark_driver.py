"""A runner in a process of its own, which a test may kill: it trains nothing, but writes the records of trainings.

    python benchmark_driver.py FOLDER SECONDS

Each training takes so long and is noted in FOLDER/trained.txt, at its beginning and at its end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from cnngen.runtime import record
from cnngen.search.benchmark.engine import Ending, Work
from cnngen.search.benchmark.folders import Folders
from cnngen.search.benchmark.making import open_benchmark
from cnngen.search.benchmark.runner import Runner


class Pretended:
    """An engine that needs no Keras. The first `fails` trainings end with a loss that is no number."""

    fails = 0

    def __init__(self, seconds: float, notes: Path) -> None:
        self._seconds, self._notes = seconds, notes

    def places(self) -> int:
        return 1

    def train(self, work: Work) -> Ending:
        run_dir = work.folders.make(work.trial)
        self._note(f"begin {run_dir.name}")
        time.sleep(self._seconds)
        result = record.read(run_dir)
        result["status"] = "done"
        result["quality"] = {"test_accuracy": int(run_dir.name[:4], 16) / 65536, "test_loss": 1.0}
        result["energy"] = {"total": {"energy_total_kwh": 0.001}}
        result["run"]["duration_s"] = self._seconds
        result["history"] = [{"epoch": 1, "accuracy": 0.5}]
        if Pretended.fails:
            Pretended.fails -= 1
            result["status"], result["quality"] = "failed", {}
            result["error"] = {"stage": "train", "message": "The loss became nan."}
        record.write_json(run_dir / record.RESULT, result)
        self._note(f"end {run_dir.name}")
        return Ending()

    def follow(self, work: Work) -> Ending:
        raise AssertionError("no worker can outlive this runner")

    def close(self) -> None:
        pass

    def _note(self, line: str) -> None:
        with self._notes.open("a") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    opened = open_benchmark(folder)
    engine = Pretended(float(sys.argv[2]), folder / "trained.txt")
    print(Runner(opened, Folders(opened, sys.executable, None), engine).run())
