"""Energy in windows: CodeCarbon as the meter of record, its traps, and the sampler beside it."""

from __future__ import annotations

import csv
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("codecarbon")

from cnngen.runtime.worker.country import find_country
from cnngen.runtime.worker.energy import JOULES_PER_KWH, Meter
from cnngen.runtime.worker.errors import RunError
from cnngen.runtime.worker.power import codecarbon_meter, family, labels


def burn(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(1000))


def test_the_trainers_children_are_found_without_looking_through_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those that CodeCarbon would find: at each look, and between two as long as they live."""
    import psutil

    def pids(processes: list[psutil.Process]) -> set[int]:
        return {one.pid for one in processes}

    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(sleeper) as first:
        known = family.Family()
        assert first.pid in pids(known.children())
        assert pids(known.children(recursive=True)) == pids(psutil.Process().children(recursive=True))
        assert len(known.memories()) == len(known.children()) and min(known.memories()) > 0
        with subprocess.Popen(sleeper) as second:
            assert second.pid not in pids(known.children())  # until the next look
            monkeypatch.setattr(family, "LOOKING", 0.0)
            assert second.pid in pids(known.children())
            monkeypatch.setattr(family, "LOOKING", 1000.0)
            second.kill()
        assert second.pid not in pids(known.children())
        first.kill()


def test_codecarbon_asks_for_the_children_that_are_known(measured: tuple[Meter, Path]) -> None:
    """Should CodeCarbon keep its process under another name one day, each window would be dear again."""
    parts = measured[0]._record._tracker._hardware
    assert [type(part._process) for part in parts if hasattr(part, "_process")] == [family.Family]
    (ram,) = [part for part in parts if type(part).__name__ == "RAM"]
    assert ram._get_children_memories.__self__.__class__ is family.Family


def trace(folder: Path) -> list[dict[str, str]]:
    with (folder / "power.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Meter, Path]:
    """A long window and a short one."""
    folder = tmp_path_factory.mktemp("meter")
    old = Path.cwd()
    os.chdir(folder)
    try:
        meter = Meter(folder, "DEU", [])
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


def test_windows_are_measured_one_after_the_other(measured: tuple[Meter, Path]) -> None:
    train, validate = measured[0].windows
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


def test_a_run_leaves_no_file_but_its_trace(measured: tuple[Meter, Path]) -> None:
    assert [path.name for path in measured[1].iterdir()] == ["power.csv"]


def test_the_trace_adds_up_to_the_windows(measured: tuple[Meter, Path]) -> None:
    """Whatever the intervals are, their lengths are those of the windows: nothing is counted twice or left out."""
    rows = trace(measured[1])
    for window in measured[0].windows:
        mine = [row for row in rows if row["phase"] == window.phase]
        assert sum(float(row["interval_s"]) for row in mine) >= window.duration_s - 0.01
        assert window.seen is not None
        joules = sum(
            float(row["interval_s"]) * float(row[f"power_{name}_w"]) for row in mine for name in ("cpu", "gpu", "ram")
        )
        assert joules == pytest.approx(sum(window.seen.joules.values()), rel=0.01)


def test_a_constant_power_is_counted_for_all_of_a_window(measured: tuple[Meter, Path]) -> None:
    """A tracker of CodeCarbon that is made for one window loses what passes while it makes itself ready."""
    meter = measured[0]
    if meter.sources["ram"].source != "constant":
        pytest.skip("the memory's power is measured here")
    train = meter.windows[0]
    assert train.seen is not None
    watts = train.energy_ram_kwh * JOULES_PER_KWH / train.duration_s
    assert watts == pytest.approx(train.seen.joules["ram"] / train.duration_s, rel=0.25)


def test_a_window_cannot_open_inside_another(tmp_path: Path) -> None:
    meter = Meter(tmp_path, None, [])
    meter.begin("train")
    with pytest.raises(RuntimeError, match="still open"):
        meter.begin("validate")
    meter.close()
    assert meter.end() is None
    assert meter.windows[0].emissions_kg is None  # No country: neither the world's 475 g/kWh nor anybody's.


def test_what_is_spent_is_told_while_a_window_is_open_and_idling_is_not_spent(tmp_path: Path) -> None:
    meter = Meter(tmp_path, None, [])
    meter.begin("idle", part="before")
    time.sleep(0.7)
    assert meter.spent_kwh() == 0.0
    meter.end()
    meter.begin("train", 1)
    burn(0.8)
    before = meter.spent_kwh()
    window = meter.end()
    meter.close()
    assert window is not None
    assert 0 < before <= window.energy_total_kwh * 1.2


def test_measuring_opens_no_socket_and_asks_for_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the meter used the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    meter = Meter(tmp_path, "FRA", [])
    meter.begin("train")
    meter.close()
    assert len(meter.windows) == 1


def test_a_users_configuration_file_changes_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".codecarbon.config").write_text(
        "[codecarbon]\nforce_cpu_power=5000\npue=9\ncountry_iso_code=POL\nforce_carbon_intensity_g_co2e_kwh=9999\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CODECARBON_FORCE_RAM_POWER", "5000")
    meter = Meter(tmp_path, "FRA", [])
    meter.begin("train")
    burn(0.3)
    window = meter.end()
    meter.close()
    assert window is not None
    assert window.energy_total_kwh * JOULES_PER_KWH / window.duration_s < 1000
    assert window.emissions_kg == pytest.approx(
        window.energy_total_kwh * find_country("FRA").intensity_g_per_kwh / 1000
    )


@pytest.mark.parametrize("code", ["XYZ", "FR", "", "World"])
def test_a_wrong_country_is_refused_and_never_becomes_the_worlds_mean(code: str) -> None:
    with pytest.raises(RunError, match="no country"):
        find_country(code)


def test_codecarbon_that_gives_no_figures_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It swallows its own exceptions; a missing figure must not become a zero."""
    meter = codecarbon_meter.CodeCarbon(None, [])
    meter.start()
    monkeypatch.setattr(meter._tracker, "_persist_data", lambda **_: None)
    with pytest.raises(RuntimeError, match="no figures"):
        meter.stop()
    monkeypatch.undo()
    meter.close()


@pytest.mark.skipif(os.name != "posix", reason="kills by POSIX signals")
def test_the_trace_of_a_trainer_that_is_killed_is_on_the_disk_up_to_its_end(tmp_path: Path) -> None:
    """CodeCarbon itself would have written nothing."""
    script = """
        import sys, time
        from pathlib import Path
        from cnngen.runtime.worker.energy import Meter
        meter = Meter(Path(sys.argv[1]), "FRA", [])
        meter.begin("train", 1)
        print("begun", flush=True)
        while True:
            sum(range(1000))
    """
    trainer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path], stdout=subprocess.PIPE, start_new_session=True
    )
    assert trainer.stdout is not None
    assert trainer.stdout.readline() == b"begun\n"
    begun = time.monotonic()
    time.sleep(1.7)
    os.killpg(trainer.pid, signal.SIGKILL)  # as a job does: the whole group
    lived = time.monotonic() - begun
    trainer.wait()
    # The sampler holds the other end of what the trainer inherited, so the end of this pipe is the sampler's end.
    end = time.monotonic() + 60
    while sum(float(row["interval_s"]) for row in trace(tmp_path)) < lived - 0.6:
        assert time.monotonic() < end
        time.sleep(0.1)
    rows = trace(tmp_path)
    assert {row["phase"] for row in rows} == {"train"}
    assert sum(float(row["power_cpu_w"]) for row in rows) > 0


@pytest.mark.skipif(os.name != "posix", reason="kills by POSIX signals")
def test_a_sampler_that_is_killed_leaves_the_measurement_going(tmp_path: Path) -> None:
    psutil = pytest.importorskip("psutil")
    meter = Meter(tmp_path, None, [])
    for process in psutil.process_iter(["cmdline"]):
        if str(tmp_path) in (process.info["cmdline"] or []):
            process.kill()
    meter.begin("train", 1)
    burn(0.2)
    window = meter.end()
    assert window is not None and window.energy_total_kwh > 0
    assert window.seen is None and window.to_json()["ticks"] is None
    assert meter.sampling() is None
    meter.close()


def rapl_tree(root: Path) -> Path:
    package = root / "intel-rapl:0"
    package.mkdir(parents=True)
    (package / "name").write_text("package-0\n")
    (package / "energy_uj").write_text("1000000\n")
    (package / "max_energy_range_uj").write_text("262143328850\n")
    return root


def test_a_counter_is_a_measurement_of_the_whole_machine(tmp_path: Path) -> None:
    from codecarbon.external.hardware import CPU

    cpu = CPU(output_dir=".", mode="intel_rapl", model="x", tdp=65, rapl_dir=str(rapl_tree(tmp_path)))
    told = labels.describe([cpu], "machine")
    assert told["cpu"].source == "measured" and "RAPL" in told["cpu"].method
    assert told["gpu"].source == told["ram"].source == "absent"


def test_load_times_rated_power_is_a_model_and_says_which_power() -> None:
    from codecarbon.external.hardware import CPU

    cpu = CPU(output_dir=".", mode="cpu_load", model="x", tdp=65, tracking_mode="process")
    told = labels.describe([cpu], "process")["cpu"]
    assert told.source == "modelled" and "65 W" in told.method
    unknown = CPU(output_dir=".", mode="cpu_load", model="x", tdp=4 * cpu._cpu_count, tracking_mode="process")
    assert "not in CodeCarbon's table" in labels.describe([unknown], "process")["cpu"].method
    fixed = CPU(output_dir=".", mode="constant", model="x", tdp=65)
    assert labels.describe([fixed], "machine")["cpu"].source == "constant"
