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

from cnngen.cli.main import run
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
        # Ray has its processes give way to all others, here to the other tests; by itself for minutes.
        patch.setenv("RAY_worker_niceness", "0")
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
        # Ray has all machines look first for modules where the runner was started: not among what is developed here.
        cwd=benchmark.folder,
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


def test_a_cluster_trains_for_real_and_leaves_out_a_machine_of_another_version(
    cluster: Cluster, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "cnngen-9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: cnngen\nVersion: 9.9\n")
    strange = node(cluster, PYTHONPATH=os.pathsep.join([str(other.parent), os.environ.get("PYTHONPATH", "")]))
    benchmark = made(tmp_path / "bench", training={"epochs": 1}, networks={**NETWORKS, "count": 2})
    told, _ = begin(benchmark, cluster).communicate(timeout=300)
    cluster.remove_node(strange)
    assert "gets no trials: it has CNNGen 9.9, not " in told
    entries = list(benchmark.ledger().entries())
    assert [(entry.state, entry.attempt) for entry in entries] == [("done", 1), ("done", 1)], told
    for entry in entries:
        assert entry.result
        assert entry.result["training_energy_total_kwh"] > 0
        assert entry.result["host_class"]
        assert (benchmark.trials / entry.trial.id / record.POWER).exists()


def test_a_trial_that_takes_too_long_or_that_is_dropped_is_ended_on_its_machine(
    cluster: Cluster, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    light = light_worker.interpreter(tmp_path / "python", notes=str(notes), until=str(tmp_path / "never"))
    slow = made(tmp_path / "slow", networks={**NETWORKS, "count": 1}, limits={"timeout_s": 1})
    process = begin(slow, cluster, "--spawn", "--interpreter", str(light))
    assert process.wait(timeout=300) == 0
    (entry,) = slow.ledger().entries()
    assert entry.result
    assert (entry.state, entry.result["reason"]) == ("timeout", "It took longer than 1 s.")

    notes.unlink()
    dropped = made(tmp_path / "dropped", networks={**NETWORKS, "count": 1})
    process = begin(dropped, cluster, "--spawn", "--interpreter", str(light))
    until(lambda: noted(notes, "begin"), process)
    process.send_signal(signal.SIGINT)
    until(lambda: process.stdout and "again to drop it" in process.stdout.readline(), process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=300) == 130
    (entry,) = dropped.ledger().entries()
    assert (entry.state, entry.attempt) == ("queued", 0)


def test_what_is_wrong_with_a_cluster_is_told_in_one_sentence(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path / "bench").folder
    for arguments, sentence in (
        (["--address", "127.0.0.1:1"], "There is no Ray cluster at 127.0.0.1:1 (Connection refused); start one with: "),
        (["--address", "nowhere"], "--address takes HOST:PORT, such as 10.0.0.7:6379, not nowhere."),
        (
            ["--address", cluster.address, "--interpreter", "/no/python"],
            "No machine of the cluster can train: The Python",
        ),
    ):
        assert run(["benchmark", "run", str(folder), "--engine", "ray", *arguments]) == 2
        told = capsys.readouterr().err
        assert sentence in told
        assert "Traceback" not in told
    assert run(["benchmark", "run", str(folder), "--address", "127.0.0.1:1"]) == 2
    assert "--address is for --engine ray." in capsys.readouterr().err
