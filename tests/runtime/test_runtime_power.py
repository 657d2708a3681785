"""Our own readers: the processor's counters in a made-up powercap tree, a GPU's in a recorded table, model and trace."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime.worker.power.model import Model
from cnngen.runtime.worker.power.nvml import Nvml
from cnngen.runtime.worker.power.rapl import Rapl, state
from cnngen.runtime.worker.power.trace import Trace

RANGE = 262_143_328_850


def domain(root: Path, folder: str, name: str, microjoules: int, most: int | None = RANGE) -> Path:
    """A domain as Linux shows it: its name, its counter, the counter's end."""
    path = root / folder
    path.mkdir(parents=True)
    (path / "name").write_text(f"{name}\n")
    (path / "energy_uj").write_text(f"{microjoules}\n")
    if most is not None:
        (path / "max_energy_range_uj").write_text(f"{most}\n")
    return path / "energy_uj"


def test_a_package_is_counted_in_joules_from_the_first_reading(tmp_path: Path) -> None:
    counter = domain(tmp_path, "intel-rapl:0", "package-0", 5_000_000)
    rapl = Rapl(tmp_path)
    assert rapl.read() == {"cpu": 0.0}
    counter.write_text("7500000\n")
    assert rapl.read() == {"cpu": 2.5}
    assert rapl.sources["cpu"].source == "measured"


def test_a_counter_that_passed_its_end_goes_on(tmp_path: Path) -> None:
    counter = domain(tmp_path, "intel-rapl:0", "package-0", RANGE - 1_000_000)
    rapl = Rapl(tmp_path)
    for value, joules in ((500_000, 1.5), (900_000, 1.9), (100_000, 1.9 + RANGE / 1e6 - 0.9 + 0.1)):
        counter.write_text(f"{value}\n")
        assert rapl.read()["cpu"] == pytest.approx(joules)


def test_a_counter_without_a_known_end_never_counts_backwards(tmp_path: Path) -> None:
    counter = domain(tmp_path, "intel-rapl:0", "package-0", 9_000_000, most=None)
    rapl = Rapl(tmp_path)
    counter.write_text("2000000\n")
    assert rapl.read() == {"cpu": 2.0}


def test_sockets_add_up_and_memory_stands_apart(tmp_path: Path) -> None:
    counters = [
        domain(tmp_path, "intel-rapl:0", "package-0", 10_000_000),
        domain(tmp_path, "intel-rapl:1", "package-1", 90_000_000),
        domain(tmp_path, "intel-rapl:0:1", "dram", 3_000_000),
    ]
    rapl = Rapl(tmp_path)
    for counter in counters:
        counter.write_text(str(int(counter.read_text()) + 1_000_000))
    assert rapl.read() == {"cpu": 2.0, "ram": 1.0}
    assert "2 package counters" in rapl.sources["cpu"].method


def test_parts_of_a_package_and_the_whole_board_are_not_counted_again(tmp_path: Path) -> None:
    inside = [
        domain(tmp_path, "intel-rapl:0", "package-0", 1_000_000),
        domain(tmp_path, "intel-rapl:0:0", "core", 1_000_000),
        domain(tmp_path, "intel-rapl:0:2", "uncore", 1_000_000),
        domain(tmp_path, "intel-rapl:1", "psys", 1_000_000),
        domain(tmp_path, "intel-rapl-mmio:0", "package-0", 1_000_000),
    ]
    rapl = Rapl(tmp_path)
    for counter in inside:
        counter.write_text("2000000")
    assert rapl.read() == {"cpu": 1.0}


def test_two_packages_that_show_one_counter_count_once(tmp_path: Path) -> None:
    """Some processors of several dies mirror the socket's counter."""
    counters = [domain(tmp_path, f"intel-rapl:{n}", f"package-{n}", 8_000_000_000 + n) for n in range(4)]
    rapl = Rapl(tmp_path)
    for counter in counters:
        counter.write_text("8002000000")
    assert rapl.read() == {"cpu": 2.0}


def test_a_counter_that_cannot_be_read_any_more_keeps_its_sum(tmp_path: Path) -> None:
    counter = domain(tmp_path, "intel-rapl:0", "package-0", 0)
    rapl = Rapl(tmp_path)
    counter.write_text("4000000")
    assert rapl.read() == {"cpu": 4.0}
    counter.unlink()
    assert rapl.read() == {"cpu": 4.0}
    counter.write_text("no number")
    assert rapl.read() == {"cpu": 4.0}


def test_where_there_are_no_counters_nothing_is_counted(tmp_path: Path) -> None:
    rapl = Rapl(tmp_path / "nowhere")
    assert rapl.read() == {} and rapl.sources == {}
    assert state(tmp_path) == {
        "present": False, "readable": False, "advice": "no RAPL counters here, as in most virtual machines"
    }  # fmt: skip


def test_the_check_up_says_that_counters_can_be_read(tmp_path: Path) -> None:
    domain(tmp_path, "intel-rapl:0", "package-0", 1)
    assert state(tmp_path) == {"present": True, "readable": True, "advice": None}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_counter_counts_nothing_and_comes_with_the_lines_that_help(tmp_path: Path) -> None:
    domain(tmp_path, "intel-rapl:0", "package-0", 1).chmod(0)
    assert Rapl(tmp_path).read() == {}
    told = state(tmp_path)
    assert (told["present"], told["readable"]) == (True, False)
    assert "sudo chmod a+r" in told["advice"] and "udev" in told["advice"]


def test_an_unreadable_counter_comes_with_the_lines_that_help(tmp_path: Path) -> None:
    """The same for whoever runs the tests: a folder in the counter's place cannot be read by root either."""
    counter = domain(tmp_path, "intel-rapl:0", "package-0", 1)
    counter.unlink()
    counter.mkdir()
    assert Rapl(tmp_path).read() == {}
    told = state(tmp_path)
    assert (told["present"], told["readable"]) == (True, False)
    assert "sudo chmod a+r" in told["advice"] and 'SUBSYSTEM=="powercap"' in told["advice"]


class RecordedGpu:
    """NVIDIA's library with what one GPU told: a row of (seconds, millijoules or None, milliwatts) a reading."""

    def __init__(self, table: list[tuple[float, int | None, int]]) -> None:
        self._table, self._row = table, 0

    def clock(self) -> float:
        return self._table[self._row][0]

    def advance(self) -> None:
        self._row += 1

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        if index != 0:
            raise RuntimeError("NVMLError_InvalidArgument")
        return index

    def nvmlDeviceGetName(self, handle: int) -> bytes:
        return b"NVIDIA A100-SXM4-40GB"

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: int) -> int:
        counted = self._table[self._row][1]
        if counted is None:
            raise RuntimeError("NVMLError_NotSupported")
        return counted

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        return self._table[self._row][2]


def test_a_gpus_counter_is_read_in_millijoules_over_a_reload_of_the_driver() -> None:
    gpu = RecordedGpu([(0.0, 1_000_000, 60_000), (1.0, 1_250_000, 250_000), (2.0, 90_000, 90_000)])
    nvml = Nvml(gpu, [0], gpu.clock)
    assert nvml.read() == {"gpu": 0.0}
    gpu.advance()
    assert nvml.read() == {"gpu": 250.0}
    gpu.advance()
    assert nvml.read() == {"gpu": 340.0}
    assert nvml.sources["gpu"].method == "NVML, NVIDIA A100-SXM4-40GB (energy counter)"


def test_a_gpu_without_a_counter_is_measured_by_its_power_readings() -> None:
    gpu = RecordedGpu([(0.0, None, 100_000), (2.0, None, 200_000), (3.0, None, 200_000)])
    nvml = Nvml(gpu, [0], gpu.clock)
    gpu.advance()
    assert nvml.read() == {"gpu": 300.0}
    gpu.advance()
    assert nvml.read() == {"gpu": 500.0}
    assert "power readings" in nvml.sources["gpu"].method


def test_without_gpus_or_their_library_nothing_is_counted() -> None:
    gpu = RecordedGpu([(0.0, 1, 1)])
    for nvml in (Nvml(None, [0]), Nvml(gpu, [], gpu.clock), Nvml(gpu, [3], gpu.clock)):
        assert nvml.read() == {} and nvml.sources == {}


def test_the_model_is_cpu_time_at_the_rated_power_and_constant_memory() -> None:
    used, now = [10.0], [100.0]
    model = Model(65.0, 8, 20.0, lambda: used[0], lambda: now[0])
    used[0], now[0] = 18.0, 101.0  # one second with all eight threads busy
    assert model.read() == {"cpu": 65.0, "ram": 20.0}
    assert (model.sources["cpu"].source, model.sources["ram"].source) == ("modelled", "constant")
    assert Model(None, 8, None, lambda: 0.0, lambda: 0.0).read() == {}


def read(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_rest_of_a_window_is_joined_with_the_interval_before_it(tmp_path: Path) -> None:
    trace = Trace(tmp_path / "power.csv", 100.0)
    trace.add("train,1", "", 101.0, 0.5, {"cpu": 5.0}, 2**20)
    trace.add("train,1", "", 101.1, 0.1, {"cpu": 1.6}, 2**21)
    trace.add("validate,1", "", 101.15, 0.05, {"cpu": 0.5, "ram": 0.5}, 2**21)
    trace.close()
    train, validate = read(tmp_path / "power.csv")
    assert (train["time_s"], train["interval_s"], train["power_cpu_w"], train["rss_mb"]) == (
        "1.100", "0.6000", "11.0000", "2.0"
    )  # fmt: skip
    assert (validate["phase"], validate["power_cpu_w"], validate["power_ram_w"]) == ("validate", "10.0000", "10.0000")


def test_a_trace_that_cannot_be_begun_is_no_trace_and_no_error(tmp_path: Path) -> None:
    trace = Trace(tmp_path / "nowhere" / "power.csv", 0.0)
    trace.add("train,1", "", 1.0, 1.0, {"cpu": 1.0}, 0)
    trace.close()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_ends_the_trace_and_not_the_run() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    trace = Trace(Path("/dev/full"), 0.0)
    figures: Any = {"cpu": 1.0}
    trace.add("train,1", "", 1.0, 1.0, figures, 0)
    trace.add("train,1", "", 2.0, 1.0, figures, 0)
    trace.close()
