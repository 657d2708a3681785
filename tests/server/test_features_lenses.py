"""Code lenses: which stand above `input`, what they say, and how the last result is found among the runs."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cnngen.language import Analysis, analyse
from cnngen.runtime.record import write_json
from cnngen.runtime.runs import folder_name
from cnngen.server.features.lenses import LastResult, lenses
from cnngen.server.results import Results

TEXT = "input conv max_pooling flatten dense output"
OTHER = "input conv conv flatten dense output"
NOON = datetime(2026, 11, 22, 12, 0)


def titles(text: str, **given: Any) -> list[str]:
    return [lens.title for lens in lenses(analyse(text), trusted=True, **given)]


def ran(
    runs: Path, text: str, *, ended: datetime = NOON, accuracy: float | None = 0.5, status: str = "done", **changes: Any
) -> Path:
    """A run's folder as a training leaves it, as far as a result is read from it."""
    network = analyse(text).network
    folder = runs / folder_name("net", network.hash, ended)
    folder.mkdir(parents=True)
    record: dict[str, Any] = {
        "schema": 1,
        "status": status,
        "run": {"ended_utc": ended.astimezone().isoformat()},
        "program": {"name": "net", "hash": network.hash},
        "quality": {"test_accuracy": accuracy},
        "energy": None,
    }
    (folder / "program.cnn").write_text(text, encoding="utf-8")
    write_json(folder / "result.json", record | changes)
    return folder


def named(text: str) -> Analysis:
    return analyse(text, name="net")


def test_all_lenses_stand_at_input_in_one_order() -> None:
    result = LastResult(0.912, "1.3 Wh to train (modelled)", NOON, Path("run"), Path("run/report.html"), current=True)
    found = lenses(analyse(f"// first\n{TEXT}"), trusted=True, diagram=True, result=result)
    assert {lens.span for lens in found} == {(9, 14)}
    assert [(lens.title, lens.command) for lens in found] == [
        ("Generate Keras", "cnngen.generateKeras"),
        ("Show Diagram", "cnngen.showDiagram"),
        ("Train & Measure", "cnngen.train"),
        ("5 layers · 5.5 k parameters · 24 k MACs", ""),
        ("91.2 % test accuracy · 1.3 Wh to train (modelled) · 22 Nov 2026, 12:00", "cnngen.showReport"),
    ]


def test_a_result_of_an_earlier_text_says_so_and_without_a_report_opens_none() -> None:
    (*_, last) = lenses(
        analyse(TEXT), trusted=True, result=LastResult(1.0, None, NOON, Path("run"), None, current=False)
    )
    assert (last.title, last.command) == ("100.0 % test accuracy · 22 Nov 2026, 12:00 (of an earlier text)", "")


def test_a_program_with_errors_keeps_its_lenses_but_has_no_totals() -> None:
    text = "input cnov flatten dense output"
    assert titles(text) == ["Generate Keras", "Train & Measure", "no totals: 1 error"]


def test_lenses_can_be_left_out() -> None:
    assert titles(TEXT, totals=False) == ["Generate Keras", "Train & Measure"]
    assert [lens.title for lens in lenses(analyse(TEXT), trusted=False, totals=False)] == ["Generate Keras"]
    assert titles("conv flatten") == []


def test_the_last_result_is_that_of_the_newest_finished_run_of_this_network(tmp_path: Path) -> None:
    ran(tmp_path, TEXT, ended=NOON, accuracy=0.1)
    newest = ran(tmp_path, TEXT, ended=NOON + timedelta(hours=1), accuracy=0.2)
    ran(tmp_path, TEXT, ended=NOON + timedelta(hours=2), accuracy=None, status="cancelled")
    ran(tmp_path, OTHER, ended=NOON + timedelta(hours=3), accuracy=0.3)
    (newest / "report.html").write_text("")
    found = Results().last(tmp_path, named(TEXT))
    local = (NOON + timedelta(hours=1)).astimezone()
    assert found == LastResult(0.2, None, local, newest, newest / "report.html", current=True)


def test_a_text_that_means_the_same_network_has_its_result(tmp_path: Path) -> None:
    ran(tmp_path, TEXT)
    found = Results().last(tmp_path, named(TEXT.replace("conv", "conv(strides=1) // the same\n")))
    assert found is not None
    assert found.current


def test_a_changed_network_has_the_result_of_an_earlier_text(tmp_path: Path) -> None:
    ran(tmp_path, TEXT, accuracy=0.25)
    for text in (OTHER, "input cnov output"):
        found = Results().last(tmp_path, named(text))
        assert found is not None
        assert (found.accuracy, found.current) == (0.25, False)


def test_another_program_has_no_part_in_it(tmp_path: Path) -> None:
    ran(tmp_path, TEXT)
    assert Results().last(tmp_path, analyse(TEXT, name="other")) is None
    assert Results().last(tmp_path / "nowhere", named(TEXT)) is None


def test_a_new_run_and_a_changed_record_are_seen(tmp_path: Path) -> None:
    results = Results()
    assert results.last(tmp_path, named(TEXT)) is None
    folder = ran(tmp_path, TEXT, status="unfinished")
    _later(tmp_path, 1)
    assert results.last(tmp_path, named(TEXT)) is None
    record = json.loads((folder / "result.json").read_text())
    write_json(folder / "result.json", record | {"status": "done"})
    _later(folder, 2)
    assert results.last(tmp_path, named(TEXT)) is not None


def _later(folder: Path, seconds: int) -> None:
    """Some file systems count the time of a change in whole seconds."""
    changed = folder.stat().st_mtime + seconds
    os.utime(folder, (changed, changed))


def test_a_record_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(tmp_path, TEXT)
    results = Results()
    first = results.last(tmp_path, named(TEXT))
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: pytest.fail("read again"))
    assert results.last(tmp_path, named(TEXT)) == first


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 99},
        {"run": {"ended_utc": None}},
        {"run": {"ended_utc": "yesterday"}},
        {"quality": None},
        {"quality": {"test_accuracy": None}},
        {"energy": {"training": {}}},
        {"program": []},
    ],
)
def test_a_record_that_is_not_sound_is_passed_over(tmp_path: Path, changes: dict[str, Any]) -> None:
    ran(tmp_path, TEXT, ended=NOON)
    ran(tmp_path, TEXT, ended=NOON + timedelta(hours=1), accuracy=0.9, **changes)
    found = Results().last(tmp_path, named(TEXT))
    assert found is not None
    assert found.accuracy == 0.5


def test_energy_is_told_with_its_weakest_source(tmp_path: Path) -> None:
    energy = {
        "training": {
            "windows": 2, "energy_total_kwh": 0.0013, "energy_cpu_kwh": 0.001, "energy_gpu_kwh": 0,
            "energy_ram_kwh": 0.0003,
        },
        "sources": {"cpu": {"source": "measured"}, "gpu": {"source": "absent"}, "ram": {"source": "modelled"}},
    }  # fmt: skip
    ran(tmp_path, TEXT, energy=energy)
    found = Results().last(tmp_path, named(TEXT))
    assert found is not None
    assert found.energy == "1.3 Wh to train (modelled)"
