"""`cnngen runs report`: which runs are meant, where the page goes, and how it fails."""

from __future__ import annotations

import shutil
import webbrowser
from pathlib import Path

import pytest

from cnngen.cli.main import run

RECORDS = Path(__file__).parents[1] / "runtime" / "records" / "v1"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three runs, in the folder where the shell is."""
    (recorded,) = RECORDS.iterdir()
    for name in (
        "lenet5-20261122-062015-bb928bb7",
        "lenet5-20261123-062015-bb928bb7",
        "other-20261121-000000-00000000",
    ):
        shutil.copytree(recorded, tmp_path / "runs" / name)
    record = tmp_path / "runs" / "lenet5-20261123-062015-bb928bb7" / "result.json"
    record.write_text(record.read_text().replace("2026-11-22T06:20", "2026-11-23T06:20"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def test_the_last_run_is_meant_when_none_is_named(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "report"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page.resolve() == runs / "lenet5-20261123-062015-bb928bb7" / "report.html"
    assert "<h1>lenet5</h1>" in page.read_text()


@pytest.mark.parametrize("name", ["other-20261121-000000-00000000", "other", "runs/other-20261121-000000-00000000"])
def test_a_run_is_named_by_name_beginning_or_folder(runs: Path, name: str) -> None:
    assert run(["runs", "report", name, "-o", "page.html"]) == 0
    assert "<h1>lenet5</h1>" in Path("page.html").read_text()
    assert not (runs / "other-20261121-000000-00000000" / "report.html").exists()


def test_several_runs_are_compared_and_one_named_twice_is_one(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "report", "other", "lenet5-20261123", "other"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page.name == "comparison.html" and "2 runs of 1 request" in page.read_text()


def test_the_page_is_shown_when_asked_for(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda uri: shown.append(uri) or True)
    assert run(["runs", "report", "--open"]) == 0
    assert shown == [(runs / "lenet5-20261123-062015-bb928bb7" / "report.html").as_uri()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], 'There is no run "nobody"'),
        (["lenet5"], '"lenet5" is the beginning of 2 runs'),
        (["--runs-dir", "nowhere"], "nowhere: train a program"),
        (["other", "-o", "no/folder/page.html"], "The report cannot be written"),
    ],
)
def test_what_cannot_be_reported_is_told_in_a_sentence(
    runs: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(["runs", "report", *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told and told.count("\n") == 1


def test_a_record_that_cannot_be_read_is_told_in_a_sentence(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (runs / "other-20261121-000000-00000000" / "result.json").write_text("{")
    assert run(["runs", "report", "runs/other-20261121-000000-00000000"]) == 2
    assert "is not a run's record" in capsys.readouterr().err
