"""The protocol of docs/measuring.md, rule by rule, on one real short run. The numbers are those of the page."""

from __future__ import annotations

import csv
import io
import os
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime.worker.budget import Budget, BudgetReached
from cnngen.runtime.worker.figures import CONTENTION, FEWEST_TICKS, SHORTEST
from cnngen.runtime.worker.power import observer
from cnngen.runtime.worker.power.forkserver import ForkServer

slow = pytest.mark.slow

PHASES = ["idle", "import", "data", "build", "compile", "train", "validate", "evaluate", "inference"]

#: Every window in order.
COURSE = [
    "idle", "import", "data", "build", "compile", *["train", "validate"] * 4, "evaluate", "inference", "inference", "idle"
]  # fmt: skip


def table(run: Any, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run.text(name))))


def sums(energy: dict[str, Any]) -> list[dict[str, Any]]:
    """Every sum of windows in a record."""
    return [energy["training"], energy["total"], *energy["phases"].values()]


# 1. A process for each run


@slow
def test_1_the_run_had_a_process_of_its_own(learned: Any) -> None:
    assert learned.job.pid not in (None, os.getpid())


# 2. Phases in windows


@slow
def test_2_windows_follow_one_another_and_cover_every_phase(learned: Any) -> None:
    windows = table(learned, "windows.csv")
    assert [w["phase"] for w in windows] == COURSE
    for before, after in pairwise(windows):
        assert float(before["start_s"]) + float(before["duration_s"]) <= float(after["start_s"])
    assert list(learned.result["energy"]["phases"]) == PHASES


# 3. The headline


@slow
def test_3_the_headline_is_the_sum_of_the_training_windows(learned: Any) -> None:
    energy = learned.result["energy"]
    windows = table(learned, "windows.csv")
    trained = [w for w in windows if w["phase"] == "train"]
    for key in ("energy_cpu_kwh", "energy_gpu_kwh", "energy_ram_kwh", "energy_total_kwh", "duration_s", "emissions_kg"):
        assert energy["training"][key] == pytest.approx(sum(float(w[key]) for w in trained))
        spent = [w for w in windows if w["phase"] != "idle"]
        assert energy["total"][key] == pytest.approx(sum(float(w[key]) for w in spent))
    for sums in (energy["training"], energy["total"], *energy["phases"].values()):
        assert sums["power_total_mean_w"] == pytest.approx(sums["energy_total_kwh"] * 3.6e6 / sums["duration_s"])


# 5. Each component names its source


@slow
def test_5_every_component_says_where_its_watts_come_from(learned: Any) -> None:
    energy = learned.result["energy"]
    assert set(energy["sources"]) == {"cpu", "gpu", "ram"}
    for source in energy["sources"].values():
        assert source["source"] in ("measured", "modelled", "constant", "absent")
        assert source["method"]
    counted = energy["sources"]["cpu"]["source"] == "measured"
    assert energy["tracking_mode"] == ("machine" if counted else "process")


@slow
def test_5_the_shares_of_measured_modelled_and_constant_add_up_to_all(learned: Any) -> None:
    energy = learned.result["energy"]
    assert sum(energy["shares"].values()) == pytest.approx(1.0)
    told = {source["source"] for source in energy["sources"].values()} - {"absent"}
    assert set(energy["shares"]) == told


# 6. The meter of record and the cross-check


@slow
def test_6_what_is_measured_is_measured_twice_and_nothing_else_is_called_a_check(learned: Any) -> None:
    energy = learned.result["energy"]
    assert energy["meter"] == "codecarbon" and energy["meter_version"].startswith("3.3")
    measured = {name for name, told in energy["sampler"]["sources"].items() if told["source"] == "measured"}
    assert {check["component"] for check in energy["cross_check"]} == measured


@slow
def test_6_the_sampler_and_the_meter_of_record_tell_the_same_story(learned: Any) -> None:
    """The trace's joules and CodeCarbon's, over all windows: two ways to one figure."""
    windows, trace = table(learned, "windows.csv"), table(learned, "power.csv")
    for part in ("cpu", "ram"):
        meter = sum(float(row[f"energy_{part}_kwh"]) for row in windows) * 3.6e6
        sampled = sum(float(row["interval_s"]) * float(row[f"power_{part}_w"]) for row in trace)
        assert sampled == pytest.approx(meter, rel=0.25)


# 7. A power trace from outside


@slow
def test_7_the_power_trace_has_points_of_every_length_but_no_artefacts(learned: Any) -> None:
    rows = table(learned, "power.csv")
    assert {"import", "train"} <= {row["phase"] for row in rows}
    times = [float(row["time_s"]) for row in rows]
    assert times == sorted(times)
    assert all(0 < float(row["power_ram_w"]) < 200 for row in rows)


@slow
def test_7_there_is_a_reading_a_second_or_more_in_every_window(learned: Any) -> None:
    trace = table(learned, "power.csv")
    assert {row["phase"] for row in trace} == set(PHASES)
    assert statistics.median(float(row["interval_s"]) for row in trace) <= 1.0
    for window in table(learned, "windows.csv"):
        name = [window[key] for key in ("phase", "epoch", "part")]
        seconds = sum(float(row["interval_s"]) for row in trace if [row[k] for k in ("phase", "epoch", "part")] == name)
        assert seconds >= float(window["duration_s"]) - 0.01  # the readings at its edges stand just outside


def test_7_the_sampler_holds_no_tensorflow() -> None:
    program = "import sys, cnngen.runtime.worker.power.sampler; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tensorflow", "keras", "codecarbon", "numpy", "pandas"} & set(loaded)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked on Unix")
def test_7_forked_samplers_are_like_those_that_are_started_and_one_is_started_where_none_can_be_forked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forks = ForkServer()
    monkeypatch.setattr(observer, "server", forks)
    configuration = {"began": time.monotonic(), "gpus": [], "cpu_rated_w": 10.0, "cpus": 2, "ram_w": 5.0}
    found = []
    for name in ("first", "second", "started"):
        (tmp_path / name).mkdir()
        if name == "started":
            forks.process.kill()
            forks.process.wait()
        sampler = observer.Observer(tmp_path / name)
        sources = sampler.configure(configuration)
        before = sampler.mark("train", 1)
        time.sleep(0.7)
        after = sampler.mark(None)
        assert before and after
        assert after["ticks"] > before["ticks"]
        assert after["trainer_cpu_s"] >= before["trainer_cpu_s"] > 0
        sampler.close()
        assert len((tmp_path / name / "power.csv").read_text().splitlines()) > 1
        found.append((sources, sorted(after)))
    assert found[0] == found[1] == found[2]
    forks.close()


@slow
def test_7_sampling_took_less_than_one_per_cent_of_the_processor(learned: Any) -> None:
    sampler = learned.result["energy"]["sampler"]
    assert sampler["interval_s"] == 0.5
    seconds = sum(float(row["duration_s"]) for row in table(learned, "windows.csv"))
    assert sampler["cpu_time_s"] < 0.01 * seconds + 0.2  # its own start is not the run's


# 8. Idle power, gross and net


@slow
def test_8_net_is_gross_less_idle_power_times_time(learned: Any) -> None:
    energy = learned.result["energy"]
    idle = energy["idle"]
    assert idle["ticks"] >= 2 and idle["power_total_sd_w"] >= 0
    assert (
        min(idle["power_before_w"], idle["power_after_w"])
        <= idle["power_total_w"]
        <= max(idle["power_before_w"], idle["power_after_w"])
    )
    for figures in sums(energy):
        net = figures["energy_total_kwh"] - idle["power_total_w"] * figures["duration_s"] / 3.6e6
        assert figures["energy_total_net_kwh"] == pytest.approx(net)


@slow
def test_8_without_idling_there_is_no_net_figure_and_gross_stands_alone(unmeasured: Any) -> None:
    energy = unmeasured.result["energy"]
    assert energy["idle"] is None and "idle" not in energy["phases"]
    assert {figures["energy_total_net_kwh"] for figures in sums(energy)} == {None}
    assert energy["training"]["energy_total_kwh"] > 0


# 9. Too short, 10. A busy host


@slow
def test_9_a_figure_from_a_short_or_thin_measurement_says_so(learned: Any) -> None:
    for figures in [*sums(learned.result["energy"]), *learned.result["inference"]]:
        thin = figures["duration_s"] < SHORTEST or figures["ticks"] < FEWEST_TICKS
        assert figures["indicative"] is thin
    assert learned.result["energy"]["phases"]["evaluate"]["indicative"] is True  # a fraction of a second


@slow
def test_10_a_busy_host_is_said(learned: Any) -> None:
    energy = learned.result["energy"]
    assert energy["contention_threshold"] == CONTENTION == 0.05
    for figures in sums(energy):
        assert 0 <= figures["others_cpu_share"] <= 1.5
        assert figures["contended"] is (figures["others_cpu_share"] > CONTENTION)


# 11. Carbon


@slow
def test_11_carbon_is_energy_times_the_countrys_intensity(learned: Any) -> None:
    carbon, energy = learned.result["carbon"], learned.result["energy"]
    assert (carbon["country_name"], carbon["country_iso_code"]) == ("France", "FRA")
    assert carbon["intensity_year"] >= 2021
    kwh = energy["training"]["energy_total_kwh"]
    assert carbon["training_kg"] == pytest.approx(kwh * carbon["intensity_g_per_kwh"] / 1000)


# 12. Inference


@slow
def test_12_predictions_are_measured_one_by_one_and_many_at_a_time(learned: Any) -> None:
    one, many = learned.result["inference"]
    assert (one["batch_size"], many["batch_size"]) == (1, 128)
    windows = {row["part"]: row for row in table(learned, "windows.csv") if row["phase"] == "inference"}
    for row in (one, many):
        window = windows[f"batch_{row['batch_size']}"]
        assert row["images"] == row["batches"] * row["batch_size"]
        joules = float(window["energy_total_kwh"]) * 3.6e6
        assert row["energy_per_inference_j"] == pytest.approx(joules / row["images"])
        assert 0 < row["latency_p50_ms"] <= row["latency_p95_ms"]
        assert row["duration_s"] >= learned.result["measuring"]["inference_s"]
    assert many["energy_per_inference_j"] < one["energy_per_inference_j"]


# What an image and an epoch take; the paper's record


@slow
def test_an_image_an_epoch_and_the_accuracy_have_their_price(learned: Any) -> None:
    result = learned.result
    training, told = result["energy"]["training"], result["efficiency"]
    joules = training["energy_total_kwh"] * 3.6e6
    assert told["images_trained"] == 4 * result["data"]["images_train"]
    assert told["energy_per_image_j"] == pytest.approx(joules / told["images_trained"])
    assert told["energy_per_epoch_j"] == pytest.approx(joules / 4)
    assert told["accuracy_per_wh"] == pytest.approx(result["quality"]["test_accuracy"] / (joules / 3600))
    assert 200 * 2**20 < told["peak_memory_bytes"] < 64 * 2**30  # TensorFlow alone takes the least of it


@slow
def test_the_papers_figures_are_all_there_with_their_units(learned: Any) -> None:
    """Section 4.3 of the CNNGen paper."""
    paper = learned.result["paper"]
    assert list(paper) == [
        "network", "accuracy", "training_time_s", "epochs_executed", "parameters", "emissions_kg",
        "emissions_rate_kg_per_s", "power_cpu_w", "power_gpu_w", "power_ram_w", "energy_cpu_kwh", "energy_gpu_kwh",
        "energy_ram_kwh", "energy_total_kwh", "country_name", "country_iso_code",
    ]  # fmt: skip
    assert None not in paper.values()
    assert paper["accuracy"] == learned.result["quality"]["test_accuracy"]
    assert paper["epochs_executed"] == 4
    assert paper["emissions_rate_kg_per_s"] == pytest.approx(paper["emissions_kg"] / paper["training_time_s"])


@slow
def test_the_papers_powers_are_means_and_its_energies_are_kwh(learned: Any) -> None:
    """CodeCarbon 2 kept the last sample under the same name; the paper's own heading says Kw."""
    paper = learned.result["paper"]
    for part in ("cpu", "gpu", "ram"):
        assert paper[f"power_{part}_w"] == pytest.approx(paper[f"energy_{part}_kwh"] * 3.6e6 / paper["training_time_s"])
    assert paper["energy_total_kwh"] == pytest.approx(sum(paper[f"energy_{p}_kwh"] for p in ("cpu", "gpu", "ram")))


# Forecasts


@slow
def test_the_run_is_forecast_before_and_after_its_first_epoch(learned: Any) -> None:
    before, after = learned.all("forecast")
    assert (before["after_epoch"], after["after_epoch"]) == (0, 1)
    assert before["duration_s"] > 0 and before["memory_bytes"] > 0 and before["basis"]
    assert after["basis"] == "the first epoch"
    assert learned.result["forecast"] == [
        {key: value for key, value in event.items() if key != "event"} for event in (before, after)
    ]
    assert learned.events.index(before) < learned.events.index({"event": "phase", "phase": "build"})


@slow
def test_what_was_spent_grows_and_the_forecast_ends_near_it(learned: Any) -> None:
    epochs = learned.all("epoch")
    for one, next_one in pairwise(epochs):
        assert one["spent_s"] < next_one["spent_s"] and one["spent_wh"] < next_one["spent_wh"]
    assert all(epoch["forecast_s"] >= epoch["spent_s"] for epoch in epochs)
    assert all(epoch["forecast_wh"] >= epoch["spent_wh"] for epoch in epochs)


# 14. Budgets


@slow
def test_14_a_budget_ends_the_training_after_a_batch_and_what_was_learned_is_tested(run: Any, endless: str) -> None:
    done = run(endless, max_energy_wh=0.0001, idle_s=0.1, inference_s=0.1)
    result = done.result
    assert (result["status"], result["run"]["stopped_by"]) == ("done", "max_energy")
    assert result["run"]["epochs_executed"] == 0  # more than that was spent before the first batch
    told = result["training"]
    assert result["efficiency"]["images_trained"] == told["batch_size"] * told["steps_per_execution"]
    assert result["energy"]["training"]["windows"] == 1
    assert result["quality"]["test_accuracy"] is not None
    assert result["inference"] == [] and result["energy"]["idle"]["power_after_w"] is None
    assert done.all("stopped") == [{"event": "stopped", "by": "max_energy"}]
    assert done.all("error") == []


def test_14_time_and_energy_are_budgets() -> None:
    now = time.monotonic()
    Budget(None, None, now - 1e6, lambda: 1e6).check()
    Budget(5.0, 10.0, now, lambda: 4.9).check()
    with pytest.raises(BudgetReached) as reached:
        Budget(None, 10.0, now - 11, lambda: 0.0).check()
    assert reached.value.budget == "max_time"
    with pytest.raises(BudgetReached) as reached:
        Budget(5.0, None, now, lambda: 5.0).check()
    assert reached.value.budget == "max_energy"
