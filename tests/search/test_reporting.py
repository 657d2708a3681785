"""The page about a benchmark: whatever state it is in, one file that needs nothing else."""

from __future__ import annotations

import json
import os
import random
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import kendalltau

from cnngen.cli.main import run
from cnngen.search.benchmark.ledger import Ledger
from cnngen.search.benchmark.making import Benchmark, make
from cnngen.search.benchmark.specification import specification
from cnngen.search.errors import SearchError
from cnngen.search.publishing.export import export
from cnngen.search.reporting.measures import (
    TOTAL,
    compared_energy,
    drift,
    failures,
    front,
    shares,
    spread,
    tau,
)
from cnngen.search.reporting.nasbench101 import layers, read_table
from cnngen.search.reporting.told import told_of

NETWORKS = {"count": 24, "sampler": {"conditions": {"layers": [0, 8]}}}


def made(folder: Path) -> Benchmark:
    told = {
        "name": "<Networks & Co.>",
        "networks": NETWORKS,
        "training": {"epochs": 3, "noise_share": 0.15, "noise_repeats": 2},
        "order": {"reference_every": 10},
    }
    return make(folder, specification(told, "the test"), folder)[0]


def end(ledger: Ledger, count: int) -> None:
    """Have the next trials end, some of them badly."""
    chance = random.Random(1)
    for number in range(count):
        entry = ledger.take()
        assert entry
        if number % 9 == 8:
            ledger.end(entry.trial, "failed", {"stage": "train", "reason": "The loss became <nan>."})
            continue
        accuracy, cpu = chance.uniform(0.1, 0.6), chance.uniform(1e-6, 9e-5)
        result: dict[str, Any] = {
            "test_accuracy": accuracy, "layers": chance.randrange(5, 9), "macs": int(cpu * 1e10), "parameters": 500,
            "training_energy_cpu_kwh": cpu, "training_energy_gpu_kwh": 0.0, "training_energy_ram_kwh": 3e-4,
            "training_energy_total_kwh": cpu + 3e-4, "run_energy_total_kwh": cpu + 4e-4, "training_cpu_time_s": cpu * 9e5,
            "training_duration_s": 30.0, "run_duration_s": 40.0, "training_others_cpu_share": 0.4,
            "energy_cpu_source": "modelled", "energy_gpu_source": "absent", "energy_ram_source": "constant",
            "started_utc": f"2026-11-22T{10 + number // 60:02}:{number % 60:02}:00+00:00", "host_class": "one",
        }  # fmt: skip
        epochs = [{"epoch": at, "val_accuracy": accuracy * at / 3} for at in (1, 2, 3)]
        ledger.end(entry.trial, "done", result, epochs)


class Page(HTMLParser):
    """What a page holds: its headings, charts, text, and whatever it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.charts: list[str] = []
        self.loads: list[str] = []
        self.text = ""
        self._heading = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._heading = tag in ("h1", "h2")
        if tag == "svg":
            self.charts.append(str(told["aria-label"]).partition(".")[0])
        for name in ("src", "href"):
            if (value := told.get(name)) and not value.startswith(("#", "data:")):
                self.loads.append(value)
        if tag in ("script", "iframe", "link"):
            self.loads.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._heading:
            self.headings.append(data)
            self._heading = False


def report(folder: Path, output: Path, *more: str) -> Page:
    assert run(["benchmark", "report", str(folder), "-o", str(output), *more]) == 0
    text = output.read_text()
    assert not re.findall(r"url\((?!#)", text)
    page = Page(text)
    assert page.loads == []
    return page


def drawings(path: Path) -> list[str]:
    """The charts of a page, which the same rows draw with the same bytes."""
    return re.findall(r"<svg.*?</svg>", path.read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of 60 networks as NAS-Bench-101's is: input, convolution, pooling, output, one behind the other."""
    path = tmp_path_factory.mktemp("table") / "nb101.npz"
    count, chance = 60, np.random.default_rng(0)
    adjacency = np.zeros((count, 7, 7), np.uint8)
    adjacency[:, [0, 1, 2], [1, 2, 3]] = 1
    operations = np.full((count, 7), -9, np.int8)
    operations[:, :4] = (-1, 0, 2, -2)
    accuracies = {f"val_acc_{epochs}ep": chance.uniform(0.5, 0.95, count) for epochs in (4, 12, 36, 108)}
    np.savez(path, adjacency=adjacency, ops=operations, num_vertices=np.full(count, 4), params=np.arange(count) + 1,
             train_time_108ep_s=chance.uniform(500, 4000, count), **accuracies)  # fmt: skip
    return path


def test_a_benchmark_that_runs_has_all_figures_and_its_export_the_same(tmp_path: Path, table: Path) -> None:
    bench = made(tmp_path / "bench")
    ledger = bench.ledger()
    end(ledger, 30)
    page = report(bench.folder, tmp_path / "report.html", "--nas-bench-101", str(table))
    assert page.headings == [
        "<Networks & Co.>", "Before you use these figures", "Accuracy", "Energy", "Layers against energy",
        "Sizes and costs beside NAS-Bench-101", "Accuracy against energy", "What energy follows", "Learning curves",
        "Noise and drift", "Failures", "Again",
    ]  # fmt: skip
    assert len(page.charts) == 17
    assert "30 trainings of 37 planned" in page.text
    assert "The benchmark is not at its end: 30 of 37 trials are." in page.text
    assert "so networks are compared by the energy of the processor" in page.text
    assert "The loss became <nan>." in page.text
    assert "NAS-Bench-101, 36 epochs, validation" in page.text

    export(bench, ledger, tmp_path / "out", compact=True)
    again = report(tmp_path / "out", tmp_path / "again.html", "--nas-bench-101", str(table))
    assert drawings(tmp_path / "again.html") == drawings(tmp_path / "report.html")
    assert "30 trainings, 3 epochs each, on digits." in again.text


@pytest.mark.parametrize("ended", [0, 1, 2])
def test_a_benchmark_has_a_page_from_the_beginning(tmp_path: Path, ended: int) -> None:
    bench = made(tmp_path / "bench")
    end(bench.ledger(), ended)
    page = report(bench.folder, tmp_path / "report.html")
    assert f"{ended} training{'' if ended == 1 else 's'} of 37 planned" in page.text
    assert ("No trial has ended yet." in page.text) == (ended == 0)


def test_what_is_no_benchmark_or_no_table_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["benchmark", "report", str(tmp_path), "-o", str(tmp_path / "report.html")]) == 2
    assert "is neither a benchmark nor an export of one" in capsys.readouterr().err
    bench = made(tmp_path / "bench")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    (tmp_path / "text.npz").write_text("no table")
    for name in ("other.npz", "text.npz", "none.npz"):
        with pytest.raises(SearchError, match=r"is no table of NAS-Bench-101: it must be an \.npz file with adjacency"):
            read_table(tmp_path / name)
    assert run(["benchmark", "report", str(bench.folder), "-o", str(tmp_path / "none" / "report.html")]) == 2
    assert "The report cannot be written to" in capsys.readouterr().err


# -- figures -----------------------------------------------------------------------------------------------------------


def energies(cpu: float, ram: float, ram_source: str) -> dict[str, Any]:
    return {"training_energy_cpu_kwh": cpu, "training_energy_gpu_kwh": 0.0, "training_energy_ram_kwh": ram,
            "training_energy_total_kwh": cpu + ram, "energy_cpu_source": "modelled", "energy_gpu_source": "absent",
            "energy_ram_source": ram_source}  # fmt: skip


def test_a_constant_that_is_most_of_the_energy_is_left_out_of_comparisons() -> None:
    assert compared_energy([energies(1.0, 0.5, "constant")]) == TOTAL
    assert compared_energy([energies(1.0, 5.0, "measured")]) == TOTAL
    found = compared_energy([energies(1.0, 5.0, "constant")])
    assert (found.parts, found.label) == (("cpu",), "energy of the processor")
    assert found.wh(energies(0.002, 5.0, "constant")) == 2.0
    assert TOTAL.wh(energies(0.002, 0.001, "constant")) == pytest.approx(3.0)
    assert TOTAL.wh({}) is None
    assert compared_energy([]) == TOTAL


def test_the_shares_of_all_sources_are_told() -> None:
    assert shares([energies(1.0, 3.0, "constant")]) == "RAM 75 % constant, CPU 25 % modelled"
    assert shares([energies(1.0, 1.0, "constant"), energies(1.0, 1.0, "measured")]) == (
        "CPU 50 % modelled, RAM 25 % constant, RAM 25 % measured"
    )
    assert shares([]) is None


def test_the_front_is_what_none_beats() -> None:
    points = [(3.0, 0.5), (1.0, 0.3), (2.0, 0.3), (2.0, 0.4), (4.0, 0.5), (5.0, 0.9), (1.0, 0.2)]
    assert front(points) == [(1.0, 0.3), (2.0, 0.4), (3.0, 0.5), (5.0, 0.9)]
    for cost, value in points:
        assert any(c <= cost and v >= value for c, v in front(points))


def test_ranks_need_three_points_that_differ() -> None:
    x, y = [1.0, 2.0, 2.0, 5.0], [3.0, 1.0, 4.0, 9.0]
    assert tau(x, y) == pytest.approx(kendalltau(x, y).statistic)
    assert tau(x[:2], y[:2]) is None
    assert tau([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]) is None


def test_a_spread_is_from_the_5th_to_the_95th_percentile() -> None:
    found = spread(value / 100 for value in range(101))
    assert found
    assert found.width == pytest.approx(0.9)
    assert spread([]) is None


def test_failures_are_counted_by_state_stage_and_reason() -> None:
    rows = [{"state": "failed", "stage": "train", "reason": "nan"}] * 2
    rows += [{"state": "done"}, {"state": "timeout", "stage": "train", "reason": "long"}, {"state": "failed"}]
    assert failures(rows) == [("failed", "train", "nan", 2), ("failed", "–", "–", 1), ("timeout", "train", "long", 1)]


def test_drift_is_told_of_one_class_of_hosts() -> None:
    def trained(hour: int, seconds: float, host: str) -> dict[str, Any]:
        return {"role": "reference", "state": "done", "started_utc": f"2026-11-22T{hour:02}:00:00+00:00",
                "host_class": host, "training_duration_s": seconds, "test_accuracy": 0.4}  # fmt: skip

    rows = [trained(12, 20.0, "a"), trained(10, 10.0, "a"), trained(11, 99.0, "b"), trained(13, 5.0, "a")]
    found = drift(rows)
    assert found
    assert found.hours == [0.0, 2.0, 3.0]
    assert found.relative["duration"] == [1.0, 2.0, 0.5]
    assert "energy" not in found.relative
    assert drift(rows[:1]) is None


# -- NAS-Bench-101 -----------------------------------------------------------------------------------------------------


def test_layers_of_a_cell_are_counted_as_those_of_a_network() -> None:
    """A convolution and its normalisation are two, and so is the projection of a cell's input; a join of two is one."""
    edges = np.zeros((3, 7, 7), np.uint8)
    edges[0, [0, 1], [1, 2]] = 1  # input, convolution, output
    edges[1, [0, 0, 1, 2], [1, 2, 3, 3]] = 1  # two lanes, concatenated
    edges[2, [0, 0, 1], [1, 2, 2]] = 1  # a convolution beside the input itself
    operations = np.array([[-1, 0, -2], [-1, 0, 2], [-1, 0, -2]], np.int8)
    operations = np.pad(operations, ((0, 0), (0, 4)), constant_values=-9)
    operations[1, 3] = -2
    around, cells = 7, 9
    assert layers(edges, operations, np.array([3, 4, 3])).tolist() == [
        around + cells * (2 + 2),
        around + cells * ((2 + 2) + (2 + 1) + 1),
        around + cells * ((2 + 2) + 2 + 1),
    ]


def test_layers_of_the_whole_table_are_those_that_were_published() -> None:
    """The same counts, made network by network by benchmarks/published_spaces.py."""
    given = os.environ.get("CNNGEN_DATA")
    path = (Path(given) if given else Path(__file__).parents[3] / "shared" / "data") / "nas" / "nb101_20k.npz"
    if not path.exists():
        pytest.skip("the table of NAS-Bench-101 is not here: set CNNGEN_DATA")
    spaces = json.loads((files("cnngen.search.diversity") / "published.json").read_text())["spaces"]
    found = read_table(path)
    assert len(found) == spaces[0]["networks"]
    percentiles = np.percentile(found.layers, np.arange(101))
    assert [round(float(value)) for value in percentiles] == spaces[0]["percentiles"]["layers"]


def test_an_export_tells_its_classes(tmp_path: Path) -> None:
    bench = made(tmp_path / "bench")
    end(bench.ledger(), 3)
    export(bench, bench.ledger(), tmp_path / "out", compact=True)
    assert told_of(tmp_path / "out").chance == told_of(bench.folder).chance == 0.1
