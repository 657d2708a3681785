"""The features as functions to plain data: milestones of a training, settings, the room's imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnngen.server.milestones import Course, Milestone
from cnngen.server.settings import Settings


def test_a_course_tells_phases_and_epochs_and_never_goes_back() -> None:
    course = Course()
    events = [
        {"event": "phase", "phase": "import"},
        {"event": "progress", "epoch": 1, "epochs": 2, "step": 5, "steps": 10},
        {"event": "epoch", "epoch": 1, "epochs": 2, "accuracy": 0.5, "val_accuracy": 0.25},
        {"event": "progress", "epoch": 2, "epochs": 2, "step": 10, "steps": 10},
        {"event": "progress", "epoch": 1, "epochs": 2, "step": 1, "steps": 10},
        {"event": "phase", "phase": "evaluate"},
    ]
    told = [milestone for event in events if (milestone := course.update(event))]
    assert told[0] == Milestone(0, "starting Keras")
    assert told[1] == Milestone(25, "epoch 1 of 2")
    assert told[2] == Milestone(25, "epoch 1 of 2, validation accuracy 25.0%")
    assert [m.percentage for m in told] == sorted(m.percentage for m in told)
    assert told[-1] == Milestone(100, "testing")


def test_repeated_trainings_have_equal_parts_of_one_course() -> None:
    course = Course()
    told = []
    for number in (1, 2, 4):
        told.append(course.update({"event": "repeat", "number": number, "of": 4, "run": "net"}))
        for epoch in (1, 2):
            told.append(course.update({"event": "progress", "epoch": epoch, "epochs": 2, "step": 9, "steps": 9}))
    assert told == [
        Milestone(0, "run 1 of 4"), Milestone(12, "run 1 of 4: epoch 1 of 2"), Milestone(25, "run 1 of 4: epoch 2 of 2"),
        Milestone(25, "run 2 of 4"), Milestone(37, "run 2 of 4: epoch 1 of 2"), Milestone(50, "run 2 of 4: epoch 2 of 2"),
        Milestone(75, "run 4 of 4"), Milestone(87, "run 4 of 4: epoch 1 of 2"), Milestone(100, "run 4 of 4: epoch 2 of 2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "event", [{}, {"event": "new"}, {"event": "phase"}, {"event": "progress"}, {"event": "epoch", "epoch": 1}]
)
def test_an_event_that_says_nothing_changes_nothing(event: dict[str, object]) -> None:
    assert Course().update(event) is None


def test_settings_take_what_they_know_and_ignore_the_rest() -> None:
    given = {"country": "FRA", "epochs": 3, "trusted": False, "device": "", "runsDirectory": None, "color": 1}
    assert Settings().updated(given) == Settings(country="FRA", epochs=3, trusted=False)
    assert Settings().updated({"epochs": True, "trusted": "no", "country": 5}) == Settings()
    assert Settings().updated(["country"]) == Settings().updated(None) == Settings()
    assert Settings(country="FRA").updated({"workerPath": "/w"}) == Settings(country="FRA", worker_path="/w")


def test_starting_a_server_loads_neither_keras_nor_the_trainer() -> None:
    """An editor waits for this; Keras alone takes ten seconds."""
    code = "import sys, cnngen.server.app as a; a.make_server(); print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "pygls" in loaded
    assert not {"keras", "tensorflow", "numpy", "codecarbon", "typer", "rich"} & set(loaded)
    assert not {"cnngen.runtime.driving.job", "cnngen.codegen.files"} & set(loaded)


def test_naming_the_package_does_not_load_the_protocol() -> None:
    """`cnngen serve --help` and a wrong option answer at once."""
    code = "import sys, cnngen.server; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pygls", "lsprotocol"} & set(loaded)


def test_only_the_rim_knows_the_protocol() -> None:
    import cnngen.server

    room = Path(cnngen.server.__file__).parent
    knowing = {path.stem for path in room.glob("*.py") if "lsprotocol" in path.read_text(encoding="utf-8")}
    assert knowing == {
        "app",
        "configuration",
        "convert",
        "errors",
        "lazy_types",
        "progress",
        "protocol",
        "publishing",
        "reports",
        "training",
    }
    assert not any("lsprotocol" in path.read_text(encoding="utf-8") for path in (room / "features").glob("*.py"))
