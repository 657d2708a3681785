"""`cnngen explain`: what a word, a hyper-parameter or a code means, in the terminal."""

import pytest

from cnngen.cli.main import run
from cnngen.language import Code
from cnngen.language.words.catalogue import WORDS


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "72")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["explain", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", [*WORDS, *Code, "conv.filters", "activation"])
def test_an_entry_is_plain_text_when_it_goes_to_no_terminal(capsys: pytest.CaptureFixture[str], name: str) -> None:
    text = said(capsys, name)
    assert "\x1b" not in text
    assert "`" not in text
    assert "\n\n\n" not in text
    prose = [line for line in text.splitlines() if not line.startswith("    ")]
    assert max(map(len, prose)) <= 72 or name == "activation"


def test_a_word_tells_its_meaning_an_example_and_its_hyper_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "dropout")
    assert text.startswith("dropout\n\nSets a share of the values to zero, in training only.\n")
    assert "    input conv flatten dropout(rate=0.3) dense output\n" in text
    assert "- rate: share of the values set to zero\n  - takes a number from 0 to 1\n" in text


def test_a_code_shows_its_page_with_the_carets_under_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "cnn102")
    assert text.startswith("CNN102: not a word of the language\n")
    assert "      input cnov max_pooling flatten dense output\n    //      ^^^^\n    // error: 'cnov' is" in text


def test_without_a_name_all_words_and_codes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys)
    for name in (*WORDS, *Code):
        assert f"- {name}: " in text


def test_on_a_terminal_headings_and_names_have_a_look(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert said(capsys, "conv").startswith("\x1b[1mconv\x1b[0m\n")


@pytest.mark.parametrize(("name", "meant"), [("cnov", "conv"), ("conv.filtres", "conv.filters"), ("CNN3O1", "CNN301")])
def test_an_unknown_name_is_refused_with_the_one_that_may_be_meant(
    capsys: pytest.CaptureFixture[str], name: str, meant: str
) -> None:
    assert run(["explain", name]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"cnngen: '{name}' is no word, hyper-parameter or code of the language: ")
    assert f"did you mean {meant}? " in output.err
    assert output.err.count("\n") == 1


def test_an_unknown_name_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "\x1b[31m"]) == 2
    assert "\x1b" not in capsys.readouterr().err
