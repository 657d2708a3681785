"""`doctor`: what there is, and what will be measured or modelled."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cnngen.codegen import find_dot
from cnngen.runtime import doctor, findings


@pytest.mark.slow
def test_the_doctor_finds_what_is_installed() -> None:
    found = doctor()
    assert found["problem"] is None
    assert found["interpreter"] == sys.executable
    assert found["keras"].startswith("3.")
    assert found["tensorflow"].startswith("2.")
    assert isinstance(found["gpu"], list)
    assert set(found["rapl"]) == {"present", "readable", "advice"}
    assert "digits" in found["datasets"]
    assert set(found["measures"]) == {"cpu", "gpu", "ram"}
    assert found["measures"]["cpu"].partition(":")[0] in ("measured", "modelled", "constant", "absent")
    assert found["dot"] == (str(find_dot()) if find_dot() else None)


def test_an_interpreter_that_is_none_is_a_finding(tmp_path: Path) -> None:
    found = doctor(str(tmp_path / "nothing"))
    assert "cannot be started" in found["problem"]
    assert found["keras"] is None
    assert found["measures"] == {}
    told = dict(findings(found))
    assert told["TensorFlow"] is None
    assert told["ONNX"] == 'not installed (pip install "cnngen[onnx]")'


def test_it_says_which_graphviz_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> str | None:
        return dict(findings(doctor(str(tmp_path / "nothing"))))["Graphviz, for diagrams"]

    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert told() is None
    for name, said in (("graphviz-pure", "the wheel"), ("dot", "the system's; the wheel is there")):
        (tmp_path / name).touch(mode=0o755)
        assert f"{name} ({said}" in (told() or "")
