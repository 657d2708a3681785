"""The reference tells the truth: every word and hyper-parameter is described, its examples run, its pages are current."""

from pathlib import Path

import pytest

from cnngen.language import Code, analyse, pages, reference
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Scalar
from cnngen.language.words.catalogue import LAYERS, WORDS, Word
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.synonyms import HYPERPARAMETER_SYNONYMS, SYNONYMS
from cnngen.language.words.types import Problem

DOCS = Path(__file__).parents[2] / "docs" / "reference"
PARAMETERS = [(word, parameter) for word in WORDS.values() for parameter in word.hyperparameters]
each_word = pytest.mark.parametrize("word", WORDS.values(), ids=lambda word: word.name)
each_parameter = pytest.mark.parametrize(
    ("word", "parameter"), PARAMETERS, ids=[f"{word.name}.{parameter.name}" for word, parameter in PARAMETERS]
)


@pytest.mark.parametrize(
    ("file", "text"), [("words.md", reference.words_page()), ("diagnostics.md", reference.diagnostics_page())]
)
def test_the_pages_in_docs_are_current(file: str, text: str) -> None:
    assert (DOCS / file).read_text() == text, "run scripts/write-reference"


@each_word
def test_the_example_of_each_word_shows_it_and_is_sound(word: Word) -> None:
    found = analyse(word.example)
    assert found.diagnostics == ()
    assert found.trainable
    assert word.name in word.example.replace("(", " ").replace(",", " ").replace(")", " ").split()
    assert set(word.kinds) <= {node.kind for node in found.network.nodes}


@each_parameter
def test_each_hyper_parameter_has_a_meaning_a_range_a_default_and_a_source(
    word: Word, parameter: HyperParameter
) -> None:
    for text in (parameter.doc, parameter.type.expected, parameter.source):
        assert text
        assert not text.endswith(".")
    assert (parameter.default is not None) or parameter.rule


@each_parameter
def test_each_default_is_a_value_that_the_hyper_parameter_takes(word: Word, parameter: HyperParameter) -> None:
    if parameter.default is None or isinstance(parameter.default, tuple):
        return
    written = reference.explain(f"{word.name}.{parameter.name}").partition("left out: ")[2].split(" ")[0].rstrip(";")
    read = parameter.type.read(Scalar(written, Span(0, 0)))
    assert not isinstance(read, Problem)
    assert read == parameter.default


def test_a_word_without_arguments_gets_what_the_reference_says() -> None:
    """The default, or the first value of the rule, is what the resolver gives a word outside of merges."""
    for name in LAYERS:
        head = "" if WORDS[name].category in ("bridge", "dense") else name
        bridge = name if WORDS[name].category == "bridge" else "flatten"
        nodes = analyse(f"input(dataset=cifar10) conv {head} {bridge} dense dense output").network.nodes
        found = next(node for node in reversed(nodes[:-1]) if node.kind in WORDS[name].kinds)
        for parameter in WORDS[name].hyperparameters:
            told = parameter.rule or str(parameter.default)
            if parameter.name not in found.args or told.startswith("as large as"):
                continue
            value = found.args[parameter.name]
            if name in ("convbn", "bnconv") and parameter.name == "activation":
                value = next(node.args["activation"] for node in reversed(nodes) if node.kind == "conv")
            shown = str(value[0] if isinstance(value, tuple) else value)
            assert told.replace(",", ";").split(";")[0] == shown, (name, parameter.name)


def test_a_pooling_steps_by_its_window_as_the_reference_says() -> None:
    assert WORDS["max_pooling"].hyperparameter("strides").rule.startswith("as large as the window")
    assert analyse("input conv max_pooling(pool_size=3) flatten dense output").network.nodes[2].args["strides"] == (
        3,
        3,
    )


def test_every_synonym_means_something_that_there_is() -> None:
    assert set(SYNONYMS.values()) <= set(WORDS)
    known = {parameter.name for _, parameter in PARAMETERS}
    assert {name for meant in HYPERPARAMETER_SYNONYMS.values() for name in meant} <= known


def test_explain_knows_every_word_hyper_parameter_and_code() -> None:
    for word, parameter in PARAMETERS:
        assert f"`{parameter.name}`" in reference.explain(word.name)
        assert reference.explain(f"{word.name}.{parameter.name}").startswith(f"# {word.name}.{parameter.name}\n")
    for code in Code:
        assert reference.explain(code.lower()) == pages.page(code)


def test_a_hyper_parameter_alone_is_explained_for_all_words_that_have_it() -> None:
    assert reference.explain("rate").startswith("# dropout.rate\n")
    assert "# conv.filters, convbn.filters, bnconv.filters, upconv.filters, sepconv.filters\n" in reference.explain(
        "filters"
    )


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("cnov", "conv"),
        ("Conv2D", "conv"),
        ("filtres", "filters"),
        ("conv.filtres", "conv.filters"),
        ("cnov.filters", "conv.filters"),
        ("conv.nonsense", "conv"),
        ("CNN3O1", "CNN301"),
        ("nonsense", None),
        ("x.y", None),
        ("", None),
        (".", None),
        ("x" * 100_000, None),
    ],
)
def test_what_is_unknown_has_no_entry_but_perhaps_a_name_like_it(asked: str, meant: str | None) -> None:
    assert reference.explain(asked) is None
    assert reference.closest(asked) == meant
