"""What a killed run had taken in its last window, told by the trace that outlives it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cnngen.runtime import record
from cnngen.runtime.driving import closing, unfinished

EXAMPLE = Path(__file__).parent / "example_run"


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A run that was killed in the third epoch: its trace goes on behind the last line of its windows."""
    folder = tmp_path / "run"
    shutil.copytree(EXAMPLE, folder)
    windows = (folder / record.WINDOWS).read_text().splitlines(keepends=True)
    last = next(number for number, line in enumerate(windows) if line.startswith("validate,2"))
    (folder / record.WINDOWS).write_text("".join(windows[: last + 1]))
    trace = (folder / record.POWER).read_text().splitlines(keepends=True)
    begun = next(number for number, line in enumerate(trace) if ",train,3," in line)
    (folder / record.POWER).write_text(
        "".join(trace[:begun])
        + "".join(f"{900 + second / 2},train,3,0.5,7.0,0.0,10.0,,700.0\n" for second in range(4))
        + "902.0,tra"
    )
    result = record.read(folder)
    record.write_json(folder / record.RESULT, {**result, "status": "unfinished"})
    return folder


def test_the_last_windows_energy_is_that_of_the_trace_behind_the_others(killed: Path) -> None:
    found = unfinished.of_trace(killed)
    assert found is not None
    assert (found["phase"], found["epoch"]) == ("train", 3)
    assert found["duration_s"] == pytest.approx(2.0)
    assert found["energy_cpu_kwh"] == pytest.approx(14 / 3.6e6)
    assert found["energy_total_kwh"] == pytest.approx(34 / 3.6e6)


def test_a_record_that_is_closed_for_a_killed_worker_says_it(killed: Path) -> None:
    result = closing.finish(killed, "failed", {"stage": "train", "class": "WorkerDied", "message": "Killed."})
    assert result["energy"]["unfinished"]["energy_total_kwh"] == pytest.approx(34 / 3.6e6)
    assert record.read(killed) == result
    assert result["run"]["stopped_by"] is None


def test_a_record_that_is_closed_for_who_stopped_it_says_who(killed: Path) -> None:
    assert closing.finish(killed, "cancelled")["run"]["stopped_by"] == "user"


def test_where_every_window_was_closed_there_is_nothing_more(tmp_path: Path) -> None:
    assert unfinished.of_trace(EXAMPLE) is None
    assert unfinished.of_trace(tmp_path) is None
