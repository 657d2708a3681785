"""A real Ray cluster of two nodes on this machine: what happens when one of them is killed, or cannot train."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import light_worker
import pytest
from ray.cluster_utils import Cluster

from cnngen.runtime import record
from cnngen.search.benchmark.making import Benchmark, make
from cnngen.search.benchmark.specification import specification

pytestmark = pytest.mark.slow

SMALL = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_log_monitor": False}
NETWORKS: dict[str, Any] = {"count": 3, "sampler": {"conditions": {"layers": [0, 7], "macs": [0, 1e5]}}}


@pytest.fixture(scope="module")
def cluster(own_cache: None) -> Iterator[Cluster]:
    """The node that cannot be killed: it holds the cluster together, and trains too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        started = Cluster(
            initialize_head=True,
            head_node_args={**SMALL, "include_dashboard": False, "no_monitor": True},
        )
        yield started
        started.shutdown()


def node(cluster: Cluster, **environment: str) -> Any:
    """One more node; its processes have these variables."""
    return cluster.add_node(**SMALL, env_vars=environment)


def made(folder: Path, **sections: Any) -> Benchmark:
    order = {"reference_every": 0}
    return make(folder, specification({"networks": NETWORKS, "order": order, **sections}, "the test"), folder)[0]


def begin(benchmark: Benchmark, cluster: Cluster, *arguments: str) -> subprocess.Popen[str]:
    command = ["-m", "cnngen.cli", "benchmark", "run", str(benchmark.folder), "--engine", "ray"]
    return subprocess.Popen(
        [sys.executable, *command, "--address", cluster.address, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def until(condition: Any, process: subprocess.Popen[str]) -> None:
    while not condition():
        assert process.poll() is None, process.stdout and process.stdout.read()
        time.sleep(0.05)


def noted(notes: Path, word: str) -> Counter[str]:
    """How often each trial's training was begun, or came to its end, on whichever machine."""
    lines = notes.read_text().splitlines() if notes.exists() else []
    return Counter(line.split()[1] for line in lines if line.startswith(word))


def test_every_trial_ends_once_though_a_node_and_the_runner_are_killed(cluster: Cluster, tmp_path: Path) -> None:
    """A node is killed while it trains; then the runner is; then it is resumed."""
    benchmark, notes, go = made(tmp_path / "bench"), tmp_path / "notes.txt", tmp_path / "go"
    # Each node takes its own turns here, as two machines would; a training lasts until it is told to go on.
    light = light_worker.interpreter(tmp_path / "python", notes=str(notes), until=str(go))
    second = node(cluster, XDG_CACHE_HOME=str(tmp_path / "second"))
    arguments = ("--spawn", "--interpreter", str(light))
    process = begin(benchmark, cluster, *arguments)
    until(lambda: len(noted(notes, "begin")) == 2, process)
    cluster.remove_node(second, allow_graceful=False)
    # What it trained is begun again on the other node, when that has ended its own.
    until(lambda: process.stdout and "was lost while it trained" in process.stdout.readline(), process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not noted(notes, "end")

    go.touch()
    process = begin(benchmark, cluster, *arguments)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    entries = list(benchmark.ledger().entries())
    assert [entry.state for entry in entries] == ["done"] * 3, told
    assert set(noted(notes, "end").values()) == {1}
    assert len(noted(notes, "end")) == 3
    for entry in entries:
        assert entry.result
        assert entry.result["host"] == os.uname().nodename
        assert record.read(benchmark.trials / entry.trial.id)["status"] == "done"
        assert [epoch["epoch"] for epoch in entry.epochs] == [1, 2, 3]
        assert not (benchmark.trials / entry.trial.id / record.WORKER_LOCK).exists()
