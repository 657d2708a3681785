"""`cnngen train` and `cnngen doctor` with the real worker."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnngen.cli.main import run
from cnngen.cli.progress import display, epoch_line

GOOD = "input conv max_pooling flatten dense output\n"
COMMAND = [sys.executable, "-m", "cnngen.cli"]

#: Without what is measured beside the training.
BARE = ["--idle", "0", "--inference", "0"]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A program in the folder where the command is run."""
    (tmp_path / "net.cnn").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return "net.cnn"


def the_run() -> Path:
    (folder,) = Path("runs").iterdir()
    return folder


@pytest.mark.slow
def test_a_training_ends_in_a_summary(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", program, "--epochs", "2", "--country", "FRA", "--seed", "3", *BARE]) == 0
    said = capsys.readouterr()
    for label in ("Status", "Test accuracy", "Test loss", "Training time", "Training energy", "Carbon", "Report"):
        assert label in said.out
    assert "parameters" in said.out
    assert "MACs" in said.out
    assert "France" in said.out
    assert str(the_run().resolve()) in said.out
    assert "epoch 1/2" in said.err
    assert "epoch 2/2" in said.err
    result = json.loads((the_run() / "result.json").read_text())
    assert result["status"] == "done"
    assert result["training"]["seed"] == 3


@pytest.mark.slow
def test_json_is_the_record_alone(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", program, "--epochs", "1", "--format", "json", "--runs-dir", "elsewhere", *BARE]) == 0
    told = json.loads(capsys.readouterr().out)
    (folder,) = Path("elsewhere").iterdir()
    assert Path(told.pop("directory")) == folder.resolve()
    assert told == json.loads((folder / "result.json").read_text())


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], "nothing was trained"),
        ([{"event": "waiting", "ahead": "resnet", "before": 1}], "nothing was trained"),
        ([{"event": "phase", "phase": "import"}], "stopping; what was done is kept"),
        ([{"event": "phase", "phase": "train", "epoch": 1}], "stopping after this batch; what was done is kept"),
        ([{"event": "phase", "phase": phase} for phase in ("train", "evaluate")], "stopping; what was done is kept"),
    ],
)
def test_who_stops_a_training_is_told_what_that_means_where_it_is(
    events: list[dict[str, Any]], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with display("net") as shown:
        for event in events:
            shown.show(event)
        shown.stopping()
    assert said in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_ctrl_c_stops_cleanly_and_keeps_what_was_done(program: str) -> None:
    command = [*COMMAND, "train", program, "--epochs", "100000", *BARE]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, encoding="utf-8") as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("epoch      2/100000"):
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "what was done is kept" in err
    assert "Traceback" not in err
    assert "cancelled" in out
    assert "of 100,000 epochs" in out
    result = json.loads((the_run() / "result.json").read_text())
    assert result["status"] == "cancelled"
    assert len(result["history"]) >= 2


@pytest.mark.slow
def test_on_a_terminal_there_is_a_bar_below_the_epochs(program: str) -> None:
    mine, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    env.pop("NO_COLOR", None)
    command = [*COMMAND, "train", program, "--epochs", "2", *BARE]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(mine, 4096)
            except OSError:  # how Linux says that the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(mine)
    assert process.returncode == 0
    text = shown.decode()
    assert "starting Keras" in text
    assert "epoch 2/2" in text
    assert "epoch 2 of 2" in text
    assert "\x1b[?25l" in text, "the bar hides the cursor"
    assert text.rindex("\x1b[?25h") < text.index("Status"), "and gives it back before the summary"


@pytest.mark.slow
def test_a_country_that_is_none_is_a_sentence(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", program, "--country", "XYZ"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("cnngen: ")
    assert said.count("\n") == 1
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        ("input cnov dense output", [], 1, "cnngen: net has"),
        ("input conv output", [], 1, "is no classifier"),
        (GOOD, ["--dataset", "mnits"], 2, "did you mean mnist?"),
        (GOOD, ["--dataset", "./nowhere.npz"], 2, "There is no data set at ./nowhere.npz"),
        (GOOD, ["--interpreter", "/nowhere/python"], 2, "/nowhere/python cannot be started"),
        (GOOD, ["--device", "abacus"], 2, 'There is no device "abacus"'),
        (GOOD, ["--optimizer", "magic"], 2, "optimizer"),
        (GOOD, ["--learning-rate", "-1"], 2, "learning_rate"),
        (GOOD, ["--idle", "-1"], 2, "--idle must be"),
        (GOOD, ["--inference", "1e9"], 2, "--inference must be"),
        (GOOD, ["--max-energy", "0"], 2, "--max-energy must be"),
        (GOOD, ["--max-time", "soon"], 2, "such as 10m"),
        (GOOD, ["--max-time", "0h"], 2, "--max-time must be"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_is_made(
    program: str, capsys: pytest.CaptureFixture[str], text: str, options: list[str], code: int, said: str
) -> None:
    Path(program).write_text(text)
    assert run(["train", program, *options]) == code
    heard = capsys.readouterr()
    assert said in heard.err
    assert heard.out == ""
    assert "Traceback" not in heard.err
    assert [path.name for path in Path().iterdir()] == ["net.cnn"]


def test_a_program_with_errors_shows_them(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(program).write_text("input cnov flatten dense output")
    assert run(["train", program]) == 1
    assert "net.cnn:1:7" in capsys.readouterr().err


@pytest.mark.slow
def test_a_runs_folder_that_cannot_be_made_is_a_sentence(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", program, "--runs-dir", "net.cnn"]) == 2
    assert "--runs-dir" in capsys.readouterr().err


@pytest.mark.slow
def test_doctor_says_what_is_there_and_what_will_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    said = capsys.readouterr().out
    for label in ("Keras", "TensorFlow", "CodeCarbon", "Graphviz", "Data sets", "GPU", "RAPL", "NVML", "CPU", "RAM"):
        assert label in said
    assert any(word in said for word in ("measured", "modelled", "constant"))
    assert run(["doctor", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["keras"]


def test_doctor_tells_of_an_interpreter_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--interpreter", "/nowhere/python"]) == 0
    assert "problem: The Python interpreter /nowhere/python cannot be started" in capsys.readouterr().out


@pytest.mark.parametrize(("seconds", "shown"), [(0.0347, "0.0347 s"), (4.38, "4.38 s"), (75, "1 min 15 s")])
def test_an_epoch_of_any_length_has_a_time(seconds: float, shown: str) -> None:
    """A short one is not said to have taken 0.0 s."""
    assert epoch_line({"epoch": 1, "epochs": 20, "loss": 0.5, "seconds": seconds}).endswith(f"  {shown:>8}")
