"""A benchmark's folder, ledger and runner: frozen, resumable, and never confused by a kill."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmark_driver import Pretended

from cnngen.cli.main import run
from cnngen.language import analyse
from cnngen.search.benchmark.folders import Folders
from cnngen.search.benchmark.ledger import Ledger
from cnngen.search.benchmark.making import LEDGER, NETWORKS, SPECIFICATION, Benchmark, make, open_benchmark
from cnngen.search.benchmark.runner import LOCK, Budget, Runner, Wishes
from cnngen.search.benchmark.specification import Specification, as_toml, read_specification, specification
from cnngen.search.benchmark.status import span, status
from cnngen.search.benchmark.trials import Trial
from cnngen.search.errors import ConfigurationError, SearchError
from cnngen.search.publishing.columns import TRIALS
from cnngen.search.publishing.export import export
from cnngen.search.publishing.taking import take_over

DRIVER = Path(__file__).with_name("benchmark_driver.py")
SMALL: dict[str, Any] = {"sampler": {"conditions": {"layers": [0, 8]}}, "count": 5}


def spec(**sections: Any) -> Specification:
    return specification({"networks": SMALL, "order": {"reference_every": 3}, **sections}, "the test")


def runner(benchmark: Benchmark, **more: Any) -> Runner:
    engine = Pretended(0.0, benchmark.folder / "trained.txt")
    return Runner(benchmark, Folders(benchmark, sys.executable, None), engine, **more)


def trained(benchmark: Benchmark, word: str) -> Counter[str]:
    """How often each trial's training was begun, or came to its end."""
    lines = (benchmark.folder / "trained.txt").read_text().splitlines()
    return Counter(line.split()[1] for line in lines if line.startswith(word))


@pytest.fixture
def made(tmp_path: Path) -> Benchmark:
    return make(tmp_path / "bench", spec(), tmp_path)[0]


def test_a_folder_named_by_a_relative_path_is_the_same_for_a_worker_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert make(Path("bench"), spec(), Path())[0].folder == tmp_path / "bench"
    assert open_benchmark(Path("bench")).folder == tmp_path / "bench"


# -- specifications ----------------------------------------------------------------------------------------------------


def test_a_specification_is_written_and_read_as_the_same(tmp_path: Path) -> None:
    told = spec(training={"epochs": 3, "seeds": [4, 5]}, data={"images": 100, "source": 'a "b"\\c.npz'})
    (tmp_path / "spec.toml").write_text(as_toml(told))
    assert read_specification(tmp_path / "spec.toml").hash == told.hash
    assert as_toml(read_specification(tmp_path / "spec.toml")) == as_toml(told)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"trainin": {}}, "there is no trainin; did you mean training?"),
        ({"training": {"epoch": 3}}, "there is no training.epoch; did you mean epochs?"),
        ({"training": {"epochs": 0}}, "training.epochs must be a whole number from 1 to 100,000; it is 0."),
        ({"training": {"seeds": []}}, "training.seeds must be a list of different whole numbers"),
        ({"training": {"optimizer": "adm"}}, "training.optimizer must be one of adam, adamw"),
        ({"limits": 3}, "limits is a section: write [limits] and its keys below."),
        ({"order": {"reference": "input cnov output"}}, "order.reference is no sound program: "),
        ({"name": 3}, "name must be a text; it is 3."),
    ],
)
def test_a_wrong_specification_is_told_in_one_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        specification(given, "spec.toml")
    assert sentence in str(told.value)


# -- making ------------------------------------------------------------------------------------------------------------


def test_making_freezes_networks_images_and_order(made: Benchmark) -> None:
    ledger = made.ledger()
    entries = list(ledger.entries())
    assert Counter(entry.trial.role for entry in entries) == {"network": 5, "reference": 3}
    assert [entry.trial.role for entry in entries][::4] == ["reference", "reference"]
    assert entries[-1].trial.role == "reference"
    for entry in entries:
        network = analyse(made.program(entry.trial.network)).network
        assert network.hash == entry.trial.network
        assert (network.input_shape, network.classes) == ((8, 8, 1), 10)
    assert len({entry.trial.id for entry in entries}) == 8


def test_making_twice_is_harmless_and_another_benchmark_is_refused(made: Benchmark, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in made.folder.rglob("*.cnn")}
    again, added = make(made.folder, spec(), tmp_path)
    assert added == 0
    assert {path: path.read_bytes() for path in again.folder.rglob("*.cnn")} == before
    with pytest.raises(SearchError, match="holds another benchmark; give another folder"):
        make(made.folder, spec(training={"epochs": 2}), tmp_path)
    with pytest.raises(SearchError, match="is not empty; give another folder"):
        make(tmp_path, spec(), tmp_path)


def test_a_changed_specification_is_no_longer_run(made: Benchmark) -> None:
    path = made.folder / SPECIFICATION
    path.write_text(path.read_text().replace("epochs = 36", "epochs = 35"))
    with pytest.raises(SearchError, match="is no longer what it was when the benchmark was made"):
        open_benchmark(made.folder)
    with pytest.raises(SearchError, match="There is no benchmark in"):
        open_benchmark(made.folder / NETWORKS)


def test_trials_are_named_by_what_is_trained() -> None:
    from cnngen.search.benchmark.trials import trials

    base = trials(spec(), ["a", "b"], "r", "data")
    assert {t.id for t in base} == {
        t.id for t in trials(spec(order={"seed": 9, "reference_every": 3}), ["b", "a"], "r", "data")
    }
    for other in (
        trials(spec(training={"epochs": 2}), ["a", "b"], "r", "data"),
        trials(spec(), ["a", "b"], "r", "other"),
    ):
        assert not {t.id for t in base} & {t.id for t in other}
    seeds = trials(spec(training={"seeds": [1, 2], "noise_share": 0.5, "noise_repeats": 3}), list("abcd"), "r", "data")
    assert Counter(t.role for t in seeds)["network"] == 8
    repeats = [t for t in seeds if t.role == "repeat"]
    assert len(repeats) == 6
    assert {t.seed for t in repeats} == {1000, 1001, 1002}


def test_the_order_is_random_and_the_same_each_time(tmp_path: Path) -> None:
    networks = [f"{number:03}" for number in range(40)]
    from cnngen.search.benchmark.trials import trials

    order = [t.network for t in trials(spec(order={"reference_every": 0}), networks, "r", "data")]
    assert order != networks
    assert sorted(order) == networks
    assert order == [t.network for t in trials(spec(order={"reference_every": 0}), networks, "r", "data")]


def test_images_are_cut_alike_everywhere(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 256, (50, 8, 8, 3), dtype=np.uint8), np.arange(50) % 5
    np.savez(tmp_path / "set.npz", x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:])
    told = spec(data={"source": "set.npz", "images": 20, "size": 4}, networks={"count": 2})
    made, _ = make(tmp_path / "bench", told, tmp_path)
    assert made.images.shape == (4, 4, 3)
    assert made.images.classes == 5
    with np.load(made.images.source) as cut:
        assert cut["x"].shape == (20, 4, 4, 3)
        first = cut["x"][0].astype(int)
        assert any((abs(first - image.reshape(4, 2, 4, 2, 3).mean((1, 3))) <= 0.5).all() for image in x)
    assert make(tmp_path / "two", told, tmp_path)[0].images.sha256 == made.images.sha256
    (tmp_path / "set.npz").rename(tmp_path / "moved.npz")
    moved, _ = make(tmp_path / "moved", told, tmp_path, tmp_path / "moved.npz")
    assert moved.images.sha256 == made.images.sha256
    (tmp_path / "moved.npz").rename(tmp_path / "set.npz")
    more = spec(data={"source": "set.npz", "images": 20, "size": 4, "seed": 1}, networks={"count": 2})
    assert make(tmp_path / "three", more, tmp_path)[0].images.sha256 != made.images.sha256


def test_fidelities_of_the_same_networks_are_different_trials(tmp_path: Path) -> None:
    """Fewer epochs and fewer images keep the networks; smaller images have other shapes, so they make others."""
    x = np.random.default_rng(0).integers(0, 256, (60, 16, 16, 1), dtype=np.uint8)
    np.savez(tmp_path / "some.npz", x=x, y=np.arange(60) % 10)
    found = {}
    for name, images, size, epochs in (("full", 0, 0, 9), ("short", 0, 0, 3), ("few", 20, 0, 9), ("small", 0, 8, 9)):
        data = {"source": "some.npz", "images": images, "size": size}
        told = spec(data=data, training={"epochs": epochs}, order={"reference_every": 0})
        ledger = make(tmp_path / name, told, tmp_path)[0].ledger()
        trials = [entry.trial for entry in ledger.entries()]
        found[name] = {trial.network for trial in trials}, {trial.id for trial in trials}
    networks = {name: told[0] for name, told in found.items()}
    assert networks["full"] == networks["short"] == networks["few"]
    assert not networks["full"] & networks["small"]
    assert len(set.union(*(told[1] for told in found.values()))) == 4 * 5


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"source": "set.npz", "size": 3}, "data.size must divide the 8x8 pixels of set.npz; it is 3."),
        ({"source": "set.npz", "images": 51}, "data.images is 51, but set.npz has 50; give fewer."),
        ({"source": "none.npz"}, "cannot be read as images: it must be an .npz file with x and y"),
        ({"source": "digits", "size": 4}, "data.images and data.size need an .npz file, not the name digits"),
    ],
)
def test_images_that_cannot_be_cut_are_told(tmp_path: Path, data: dict[str, Any], sentence: str) -> None:
    np.savez(tmp_path / "set.npz", x=np.zeros((50, 8, 8, 3), np.uint8), y=np.arange(50) % 2)
    with pytest.raises(SearchError) as told:
        make(tmp_path / "bench", spec(data=data), tmp_path)
    assert sentence in str(told.value)


# -- the ledger --------------------------------------------------------------------------------------------------------


def test_a_trial_ends_once(made: Benchmark) -> None:
    ledger = made.ledger()
    entry = ledger.take()
    assert entry
    assert (entry.state, entry.attempt) == ("running", 1)
    ledger.end(entry.trial, "done", {"test_accuracy": 0.5})
    ledger.end(entry.trial, "failed", {"reason": "later"})
    ledger.put_back(entry.trial)
    found = ledger.entry(entry.trial.id)
    assert (found.state, found.result) == ("done", {"test_accuracy": 0.5})
    assert ledger.counts() == {"done": 1, "queued": 7}


def test_the_class_of_a_host_is_known_for_trials_that_could_not_tell_before_and_after(made: Benchmark) -> None:
    ledger = made.ledger()
    trials = [entry.trial for entry in ledger.entries()]

    def end(trial: Trial, host: str, told: str | None) -> None:
        ledger.end(trial, "failed", {"host": host, "host_class": ledger.learn_class(host, told)})

    for trial, host, told in zip(trials, "abaa", (None, None, "4 cores", None), strict=False):
        end(trial, host, told)
    found = [(entry.result["host"], entry.result["host_class"]) for entry in ledger.entries("failed") if entry.result]
    assert found == [("a", "4 cores"), ("b", None), ("a", "4 cores"), ("a", "4 cores")]


def test_a_trial_that_is_put_back_is_the_next_again(made: Benchmark) -> None:
    ledger = made.ledger()
    first = ledger.take()
    assert first
    ledger.put_back(first.trial, uncounted=True)
    again = ledger.take()
    assert again == first
    assert Ledger(made.folder / LEDGER).counts() == {"running": 1, "queued": 7}  # another reader, at the same time


# -- running -----------------------------------------------------------------------------------------------------------


def test_all_trials_are_run_once(made: Benchmark) -> None:
    told: list[str] = []
    assert runner(made, told=lambda entry, _: told.append(entry.trial.id)).run() == "finished"
    assert runner(made).run() == "finished"
    assert set(trained(made, "begin").values()) == {1}
    assert len(told) == 8
    found = status(made.ledger())
    assert (found.ended, found.total, found.running) == (8, 8, None)
    assert found.energy_wh == pytest.approx(8.0)


def test_what_is_left_takes_less_time_on_more_machines(made: Benchmark) -> None:
    ledger = made.ledger()
    for _ in range(2):
        entry = ledger.take()
        assert entry
        ledger.end(entry.trial, "done", {"run_duration_s": 10.0, "ended_utc": "2026-11-22T12:00:00+00:00"})
    assert status(ledger).seconds_left == 60.0
    for machines in (1, 2, 3):
        assert ledger.take()
        assert status(ledger).seconds_left == pytest.approx(60.0 / machines)


def test_budgets_and_pauses_end_between_two_trials(made: Benchmark) -> None:
    assert runner(made, budget=Budget(energy_wh=2.0)).run() == "energy"
    assert len(trained(made, "end")) == 2
    assert runner(made, budget=Budget(time_s=0.0)).run() == "time"
    assert runner(made, wishes=Wishes(pause=True)).run() == "paused"
    assert len(trained(made, "end")) == 2


def test_only_one_runner_at_a_time(made: Benchmark) -> None:
    process = subprocess.Popen([sys.executable, str(DRIVER), str(made.folder), "30"], stdout=subprocess.PIPE)
    try:
        while not (made.folder / "trained.txt").exists():
            time.sleep(0.05)
        with pytest.raises(SearchError, match="is being run already, on "):
            runner(made).run()
    finally:
        process.kill()
        process.wait()
    assert (made.folder / LOCK).exists()
    assert runner(made).run() == "finished"  # the lock went with its holder


# -- exports -----------------------------------------------------------------------------------------------------------


def test_a_part_goes_on_elsewhere(made: Benchmark, tmp_path: Path) -> None:
    runner(made, budget=Budget(energy_wh=3.0)).run()
    assert export(made, made.ledger(), tmp_path / "out", compact=True).trials == 3
    lines = (tmp_path / "out" / "trials.csv").read_text().splitlines()
    assert lines[0] == ",".join(TRIALS.names)
    assert len(lines) == 4

    other, _ = make(tmp_path / "other", spec(), tmp_path)
    assert take_over(other, other.ledger(), tmp_path / "out") == 3
    assert take_over(other, other.ledger(), tmp_path / "out") == 0
    runner(other).run()
    assert len(trained(other, "end")) == 5
    assert not set(trained(other, "end")) & set(trained(made, "end"))


def test_rows_of_another_benchmark_or_damaged_ones_are_refused(made: Benchmark, tmp_path: Path) -> None:
    runner(made).run()
    export(made, made.ledger(), tmp_path / "out", compact=True)
    other, _ = make(tmp_path / "other", spec(training={"epochs": 1}), tmp_path)
    with pytest.raises(SearchError, match=r"8 of 8 rows in .* are of other networks, images or settings"):
        take_over(other, other.ledger(), tmp_path / "out")
    table = tmp_path / "out" / "trials.csv"
    table.write_text(table.read_text().replace("done", "gone"))
    with pytest.raises(SearchError, match="is not what was exported: its checksum differs"):
        take_over(made, made.ledger(), tmp_path / "out")
    with pytest.raises(SearchError, match="is no export of a benchmark: it has no SHA256SUMS"):
        take_over(made, made.ledger(), tmp_path)


@pytest.mark.parametrize(("seconds", "shown"), [(45, "45 s"), (150, "2 min"), (7500, "2 h 5 min"), (356400, "4 d 3 h")])
def test_times_are_told_in_words(seconds: float, shown: str) -> None:
    assert span(seconds) == shown


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_makes_and_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spec.toml").write_text(as_toml(spec()))
    folder = str(tmp_path / "bench")
    assert run(["benchmark", "create", folder, str(tmp_path / "spec.toml")]) == 0
    assert f"8 trials in {folder}; train them with: cnngen benchmark run {folder}" in capsys.readouterr().out
    assert run(["benchmark", "status", folder]) == 0
    said = capsys.readouterr().out
    assert "0 of 8 ended" in said
    assert f"Begin with: cnngen benchmark run {folder}" in said
    assert run(["benchmark", "export", folder, "-o", str(tmp_path / "out")]) == 0
    assert run(["benchmark", "status", str(tmp_path)]) == 2
    assert "There is no benchmark in" in capsys.readouterr().err
    assert run(["benchmark", "create", "--print-spec", folder]) == 0
    assert "noise_repeats = 0" in capsys.readouterr().out
