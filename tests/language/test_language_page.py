"""The language page tells the truth: its programs are sound, its tables complete."""

import re
from pathlib import Path

import pytest

from cnngen.language import Code, analyse
from cnngen.language.catalogue import WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text()
SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.cnn"))


@pytest.mark.parametrize("program", re.findall(r"```cnn\n(.*?)```", PAGE, re.DOTALL))
def test_each_program_of_the_page_is_sound(program: str) -> None:
    assert analyse(program).diagnostics == ()


def test_the_page_names_every_word_and_hyper_parameter() -> None:
    for word in WORDS.values():
        assert f"`{word.name}`" in PAGE, word.name
        for parameter in word.hyperparameters:
            assert f"`{parameter.name}`" in PAGE or f"`{parameter.name}=" in PAGE, parameter.name


def test_the_page_explains_every_code() -> None:
    ranges = {"CNN202", "CNN203", "CNN204"}
    for code in Code:
        assert code in PAGE or code in ranges, code


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_is_a_classifier_without_any_diagnostic(sample: Path) -> None:
    found = analyse(sample.read_text(), name=sample.stem)
    assert found.diagnostics == ()
    assert found.trainable
