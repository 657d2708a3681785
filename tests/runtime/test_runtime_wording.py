"""Figures for people: no more digits than they are worth, always with their source."""

from __future__ import annotations

from typing import Any

import pytest

from cnngen.runtime import summary, wording
from cnngen.runtime.wording import joules_text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 2, "0"), (1234.5, 2, "1,200"), (9.96, 2, "10"), (0.0996, 2, "0.10"), (0.00123, 2, "0.0012"),
        (12.34, 3, "12.3"), (0.5, 2, "0.50"), (999.6, 3, "1,000"), (-3.14159, 3, "−3.14"),
    ],
)  # fmt: skip
def test_significant_digits(value: float, digits: int, text: str) -> None:
    assert wording.significant(value, digits) == text


def test_a_modelled_energy_shows_two_digits_and_a_measured_one_three() -> None:
    assert wording.watt_hours(0.00123456, "modelled") == "1.2 Wh"
    assert wording.watt_hours(0.00123456, "measured") == "1.23 Wh"
    assert wording.watt_hours(0.00000123456, "constant") == "1.2 mWh"
    assert wording.watt_hours(12.3456, "measured") == "12.3 kWh"
    assert wording.watt_hours(0.0, "measured") == "0 Wh"


def test_an_energy_below_that_of_idling_is_told_as_noise() -> None:
    assert wording.net_of_idling(1.39, "1.39 J") == "1.39 J"
    assert wording.net_of_idling(0.0, "0 J") == "0 J"
    kwh = -1.39e-7
    assert wording.net_of_idling(kwh, wording.watt_hours(kwh, "measured")) == "−139 µWh (below idle: within noise)"
    assert joules_text(-0.0139, 3) == "−13.9 mJ"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.1234, "0.123 s"), (59.2, "59.2 s"), (61, "1 min 01 s"), (7300, "2 h 01 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


def energy(cpu: float, gpu: float, ram: float, seconds: float = 100.0) -> dict[str, Any]:
    total = cpu + gpu + ram
    return {
        "windows": 2, "duration_s": seconds, "energy_cpu_kwh": cpu, "energy_gpu_kwh": gpu, "energy_ram_kwh": ram,
        "energy_total_kwh": total, "power_cpu_mean_w": 1.0, "power_gpu_mean_w": 1.0, "power_ram_mean_w": 1.0,
        "power_total_mean_w": total * 3.6e6 / seconds, "emissions_kg": total * 0.056,
    }  # fmt: skip


def record(cpu: str = "modelled", gpu: str = "absent", ram: str = "constant", **changes: Any) -> dict[str, Any]:
    """A finished run whose figures are easy to check."""
    figures = energy(0.0003, 0.0004 if gpu != "absent" else 0.0, 0.0001)
    sources = {"cpu": cpu, "gpu": gpu, "ram": ram}
    return {
        "status": "done", "error": None,
        "run": {"id": "x", "epochs_executed": 2, "device": "cpu"},
        "program": {"name": "net", "hash": "0" * 64},
        "network": {"layers": 3, "parameters": 1234, "macs": 56789},
        "data": {"name": "digits", "source": "digits", "shape": [8, 8, 1], "classes": 10,
                 "images_train": 1150, "images_validation": 288, "images_test": 359},
        "training": {"epochs": 2, "batch_size": 32, "optimizer": "adam", "learning_rate": 0.001, "seed": 0,
                     "test_split": 0.2, "validation_split": 0.2, "jit_compile": False},
        "quality": {"test_accuracy": 0.91234, "test_loss": 0.3},
        "history": [{"epoch": n, "loss": 1.0 / n, "accuracy": 0.4 * n, "val_loss": 1.1 / n, "val_accuracy": 0.35 * n,
                     "train_duration_s": 50.0, "train_energy_kwh": 0.0002} for n in (1, 2)],
        "energy": {"meter": "codecarbon", "meter_version": "3.3.2", "tracking_mode": "process",
                   "sources": {name: {"source": source, "method": f"how {name}"} for name, source in sources.items()},
                   "training": figures, "total": figures, "phases": {"train": figures}},
        "carbon": {"country_name": "France", "country_iso_code": "FRA", "intensity_g_per_kwh": 56.039,
                   "intensity_year": 2023, "training_kg": figures["emissions_kg"]},
        **changes,
    }  # fmt: skip


def test_the_headline_tells_each_parts_share_and_source() -> None:
    lines = dict(summary(record()))
    assert lines["Training energy"] == "400 mWh (CPU 75 % modelled, RAM 25 % constant)"
    assert lines["Carbon"] == "22 mg CO2eq (France, 56 g/kWh, 2023)"
    assert lines["Test accuracy"].startswith("91.23 % (of 359 images")


def test_a_message_tells_the_sources_with_their_shares_and_no_more() -> None:
    lines = dict(summary(record(), brief=True))
    assert lines["Training energy"] == "400 mWh (75 % modelled, 25 % constant)" and lines["Test accuracy"] == "91.23 %"


def test_a_sum_is_worth_as_much_as_its_weakest_part() -> None:
    measured = record("measured", "measured", "absent")
    measured["energy"]["training"]["energy_ram_kwh"] = 0.0
    assert wording.worst(measured["energy"], measured["energy"]["training"]) == "measured"
    assert wording.worst(record("measured")["energy"], record()["energy"]["training"]) == "constant"


def test_a_short_run_is_a_hint_only() -> None:
    short = record()
    short["energy"]["training"] = energy(0.0003, 0, 0.0001, seconds=9)
    assert "a short run, so a hint only" in dict(summary(short))["Training energy"]


def test_without_a_country_there_is_no_carbon_figure() -> None:
    assert "choose a country" in dict(summary(record(carbon=None)))["Carbon"]


def test_a_run_that_has_not_begun_has_a_summary_too() -> None:
    begun = record(status="unfinished", quality={"test_accuracy": None, "test_loss": None}, history=[], energy=None)
    begun["data"] |= {"images_train": None}
    labels = [label for label, _ in summary(begun)]
    assert labels == ["Status", "Network", "Data"]
    assert summary(begun | {"directory": "runs/x"})[-1] == ("Files", "runs/x")
