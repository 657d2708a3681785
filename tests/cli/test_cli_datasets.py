"""`cnngen datasets`: what can be named, under which licence, and where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnngen.cli.main import run
from cnngen.language import DATASETS


def test_every_data_set_has_a_line_with_its_licence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "mnist.npz").touch()
    assert run(["datasets"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(DATASETS)
    assert "licence" in head and "CC BY-SA 3.0" in lines[1] and str(tmp_path) in lines[1]
    assert "with scikit-learn" in lines[0] and "fetched when first trained on" in lines[3]


def test_a_program_gets_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["datasets", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"]: (tuple(row["shape"]), row["classes"]) for row in rows} == {
        name: (facts.shape, facts.classes) for name, facts in DATASETS.items()
    }
