"""Trials that are really trained: the fork server, a killed runner, and the limits of a trial."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime import record
from cnngen.runtime.driving import living
from cnngen.search.benchmark.folders import Folders
from cnngen.search.benchmark.local import LocalEngine
from cnngen.search.benchmark.making import Benchmark, make
from cnngen.search.benchmark.runner import Runner
from cnngen.search.benchmark.specification import specification

pytestmark = pytest.mark.slow

NETWORKS: dict[str, Any] = {"count": 2, "sampler": {"conditions": {"layers": [0, 7], "macs": [0, 1e5]}}}


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    """One server for all, for starting TensorFlow takes longest."""
    started = LocalEngine()
    yield started
    started.close()


def made(folder: Path, **sections: Any) -> Benchmark:
    order = {"reference_every": 0}
    return make(folder, specification({"networks": NETWORKS, "order": order, **sections}, "the test"), folder)[0]


def runner(benchmark: Benchmark, engine: LocalEngine) -> Runner:
    return Runner(benchmark, Folders(benchmark, sys.executable, None), engine)


def test_a_killed_runner_is_resumed_and_its_trial_is_not_trained_again(tmp_path: Path, engine: LocalEngine) -> None:
    benchmark = made(tmp_path / "bench", training={"epochs": 3, "batch_size": 16})
    command = [sys.executable, "-m", "cnngen.cli", "benchmark", "run", str(benchmark.folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        workers: list[int] = []
        while not workers:
            assert process.poll() is None
            time.sleep(0.02)
            running = [folder for folder in benchmark.trials.iterdir() if living.state(folder) == living.RUNNING]
            workers = [pid for folder in running if (pid := living.worker(folder))]
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert runner(benchmark, engine).run() == "finished"
    entries = list(benchmark.ledger().entries())
    assert [(entry.state, entry.attempt) for entry in entries] == [("done", 1), ("done", 1)]
    for entry in entries:
        result = record.read(benchmark.trials / entry.trial.id)
        assert result["run"]["epochs_executed"] == 3
        assert entry.result
        assert entry.result["test_accuracy"] == result["quality"]["test_accuracy"]
        assert entry.result["training_energy_total_kwh"] > 0
        assert entry.result["host_class"]
        assert [epoch["epoch"] for epoch in entry.epochs] == [1, 2, 3]
    with pytest.raises(ProcessLookupError):
        os.kill(workers[0], 0)


def test_the_same_seed_trains_the_same_in_forked_and_in_fresh_workers(tmp_path: Path, engine: LocalEngine) -> None:
    one_network = {"networks": {**NETWORKS, "count": 1}, "training": {"epochs": 1}}
    accuracies = []
    for name, by in (("forked", engine), ("fresh", LocalEngine(fork=False))):
        benchmark = made(tmp_path / name, **one_network)
        assert runner(benchmark, by).run() == "finished"
        (entry,) = benchmark.ledger().entries()
        assert entry.state == "done", entry.result
        assert entry.result
        accuracies.append(entry.result["test_loss"])
    assert accuracies[0] == pytest.approx(accuracies[1], rel=1e-4)


def test_a_trial_that_takes_too_long_or_too_much_is_ended_and_kept(tmp_path: Path, engine: LocalEngine) -> None:
    endless = {"training": {"epochs": 100_000}, "networks": {**NETWORKS, "count": 1}}
    slow = made(tmp_path / "slow", limits={"timeout_s": 8}, **endless)
    assert runner(slow, engine).run() == "finished"
    (entry,) = slow.ledger().entries()
    assert entry.result
    assert (entry.state, entry.result["reason"]) == ("timeout", "It took longer than 8 s.")

    large = made(tmp_path / "large", limits={"memory_mb": 100}, **endless)
    assert runner(large, engine).run() == "finished"
    (entry,) = large.ledger().entries()
    assert entry.state == "memory"
    assert entry.result
    assert "MB of memory, more than 100." in entry.result["reason"]
    assert entry.result["host_class"], "it was ended before it could tell"


def test_a_trial_that_cannot_be_trained_is_kept_with_its_stage_and_reason(tmp_path: Path, engine: LocalEngine) -> None:
    benchmark = made(tmp_path / "bench", training={"learning_rate": 100.0, "optimizer": "sgd", "epochs": 30})
    assert runner(benchmark, engine).run() == "finished"
    failed = list(benchmark.ledger().entries("failed"))
    assert failed, "at this learning rate a loss becomes NaN"
    for entry in failed:
        assert entry.result
        assert entry.result["stage"] in ("train", "validate")
        assert str(entry.result["reason"]).startswith("The loss became ")
