"""The language page tells the truth: its programs are sound, its tables complete."""

import re
from pathlib import Path

import pytest

from cnngen.language import analyse
from cnngen.language.words.catalogue import WORDS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "language.md").read_text()
SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.cnn"))


@pytest.mark.parametrize("program", re.findall(r"```cnn\n(.*?)```", PAGE, re.DOTALL))
def test_each_program_of_the_page_is_sound(program: str) -> None:
    assert analyse(program).diagnostics == ()


def test_the_grammar_of_the_page_names_every_word() -> None:
    assert set(WORDS) <= set(re.findall(r"\w+", PAGE.partition("## Arguments")[0]))


def test_the_links_of_the_page_and_of_the_reference_lead_somewhere() -> None:
    for page in (DOCS / "language.md", *(DOCS / "reference").glob("*.md")):
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        assert links or page.name == "words.md"
        for link in links:
            assert (page.parent / link).is_file(), (page, link)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_is_a_classifier_without_any_diagnostic(sample: Path) -> None:
    found = analyse(sample.read_text(), name=sample.stem)
    assert found.diagnostics == ()
    assert found.trainable
