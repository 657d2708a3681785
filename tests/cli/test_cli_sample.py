"""`cnngen sample` as a shell sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngen.cli.main import run


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err
    assert said.startswith("cnngen: ")
    assert said.count("\n") == 1
    return said


def test_it_writes_the_networks_and_says_what_it_took(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", "12", "--seed", "3", "-o", "nets", "--layers", ":20"]) == 0
    assert len(list((here / "nets").glob("*.cnn"))) == 12
    said = capsys.readouterr().out
    assert said.startswith("12 networks in nets (")
    assert "too large: layers" in said
    assert "; all analysed; " in said
    assert run(["check", *map(str, (here / "nets").glob("*.cnn"))]) == 0


def test_it_says_how_many_it_has_analysed_and_writes_the_same_when_that_is_all(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sample", "60", "-o", "some"]) == 0
    assert "; 30 analysed; " in capsys.readouterr().out
    assert run(["sample", "60", "-o", "all", "--verify", "--jobs", "2"]) == 0
    assert "; all analysed; " in capsys.readouterr().out
    some, everything = ({path.name: path.read_bytes() for path in (here / name).iterdir()} for name in ("some", "all"))
    assert some == everything
    assert len(some) == 62


def test_it_prints_the_configuration_that_it_would_use(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    (here / "own.toml").write_text('preset = "paper"\n[feature]\npooling = 0.5\n')
    assert run(["sample", "--print-config", "--config", "own.toml", "--macs", "1e6:2e6"]) == 0
    said = capsys.readouterr().out
    assert "pooling = 0.5  " in said
    assert "dropout = 0.2  " in said
    assert "macs = [1000000, 2000000]" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Say how many networks to draw, such as: cnngen sample 100 -o networks."),
        (["5", "--preset", "papers"], 'there is no preset "papers"'),
        (["5", "--layers", "ten"], '--layers takes a range such as 10e3:1e6, 100: or :1e6, not "ten".'),
        (["5", "--uniform", "size"], 'Networks can be uniform by layers, depth, parameters, macs, activation_bytes, not by "size".'),
        (["5", "--uniform", "layers"], "both ends of their range must be given: --layers 10:100."),
        (["5", "--config", "none.toml"], "none.toml cannot be read: No such file or directory."),
        (["5", "--config", "a.toml", "--preset", "paper"], 'a.toml may begin with preset = "paper".'),
        (["5", "--jobs", "2"], "--jobs spreads the analysis of all networks over processes; add --verify."),
        (["1", "--parameters", ":3"], "draws in a row gave nothing new after 0 of 1 networks"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sample", *arguments]) == 2
    assert said in sentence(capsys)


def test_a_folder_with_other_networks_is_left_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", "2", "-o", "nets"]) == 0
    assert run(["sample", "2", "-o", "nets"]) == 0
    capsys.readouterr()
    assert run(["sample", "3", "-o", "nets"]) == 2
    assert "holds networks that were drawn otherwise; give another folder with -o." in sentence(capsys)
