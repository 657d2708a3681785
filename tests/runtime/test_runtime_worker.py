"""The worker's parts that need no TensorFlow: images, energy windows, sources, countries."""

from __future__ import annotations

import csv
import os
import socket
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngen.runtime.worker import data, devices, examine, sources
from cnngen.runtime.worker.country import find_country
from cnngen.runtime.worker.energy import Meter
from cnngen.runtime.worker.errors import RunError, brief
from cnngen.runtime.worker.trace import PowerTrace

codecarbon = pytest.importorskip("codecarbon")


def burn(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(1000))


def test_the_digits_are_there_without_a_download() -> None:
    images = data.load("digits", (8, 8, 1), 10)
    assert (len(images.x), images.shape, images.classes) == (1797, (8, 8, 1), 10)
    assert (images.x.min(), images.x.max()) == (0.0, 1.0)
    assert images.sha256() == data.load("digits", (8, 8, 1), 10).sha256()


def test_a_split_is_the_seeds_and_leaves_nothing_out() -> None:
    one, same, other = (data.split(1000, 0.2, 0.2, seed) for seed in (1, 1, 2))
    assert [len(part) for part in (one.train, one.validation, one.test)] == [640, 160, 200]
    assert sorted(np.concatenate([one.train, one.validation, one.test])) == list(range(1000))
    assert (one.test == same.test).all()
    assert not (one.test == other.test).all()


def test_a_split_without_images_in_a_part_is_refused() -> None:
    with pytest.raises(RunError, match="too few"):
        data.split(3, 0.1, 0.2, 0)
    assert len(data.split(10, 0.2, 0.0, 0).validation) == 0


def test_the_real_images_load(images: Path) -> None:
    cifar = data.load(str(images / "cifar10_2k500.npz"), (32, 32, 3), 10)
    assert (len(cifar.x), cifar.x.dtype, cifar.classes) == (2500, np.uint8, 10)
    assert data.load(str(images / "mnist_2k500.npz"), (28, 28, 1), 10).shape == (28, 28, 1)
    with pytest.raises(RunError, match="32x32x3 but the program's input is 28x28x1"):
        data.load(str(images / "cifar10_2k500.npz"), (28, 28, 1), 10)
    with pytest.raises(RunError, match="10 classes but the program is for 5"):
        data.load(str(images / "cifar10_2k500.npz"), (32, 32, 3), 5)


def test_a_country_comes_with_intensity_and_year() -> None:
    france = find_country("fra")
    assert (france.iso3, france.name) == ("FRA", "France")
    assert 10 < france.intensity_g_per_kwh < 200
    assert france.year >= 2021


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("meter")
    old = Path.cwd()
    os.chdir(folder)
    try:
        meter = Meter(folder / "power.csv", "DEU", [])
        meter.begin("train", 1)
        burn(1.6)
        meter.end()
        meter.begin("validate", 1)
        burn(0.1)
        meter.end()
        meter.close()
    finally:
        os.chdir(old)
    return meter, folder


def test_windows_are_measured_one_after_the_other(meter: Any) -> None:
    train, validate = meter[0].windows
    assert (train.phase, train.epoch, validate.phase) == ("train", 1, "validate")
    assert train.duration_s >= 1.6
    assert train.start_s + train.duration_s <= validate.start_s
    for window in (train, validate):
        assert window.energy_cpu_kwh > 0 and window.energy_ram_kwh > 0
        assert window.energy_total_kwh == pytest.approx(
            window.energy_cpu_kwh + window.energy_gpu_kwh + window.energy_ram_kwh
        )
    assert train.emissions_kg == pytest.approx(
        train.energy_total_kwh * find_country("DEU").intensity_g_per_kwh / 1000, rel=1e-6
    )


def test_the_meter_writes_no_file_but_its_trace(meter: Any) -> None:
    assert [path.name for path in meter[1].iterdir()] == ["power.csv"]


def test_the_trace_has_a_point_a_second_and_one_for_a_short_window(meter: Any) -> None:
    with (meter[1] / "power.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["phase"] for row in rows].count("validate") == 1
    assert all(float(row["interval_s"]) >= 0.5 for row in rows if row["phase"] == "train")
    assert sum(float(row["interval_s"]) for row in rows) == pytest.approx(1.7, abs=0.6)


def test_a_window_cannot_open_inside_another(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "power.csv", None, [])
    meter.begin("train")
    with pytest.raises(RuntimeError, match="still open"):
        meter.begin("validate")
    meter.close()
    assert meter.end() is None
    assert meter.windows[0].emissions_kg is None  # no country


def test_measuring_asks_nobody_on_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the meter used the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    meter = Meter(tmp_path / "power.csv", "FRA", [])
    meter.begin("train")
    meter.close()
    assert len(meter.windows) == 1


def test_a_users_configuration_file_changes_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".codecarbon.config").write_text(
        "[codecarbon]\nforce_cpu_power=5000\npue=9\ncountry_iso_code=POL\nforce_carbon_intensity_g_co2e_kwh=9999\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CODECARBON_FORCE_RAM_POWER", "5000")
    meter = Meter(tmp_path / "power.csv", "FRA", [])
    meter.begin("train")
    burn(0.3)
    window = meter.end()
    meter.close()
    assert window is not None
    assert window.energy_total_kwh * 3.6e6 / window.duration_s < 1000
    assert window.emissions_kg == pytest.approx(
        window.energy_total_kwh * find_country("FRA").intensity_g_per_kwh / 1000
    )


def test_a_full_disk_ends_the_trace_and_not_the_run(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    trace = PowerTrace(Path("/dev/full"), time.perf_counter())
    trace.point("train,1", 1.0, (1.0, 2.0, 3.0))
    trace.close()


def rapl_tree(root: Path) -> Path:
    """A powercap directory as Linux shows it, with one package of one processor."""
    package = root / "intel-rapl:0"
    package.mkdir(parents=True)
    (package / "name").write_text("package-0\n")
    (package / "energy_uj").write_text("1000000\n")
    (package / "max_energy_range_uj").write_text("262143328850\n")
    return root


def test_a_counter_is_a_measurement_of_the_whole_machine(tmp_path: Path) -> None:
    from codecarbon.external.hardware import CPU

    cpu = CPU(output_dir=".", mode="intel_rapl", model="x", tdp=65, rapl_dir=str(rapl_tree(tmp_path)))
    told = sources.describe([cpu], "machine")
    assert told["cpu"].source == "measured" and "RAPL" in told["cpu"].method
    assert told["gpu"].source == told["ram"].source == "absent"


def test_load_times_rated_power_is_a_model_and_says_which_power() -> None:
    from codecarbon.external.hardware import CPU

    cpu = CPU(output_dir=".", mode="cpu_load", model="x", tdp=65, tracking_mode="process")
    told = sources.describe([cpu], "process")["cpu"]
    assert told.source == "modelled" and "65 W" in told.method
    unknown = CPU(output_dir=".", mode="cpu_load", model="x", tdp=4 * cpu._cpu_count, tracking_mode="process")
    assert "not in CodeCarbon's table" in sources.describe([unknown], "process")["cpu"].method
    fixed = CPU(output_dir=".", mode="constant", model="x", tdp=65)
    assert sources.describe([fixed], "machine")["cpu"].source == "constant"


def test_the_check_up_tells_how_to_allow_reading_the_counter(tmp_path: Path) -> None:
    assert examine.rapl(tmp_path) == {
        "present": False, "readable": False, "advice": "no RAPL counters here, as in most virtual machines"
    }  # fmt: skip
    tree = rapl_tree(tmp_path)
    assert examine.rapl(tree) == {"present": True, "readable": True, "advice": None}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_counter_comes_with_the_line_that_helps(tmp_path: Path) -> None:
    tree = rapl_tree(tmp_path)
    (tree / "intel-rapl:0" / "energy_uj").chmod(0)
    assert "sudo chmod" in examine.rapl(tree)["advice"]


def test_only_the_gpu_that_trains_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices.expected_gpus("cpu") == []
    assert devices.expected_gpus("auto") == [0]
    assert devices.expected_gpus("gpu:2") == [2]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    assert devices.expected_gpus("gpu:1") == [5]


def test_a_long_or_empty_error_becomes_a_short_line() -> None:
    assert brief(ValueError("first.\nsecond")) == "first"
    assert brief(KeyError()) == "KeyError"
    assert len(brief(ValueError("x" * 1000))) == 300
