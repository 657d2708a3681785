"""Repeated runs: what they say together."""

from __future__ import annotations

import json
import math
import statistics
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime import group

EXAMPLE = Path(__file__).parent / "example_run" / "result.json"


def example(**training: Any) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(EXAMPLE.read_text())
    result["energy"]["training"].update(training)
    return result


def test_one_run_has_no_interval() -> None:
    told = group.spread([3.0])
    assert (told["n"], told["median"], told["mean"]) == (1, 3.0, 3.0)
    assert {told[key] for key in ("sd", "cv", "ci95_low", "ci95_high")} == {None}


def test_the_interval_is_students() -> None:
    values = [9.8, 10.1, 10.4, 9.9, 10.3]
    told = group.spread(values)
    half = 2.776 * statistics.stdev(values) / math.sqrt(5)
    assert (told["ci95_low"], told["ci95_high"]) == (pytest.approx(10.1 - half), pytest.approx(10.1 + half))
    assert told["cv"] == pytest.approx(statistics.stdev(values) / 10.1)
    assert told["median"] == 10.1


def test_students_t_beyond_the_table_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    for freedom in (1, 2, 10, 30, 31, 50, 200, 10_000):
        assert group._t(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-3)


def test_a_group_averages_what_is_done_and_names_the_rest(tmp_path: Path) -> None:
    results = [example(energy_total_kwh=kwh) for kwh in (1.0, 2.0, 6.0)] + [example() | {"status": "cancelled"}]
    path = group.write(tmp_path, "net-x", 5, results, "cancelled")
    told = json.loads(path.read_text())
    assert path.name == "net-x.group.json"
    assert (told["asked"], told["done"]) == (5, 3)
    assert [run["status"] for run in told["runs"]] == ["done"] * 3 + ["cancelled"]
    energy = told["figures"]["training_energy_kwh"]
    assert (energy["n"], energy["median"], energy["mean"]) == (3, 2.0, 3.0)
    assert energy["ci95_low"] < 3.0 < energy["ci95_high"]
    assert told["figures"]["inference_batch_1_energy_per_inference_j"]["n"] == 3


def test_a_run_on_images_that_were_changed_meanwhile_repeats_nothing() -> None:
    results = [example(energy_total_kwh=kwh) for kwh in (1.0, 2.0, 6.0)]
    results[2]["data"]["sha256"] = "f00d" * 16
    told = group.group_record("x", 3, results)
    assert (told["done"], told["other_images"], told["figures"]["training_energy_kwh"]["n"]) == (2, 1, 2)
    assert dict(group.group_summary(told))["Repeated"].startswith("2 of 3 done")
    assert "1 left out: the data set was changed" in dict(group.group_summary(told))["Repeated"]


def test_a_group_of_nothing_is_a_record_too() -> None:
    assert group.group_record("x", 3, [])["figures"] == {}


def test_the_summary_of_a_group_is_for_people() -> None:
    told = group.group_record("x", 3, [example(energy_total_kwh=kwh) for kwh in (1e-6, 2e-6, 6e-6)])
    lines = dict(group.group_summary(told))
    assert lines["Repeated"].startswith("3 of 3 done")
    assert lines["Training energy"].startswith("2.0 mWh median; mean 3.0 mWh, 95 % interval 0 to ")
    assert "(n=3)" in lines["Test accuracy"]
    alone = dict(group.group_summary(group.group_record("x", 1, [example()])))
    assert alone["Training energy"].endswith("(n=1, no interval; 17 % modelled, 83 % constant)")


def test_every_figure_made_of_energy_says_its_sources_and_no_other_figure_has_any() -> None:
    told = group.group_record("x", 2, [example(), example()])
    made = {name for name, figure in told["figures"].items() if "shares" in figure}
    assert made == {name for name in told["figures"] if any(word in name for word in ("energy", "power", "per_wh"))}
    assert all(sum(told["figures"][name]["shares"].values()) == pytest.approx(1.0) for name in made)
    assert set(told["figures"]["training_energy_net_kwh"]["shares"]) == {"modelled"}, "memory idles as it works"
    for label, text in group.group_summary(told):
        of_energy = label in {
            "Training energy",
            "Net of idling",
            "Mean power",
            "An image",
            "A prediction",
            "One of 128",
        }
        assert ("modelled" in text) == of_energy


def test_energies_of_a_group_have_the_digits_that_their_source_is_worth() -> None:
    modelled, measured = example(), example()
    for source in measured["energy"]["sources"].values():
        source["source"] = "measured"
    for run, power in ((modelled, "12 W (n=1, "), (measured, "12.0 W (n=1, ")):
        lines = dict(group.group_summary(group.group_record("x", 1, [run])))
        assert lines["Mean power"].startswith(power)
    assert lines["Mean power"].endswith("; measured)")


def test_a_group_of_before_whose_energies_have_no_sources_is_summarised() -> None:
    told = group.group_record("x", 1, [example()])
    for figure in told["figures"].values():
        figure.pop("shares", None)
    assert dict(group.group_summary(told))["Mean power"] == "12 W (n=1, no interval)"
