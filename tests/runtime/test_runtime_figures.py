"""From windows to figures: sums, idle power, doubts, shares, the cross-check. No run is needed."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cnngen.runtime.worker.energy import Seen, Window
from cnngen.runtime.worker.figures import cross_check, efficiency_of, energy_of, idle_of, shares_of
from cnngen.runtime.worker.power.source import Source

KWH = 1 / 3.6e6  # one joule


def seen(cpu: float = 0.0, others: float = 0.0, ticks: int = 20, watts: float = 0.0, squared: float = 0.0) -> Seen:
    return Seen({"cpu": cpu}, ticks, watts, squared, 1.0, 0.001, 0.0, others)


def window(phase: str = "train", seconds: float = 10.0, joules: float = 100.0, **changes: Any) -> Window:
    given: dict[str, Any] = {"emissions_kg": 0.001, "seen": seen(), **changes}
    return Window(phase, 1, 0.0, seconds, joules * KWH, 0.0, joules * KWH, **given)


def test_gross_and_net_stand_side_by_side() -> None:
    figures = energy_of([window(), window()], idle_w=4.0)
    assert figures["energy_total_kwh"] == pytest.approx(400 * KWH)
    assert figures["energy_total_net_kwh"] == pytest.approx((400 - 4 * 20) * KWH)
    assert figures["power_total_mean_w"] == pytest.approx(20.0)


def test_without_an_idle_power_there_is_no_net_figure() -> None:
    assert energy_of([window()], idle_w=None)["energy_total_net_kwh"] is None
    assert idle_of([window()]) is None


def test_idle_power_is_the_mean_of_before_and_after_with_the_spread_of_its_readings() -> None:
    readings = [8.0, 9.0, 10.0, 13.0]
    look = seen(ticks=2)
    parts = [
        window("idle", 2.0, 8.0, part="before", seen=seen(ticks=2, watts=17.0, squared=145.0)),
        window("idle", 2.0, 11.5, part="after", seen=seen(ticks=2, watts=23.0, squared=269.0)),
    ]
    idle = idle_of([*parts, window(seen=look)])
    assert idle is not None
    assert (idle["power_before_w"], idle["power_after_w"]) == (pytest.approx(8.0), pytest.approx(11.5))
    assert idle["power_total_w"] == pytest.approx(39 / 4)
    mean = sum(readings) / 4
    assert idle["power_total_sd_w"] == pytest.approx(math.sqrt(sum((w - mean) ** 2 for w in readings) / 3))
    assert idle["ticks"] == 4


@pytest.mark.parametrize(
    ("seconds", "ticks", "indicative"), [(10.0, 20, False), (9.9, 20, True), (60.0, 15, True), (60.0, 16, False)]
)
def test_a_short_or_thin_measurement_is_indicative(seconds: float, ticks: int, indicative: bool) -> None:
    assert energy_of([window(seconds=seconds, seen=seen(ticks=ticks))], None)["indicative"] is indicative


@pytest.mark.parametrize(("others", "contended"), [(0.0, False), (0.05, False), (0.051, True), (0.9, True)])
def test_others_at_work_on_the_machine_are_marked(others: float, contended: bool) -> None:
    assert energy_of([window(seen=seen(others=others))], None)["contended"] is contended


def test_contention_is_weighed_by_time() -> None:
    figures = energy_of(
        [window(seconds=90.0, seen=seen(others=0.0)), window(seconds=10.0, seen=seen(others=0.4))], None
    )
    assert figures["others_cpu_share"] == pytest.approx(0.04)


def test_without_a_sampler_nobody_says_whether_the_machine_was_quiet() -> None:
    figures = energy_of([window(), window(seen=None)], None)
    assert figures["contended"] is None and figures["others_cpu_share"] is None and figures["cpu_time_s"] is None
    assert energy_of([window(seen=None)], None)["indicative"] is True


def test_no_window_at_all_is_zero_and_no_mean() -> None:
    figures = energy_of([], 5.0)
    assert (figures["windows"], figures["energy_total_kwh"], figures["power_total_mean_w"]) == (0, 0, 0.0)
    assert figures["emissions_kg"] is None and figures["contended"] is None


def test_the_total_says_how_much_of_it_is_measured() -> None:
    sources = {"cpu": Source("modelled", ""), "gpu": Source("absent", ""), "ram": Source("constant", "")}
    sums = {"energy_total_kwh": 4.0, "energy_cpu_kwh": 1.0, "energy_gpu_kwh": 0.0, "energy_ram_kwh": 3.0}
    assert shares_of(sums, sources) == {"modelled": 0.25, "constant": 0.75}
    both = {"cpu": Source("measured", ""), "gpu": Source("measured", ""), "ram": Source("constant", "")}
    assert shares_of({**sums, "energy_gpu_kwh": 1.0, "energy_total_kwh": 5.0}, both) == {
        "measured": 0.4, "constant": 0.6
    }  # fmt: skip
    assert shares_of({**sums, "energy_total_kwh": 0.0}, both) == {}


def test_where_a_counter_is_read_twice_both_figures_are_kept() -> None:
    sampled = {"cpu": {"source": "measured", "method": "RAPL"}, "ram": {"source": "constant", "method": "10 W"}}
    (check,) = cross_check([window(joules=100.0, seen=seen(cpu=80.0)), window(joules=60.0, seen=None)], sampled)
    assert check["component"] == "cpu" and check["method"] == "RAPL"
    assert check["energy_meter_kwh"] == pytest.approx(100 * KWH)
    assert check["energy_reader_kwh"] == pytest.approx(80 * KWH)
    assert check["ratio"] == pytest.approx(1.25)


def test_two_models_that_agree_check_nothing() -> None:
    assert cross_check([window()], {"cpu": {"source": "modelled", "method": ""}}) == []


def test_an_image_an_epoch_and_an_accuracy_have_their_price() -> None:
    training = energy_of([window(joules=900.0), window(joules=900.0)], None)  # 3,600 J, one watt-hour
    figures = efficiency_of(training, 1000, 2, 0.5, {"host": 10**9, "gpu": None})
    assert figures["energy_per_image_j"] == pytest.approx(3.6)
    assert figures["energy_per_epoch_j"] == pytest.approx(1800)
    assert figures["accuracy_per_wh"] == pytest.approx(0.5)
    assert figures["images_per_s"] == pytest.approx(50)
    assert (figures["peak_memory_bytes"], figures["peak_gpu_memory_bytes"]) == (10**9, None)
    nothing = efficiency_of(energy_of([], None), 0, 0, None, {"host": None, "gpu": None})
    assert {nothing[key] for key in ("energy_per_image_j", "energy_per_epoch_j", "accuracy_per_wh")} == {None}
