"""How long networks take to predict: measured one by one, gone on with, published beside a set and learned from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_benchmark import runner, spec

from cnngen.cli.main import run
from cnngen.search import load_benchmark
from cnngen.search.benchmark.latency import LATENCIES, keep, latencies, wanted
from cnngen.search.benchmark.making import Benchmark, make
from cnngen.search.predictors.tables.published import published
from cnngen.search.publishing import columns, noise
from cnngen.search.publishing.export import export
from cnngen.search.publishing.taking import take_over

TABLES = ("trials.csv", "epochs.csv", "power.csv", "networks.jsonl")


@pytest.fixture
def bench(tmp_path: Path) -> Benchmark:
    """A benchmark whose trials have all ended."""
    made, _ = make(tmp_path / "bench", spec(), tmp_path)
    assert runner(made).run() == "finished"
    return made


def row(name: str, measurement: int, ms: float) -> dict[str, Any]:
    """A measurement as the worker gives it."""
    times = {
        f"batch_{size}_{clock}_{share}_ms": ms * size * part
        for size in (1, 128)
        for clock in ("cpu", "wall")
        for share, part in (("p25", 0.9), ("p50", 1.0), ("p75", 1.2))
    }
    return {
        "network_hash": name, "measurement": measurement, "batch_1_calls": 400, "batch_128_calls": 25, **times,
        "core": 0, "processor": "A processor", "tensorflow": "2.0", "host": "here", "measured_utc": "2026-11-22T12:00:00+00:00",
    }  # fmt: skip


def test_every_network_is_wanted_once_and_a_share_of_them_twice_later(bench: Benchmark) -> None:
    names = sorted({entry.trial.network for entry in bench.ledger().entries()})
    order = wanted(bench, again=0.5)
    assert sorted(name for name, measurement in order if measurement == 1) == names
    second = [name for name, measurement in order if measurement == 2]
    assert len(second) == len(set(second)) == round(0.5 * len(names))
    assert all(order.index((name, 1)) < order.index((name, 2)) for name in second)
    assert order == wanted(bench, again=0.5)


def test_measurements_are_published_beside_the_rows_of_the_trials_and_go_on_elsewhere(
    bench: Benchmark, tmp_path: Path
) -> None:
    export(bench, bench.ledger(), tmp_path / "without", compact=True)
    measured = [row(name, number, 1.0 + 0.1 * number) for name, number in wanted(bench, again=0.5)]
    keep(bench, measured)
    export(bench, bench.ledger(), tmp_path / "out")
    for name in TABLES:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "without" / name).read_bytes()
    assert "latencies" not in "".join(path.read_text() for path in (tmp_path / "without").iterdir())
    card = (tmp_path / "out" / "README.md").read_text()
    assert (
        "- **Latency**: of batches of 1 and of 128 images, by TensorFlow 2.0 in one thread, pinned to one core" in card
    )
    assert (
        "| `latencies.csv`, `latencies.parquet` |" in card
        and "bench.trials, .epochs, .power, .latencies, .networks:" in card
    )
    assert all(f"| `{column.name}` | {column.what} |" in card for column in columns.LATENCIES.columns)
    told = json.loads((tmp_path / "out" / "croissant.json").read_text())
    assert "latencies" in [record["@id"] for record in told["recordSet"]]
    frame = load_benchmark(tmp_path / "out").latencies
    assert list(frame.columns) == list(columns.LATENCIES.names) and len(frame) == len(measured)

    other, _ = make(tmp_path / "other", spec(), tmp_path)
    for _ in range(2):
        take_over(other, other.ledger(), tmp_path / "out")
    assert latencies(other) == latencies(bench)
    export(other, other.ledger(), tmp_path / "again")
    assert (tmp_path / "again" / "latencies.csv").read_bytes() == (tmp_path / "out" / "latencies.csv").read_bytes()


def test_a_line_that_was_cut_short_is_measured_again(bench: Benchmark) -> None:
    first, second = (row(name, 1, 1.0) for name, _ in wanted(bench, again=0)[:2])
    keep(bench, [first])
    file = bench.folder / LATENCIES
    file.write_text(file.read_text() + json.dumps(second)[:40])
    assert latencies(bench) == [first]
    keep(bench, [second])
    assert sorted(one["network_hash"] for one in latencies(bench)) == sorted(
        (first["network_hash"], second["network_hash"])
    )


def test_the_noise_of_latencies_is_that_of_networks_measured_twice() -> None:
    rows = [row("a", 1, 1.0), row("a", 2, 1.2), row("b", 1, 9.0)]
    found = {one.measure: one for one in noise.latencies(rows)}
    assert found["batch_1_cpu_p50_ms"].deviation == pytest.approx(0.2 / 1.1 / 2**0.5)
    assert (found["batch_1_cpu_p50_ms"].networks, found["batch_1_cpu_p50_ms"].trainings) == (1, 2)
    assert noise.latencies(rows[:1]) == []


def test_latencies_are_figures_to_predict_where_every_network_has_one(bench: Benchmark, tmp_path: Path) -> None:
    order = [name for name, _ in wanted(bench, again=0)]
    keep(bench, [row(name, 1, 1.0 + number) for number, name in enumerate(order[:-1])])
    export(bench, bench.ledger(), tmp_path / "part", compact=True)
    assert "latency" not in published(tmp_path / "part").columns
    keep(bench, [row(order[-1], 1, 50.0), row(order[0], 2, 3.0)])
    export(bench, bench.ledger(), tmp_path / "whole", compact=True)
    table = published(tmp_path / "whole")
    said = {
        a.network.hash: v
        for a, v in zip(table.architectures, table.columns["latency"].values, strict=True)
        if a.network
    }
    assert set(said.items()) <= {(name, 1.0 + n) for n, name in enumerate(order[:-1])} | {
        (order[-1], 50.0),
        (order[0], 2.0),
    }
    assert table.columns["latency_128"].values == pytest.approx(128 * table.columns["latency"].values)
    assert table.columns["latency"].target.unit == "ms"


@pytest.mark.slow
def test_the_command_measures_what_is_left_in_a_worker_of_its_own(
    bench: Benchmark, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real networks in the real TensorFlow: of as many as are not known yet."""
    order = wanted(bench, again=0)
    keep(bench, [row(name, 1, 1.0) for name, _ in order[2:]])
    assert run(["benchmark", "latency", str(bench.folder), "--again", "0"]) == 0
    told = capsys.readouterr()
    assert f"{len(order)} measurements in {bench.folder}" in told.out and told.err.count(" ms for 128") == 2
    fresh = [one for one in latencies(bench) if one["network_hash"] in {name for name, _ in order[:2]}]
    for one in fresh:
        assert set(one) == set(columns.LATENCIES.names)
        for size in (1, 128):
            for clock in ("cpu", "wall"):
                low, middle, high = (one[f"batch_{size}_{clock}_{share}_ms"] for share in ("p25", "p50", "p75"))
                assert 0 < low <= middle <= high
            assert one[f"batch_{size}_calls"] >= 25
        assert one["batch_128_cpu_p50_ms"] > one["batch_1_cpu_p50_ms"]
    assert run(["benchmark", "latency", str(bench.folder), "--again", "0"]) == 0
    assert capsys.readouterr().err == ""
    assert run(["benchmark", "latency", str(bench.folder / "none")]) == 2
