"""`cnngen runs`: what people and programs are told of runs, and what may be done with them."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from light_worker import interpreter

from cnngen.cli.main import run
from cnngen.runtime import group, record
from cnngen.runtime.driving.turn import Turn
from cnngen.runtime.lock import FileLock
from cnngen.runtime.store.table import COLUMNS, PAPER

(RECORDED,) = (Path(__file__).parents[1] / "runtime").glob("**/v1/lenet5-*")
NAME = "lenet5-20261122-{}-bb928bb7"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of runs of the folder where the command is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def made(runs: Path, clock: str, **changes: Any) -> str:
    """A copy of a real run that began at another time; `changes` are parts of its record."""
    folder = runs / NAME.format(clock)
    shutil.copytree(RECORDED, folder)
    record = json.loads((folder / "result.json").read_text())
    record["run"]["started_utc"] = f"2026-11-22T{clock[:2]}:{clock[2:4]}:{clock[4:]}+00:00"
    for key, value in changes.items():
        record[key] = (record[key] or {}) | value if isinstance(value, dict) else value
    (folder / "result.json").write_text(json.dumps(record))
    return folder.name


Said = Callable[..., str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What a command says on standard output; it must end well, unless another code is expected."""

    def said(*arguments: str, code: int = 0) -> str:
        assert run(["runs", *arguments]) == code
        heard = capsys.readouterr()
        assert "Traceback" not in heard.err
        return heard.out if code == 0 else heard.err

    return said


def test_the_list_has_those_that_go_on_first_then_the_newest(runs: Path, said: Said) -> None:
    old, new = made(runs, "100000"), made(runs, "120000")
    living = made(runs, "080000", status="unfinished")
    lock = FileLock(runs / living / "worker.lock")
    assert lock.take({"pid": os.getpid(), "state": "running"})
    lines = said("list").splitlines()
    assert lines[0].split()[:3] == ["Began", "Status", "Accuracy"]
    assert [line.split()[-1] for line in lines[1:]] == [living, new, old]
    assert "running" in lines[1]
    assert [row["status"] for row in json.loads(said("list", "--format", "json"))["runs"]] == [
        "running",
        "done",
        "done",
    ]
    assert said("list", "--status", "running").split()[-1] == living
    assert len(said("list", "-n", "1").splitlines()) == 2
    assert said("list", "--program", "other") == ""
    lock.release()
    assert "failed" in said("list").splitlines()[3]  # its worker is gone: whoever looks next closes it


def test_the_list_says_which_run_of_how_many_a_run_is_and_under_the_runs_which_groups_there_are(
    runs: Path, said: Said
) -> None:
    alone = made(runs, "110000")
    began = json.loads((runs / alone / "result.json").read_text())["run"]
    name = "lenet5-20261122-090000-x3"
    repeat = {"group": name, "number": 2, "of": 3}
    part = made(runs, "090100", run=began | {"repeat": repeat, "started_utc": "2026-11-22T09:01:00+00:00"})
    assert "Repeat" not in said("list", "--status", "running")
    result = record.read(runs / part)
    group.write(runs, name, 3, [result | {"inference": []}], "done")  # which the example is too old for
    group.write(runs, "vgg-20261122-100000-x2", 2, [], "running", now={"event": "waiting"})
    head, newer, older, empty, groups, waiting, done = said("list").splitlines()
    assert head.split()[-2:] == ["Repeat", "Run"]
    assert (newer.split()[-1], older.split()[-4:], empty) == (alone, ["2", "of", "3", part], "")
    assert groups.split() == ["Began", "Status", "Done", "Group"]
    assert waiting.split()[2:] == ["waiting", "0", "of", "2", "vgg-20261122-100000-x2"]
    assert done.split()[2:] == ["done", "1", "of", "3", name]
    assert said("list", "--program", "vgg").split()[-1] == "vgg-20261122-100000-x2"
    told = json.loads(said("list", "--format", "json", "--program", "lenet5"))
    assert [(row["group"], row["number"], row["of"]) for row in told["runs"]] == [(None, None, None), (name, 2, 3)]
    (listed,) = told["groups"]
    assert (listed["id"], listed["status"], listed["done"], listed["asked"]) == (name, "done", 1, 3)
    assert listed["runs"] == [result["run"]["id"]]


def test_no_runs_and_no_such_status_are_sentences(runs: Path, said: Said) -> None:
    assert said("list") == ""
    assert said("show", code=2).startswith("cnngen: There is no run in ")
    assert "there are running, waiting" in said("list", "--status", "foo", code=2)


def test_a_run_is_named_by_id_beginning_last_or_folder(runs: Path, said: Said) -> None:
    old, new = made(runs, "100000"), made(runs, "120000")
    for name in (old, old[:-13], f"runs/{old}", str(runs / old)):
        assert str(runs / old) in said("show", name)
    assert str(runs / new) in said("show") == said("show", "last")
    assert "is the beginning of 2 runs" in said("show", "lenet5", code=2)
    assert 'There is no run "vgg"' in said("show", "vgg", code=2)
    assert json.loads(said("show", new, "--format", "json"))["run"]["id"]


def test_a_record_that_cannot_be_read_is_said_so(runs: Path, said: Said) -> None:
    name = made(runs, "100000")
    (runs / name / "result.json").write_text("{")
    assert "unreadable" in said("list")
    assert "is not a run's record" in said("show", name, code=2)


def test_a_comparison_marks_what_is_more_than_chance_and_says_where_that_is_not_known(runs: Path, said: Said) -> None:
    slow = {"learning_rate": 0.5}
    for second in range(3):
        training = {"seed": second, **json.loads((RECORDED / "result.json").read_text())["training"]} | {"seed": second}
        accuracy = {"test_accuracy": 0.9 + second / 1000, "test_loss": 0.3}
        made(runs, f"10000{second}", training=training, quality=accuracy)
        made(
            runs, f"11000{second}", training=training | slow, quality={**accuracy, "test_accuracy": 0.5 + second / 1000}
        )
    single = made(runs, "120000", training={"learning_rate": 0.9}, quality={"test_accuracy": 0.7})
    text = said("compare", NAME.format("100000"), NAME.format("110000"), single)
    accuracy = next(line for line in text.splitlines() if line.startswith("Test accuracy"))
    assert accuracy.split() == ["Test", "accuracy", "90.00", "%", "50.00", "%", "*", "70.00", "%"]
    assert next(line for line in text.splitlines() if line.startswith("Repetitions")).split()[1:] == ["3", "3", "1"]
    assert f"Not repeated: {single}" in text
    told = json.loads(said("compare", NAME.format("100000"), NAME.format("100001"), "--format", "json"))
    assert told["notes"] == ["All asked for the same: their differences are chance."]
    assert "at least two" in said("compare", single, code=2)


def test_a_table_has_the_papers_figures_with_units_in_the_names(runs: Path, said: Said) -> None:
    name = made(runs, "100000")
    made(runs, "110000", status="failed", paper=None, energy=None, error={"message": "It broke."})
    (runs / made(runs, "090000") / "result.json").write_text("{")
    rows = list(csv.DictReader(io.StringIO(said("export"))))
    assert [row["status"] for row in rows] == ["failed", "done", "unreadable"]
    record = json.loads((runs / name / "result.json").read_text())
    assert len(PAPER) == 16 == len(record["paper"])
    for key in PAPER:
        assert rows[1][key] == ("" if record["paper"][key] is None else str(record["paper"][key]))
    assert rows[1]["energy_cpu_source"] == record["energy"]["sources"]["cpu"]["source"]
    assert (rows[0]["energy_total_kwh"], rows[0]["message"]) == ("", "It broke.")
    assert rows[2]["message"]
    said("export", name, "-o", "one.csv")
    assert len(Path("one.csv").read_text().splitlines()) == 2


def test_a_table_as_parquet_has_types(runs: Path, said: Said) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    made(runs, "100000")
    (runs / made(runs, "090000") / "result.json").write_text("{")
    said("export", "-o", "runs.parquet")
    table = parquet.read_table("runs.parquet")
    assert table.schema.names == list(COLUMNS)
    assert [row["parameters"] for row in table.to_pylist()] == [21386, None]
    assert str(table.schema.field("began_utc").type) == "timestamp[us, tz=UTC]"
    assert "--output" in said("export", "--format", "parquet", code=2)


def test_without_pyarrow_the_sentence_says_what_to_install(
    runs: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert 'pip install "cnngen[parquet]"' in said("export", "-o", "runs.parquet", code=2)


@pytest.fixture
def mlflow_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty MLflow: a folder, which needs no database."""
    pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    return (tmp_path / "mlruns").as_uri()


def test_mlflow_has_the_settings_figures_epochs_and_files_of_runs_once(
    runs: Path, said: Said, mlflow_home: str
) -> None:
    """Read back by MLflow's own client."""
    from mlflow import MlflowClient

    name = made(runs, "100000")
    made(runs, "110000", status="failed", paper=None, energy=None, error={"message": "It broke."})
    said("export", "--format", "mlflow", "--to", mlflow_home)
    said("export", "--format", "mlflow", "--to", mlflow_home)
    client = MlflowClient(tracking_uri=mlflow_home)
    place = client.get_experiment_by_name("cnngen").experiment_id
    failed, done = client.search_runs([place], order_by=["attributes.start_time DESC"])
    record = json.loads((runs / name / "result.json").read_text())
    paper = record["paper"]
    assert (done.info.run_name, done.info.status, failed.info.status) == (name, "FINISHED", "FAILED")
    assert done.info.start_time == 1795341600000  # 22 November 2026, 10:00 UTC
    assert done.data.params["optimizer"] == record["training"]["optimizer"]
    assert done.data.params["network_hash"] == record["program"]["hash"]
    for key, value in paper.items():
        if isinstance(value, float):
            assert done.data.metrics[key] == value
    assert done.data.tags["energy_cpu_source"] == record["energy"]["sources"]["cpu"]["source"]
    assert (failed.data.tags["message"], failed.data.metrics.get("accuracy")) == ("It broke.", None)
    with (runs / name / "history.csv").open() as file:
        history = list(csv.DictReader(file))
    kept = sorted(client.get_metric_history(done.info.run_id, "epoch/val_accuracy"), key=lambda one: one.step)
    assert [(one.step, one.value) for one in kept] == [(int(e["epoch"]), float(e["val_accuracy"])) for e in history]
    files = {file.path for file in client.list_artifacts(done.info.run_id)}
    assert files >= {"program.cnn", "model.py", "diagram.svg", "result.json"}


def test_an_mlflow_that_is_not_there_is_one_sentence(runs: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    made(runs, "100000")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert "--to sqlite:///mlflow.db" in said("export", "--format", "mlflow", code=2)
    monkeypatch.setitem(sys.modules, "mlflow", None)
    address = ("--to", "http://127.0.0.1:9")
    assert 'pip install "cnngen[mlflow]"' in said("export", "--format", "mlflow", *address, code=2)
    monkeypatch.delitem(sys.modules, "mlflow")
    pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert "The MLflow at http://127.0.0.1:9 did not take the runs" in said(
        "export", "--format", "mlflow", *address, code=2
    )


def test_runs_are_removed_only_when_it_is_meant(runs: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [made(runs, "100000"), made(runs, "110000")]
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert "--yes" in said("rm", *names, code=2)
    assert len(list(runs.iterdir())) == 2
    said("rm", *names, names[0], "--yes")
    assert list(runs.iterdir()) == []
    assert said("list") == ""


def test_a_living_run_and_what_is_outside_the_folder_are_never_removed(runs: Path, said: Said, tmp_path: Path) -> None:
    living, outside = made(runs, "100000", status="unfinished"), tmp_path / "elsewhere"
    lock = FileLock(runs / living / "worker.lock")
    assert lock.take({"pid": os.getpid(), "state": "running"})
    shutil.copytree(RECORDED, outside)
    (runs / "link").symlink_to(outside)
    assert "stop it first" in said("rm", living, "--yes", code=2)
    for name in (str(outside), "link", "runs/link", f"runs/{living}/../../elsewhere"):
        assert "by hand" in said("rm", name, "--yes", code=2)
    assert (outside / "result.json").exists()
    assert (runs / living / "result.json").exists()


COMMAND = [sys.executable, "-m", "cnngen.cli"]


@pytest.fixture
def light(runs: Path) -> list[str]:
    """The options of a training that waits after its second epoch, without Keras."""
    (runs.parent / "net.cnn").write_text("input conv flatten dense output\n")
    return ["train", "net.cnn", "--interpreter", str(interpreter(runs.parent / "python", hang="epoch2"))]


def begun(runs: Path) -> Path:
    """The folder of the only run, after its second epoch."""
    end = time.monotonic() + 120
    while not (
        found := [file.parent for file in runs.glob("*/events.jsonl") if file.read_text().count('"epoch": 2,') > 1]
    ):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found[0]


@pytest.mark.skipif(os.name != "posix", reason="the light worker is a shell script")
def test_a_detached_training_is_listed_stopped_and_followed(
    runs: Path, light: list[str], said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*light, "--detach"]) == 0
    assert "goes on by itself" in capsys.readouterr().out
    folder = begun(runs)
    assert "running" in said("list")
    assert said("show").split()[1] == "running"
    assert f"{folder.name} is stopped; what was done is kept" in said("stop")
    assert "does not go on any more: it is cancelled" in said("stop", "last", code=2)
    assert "No run goes on" in said("stop", code=2)
    assert run(["runs", "follow", "last"]) == 130
    heard = capsys.readouterr()
    assert "epoch 2/" in heard.err
    assert "cancelled" in heard.out


@pytest.mark.skipif(os.name != "posix", reason="the light worker is a shell script")
def test_a_training_that_waits_says_first_for_whom(runs: Path) -> None:
    (runs.parent / "net.cnn").write_text("input conv flatten dense output\n")
    turn = Turn()
    turn.ask("resnet")
    assert turn.take()
    command = [*COMMAND, "train", "net.cnn", "--interpreter", str(interpreter(runs.parent / "python"))]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        assert process.stderr
        try:
            assert process.stderr.readline() == "waits for resnet ...\n"
        finally:
            turn.end()
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0 and "done" in said


@pytest.mark.skipif(os.name != "posix", reason="the light worker is a shell script")
def test_repetitions_go_on_without_the_command_that_began_them(
    runs: Path, said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    (runs.parent / "net.cnn").write_text("input conv flatten dense output\n")
    light = ["train", "net.cnn", "--interpreter", str(interpreter(runs.parent / "python"))]
    assert run([*light, "--repeat", "2", "--detach"]) == 0
    told = capsys.readouterr().out
    assert "The 2 trainings of net-" in told
    end = time.monotonic() + 60
    while (groups := [json.loads(file.read_text()) for file in runs.glob("*.group.json")])[0]["status"] == "running":
        assert time.monotonic() < end, [file.read_text() for file in runs.glob("*.log")]
        time.sleep(0.05)
    assert groups[0]["name"] in told and len(groups[0]["runs"]) == 2
    records = [json.loads((runs / one["id"] / "result.json").read_text()) for one in groups[0]["runs"]]
    assert [(one["run"]["repeat"]["number"], one["status"]) for one in records] == [(1, "done"), (2, "done")]
    # What is wrong is said at once, and nothing is begun.
    (runs.parent / "net.cnn").write_text("input conv output\n")
    assert run([*light, "--repeat", "2", "--detach"]) == 1
    assert "no classifier" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")
def test_ctrl_c_ends_all_repetitions_and_keeps_what_was_done(runs: Path, light: list[str]) -> None:
    def heed() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen([*COMMAND, *light, "--repeat", "3"], stdout=-1, stderr=-1, preexec_fn=heed) as process:
        folder = begun(runs)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 130 and "0 of 3 done" in said.decode()
    (group,) = (json.loads(file.read_text()) for file in runs.glob("*.group.json"))
    assert (group["status"], [run["id"] for run in group["runs"]]) == ("cancelled", [folder.name])
    assert json.loads((folder / "result.json").read_text())["status"] == "cancelled"


@pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_a_training_stops_with_its_terminal_and_keeps_what_was_done(
    runs: Path, light: list[str], said: Said, end: signal.Signals
) -> None:
    def heed() -> None:
        """Whoever started the tests may ignore a signal, as nohup does, and that is inherited."""
        if end is not signal.SIGKILL:
            signal.signal(end, signal.SIG_DFL)

    with subprocess.Popen([*COMMAND, *light], stdout=-1, stderr=-1, preexec_fn=heed) as process:
        folder = begun(runs)
        process.send_signal(end)
        process.communicate(timeout=60)
    assert process.returncode == (130 if end is not signal.SIGKILL else -end)
    deadline = time.monotonic() + 60
    while json.loads(said("list", "--format", "json"))["runs"][0]["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    record = json.loads((folder / "result.json").read_text())
    assert (record["status"], len(record["history"])) == ("cancelled", 2)
