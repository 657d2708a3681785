"""What may stand at a place, also of a text that is not finished."""

from __future__ import annotations

import pytest
from cursor import at_cursor
from hypothesis import given
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import analyse
from cnngen.language.expected import Bodies, Names, Values, Words, expected_at
from cnngen.language.syntax.tree import Layer, Merge
from cnngen.language.words.catalogue import WORDS


def place(text: str) -> object:
    analysis, offset = at_cursor(text)
    found = expected_at(analysis, offset)
    return found and found.kind


def allowed(text: str) -> set[str]:
    words = place(text)
    assert isinstance(words, Words)
    return {word for word in ("[", *WORDS) if WORDS.get(word, WORDS["conv"]).category != "join" and words.allows(word)}


CONVOLUTIONS = {"conv", "convbn", "bnconv", "upconv", "sepconv"}
POOLINGS = {"avg_pooling", "max_pooling"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("|", {"training", "defaults", "input"}),
        ("in|", {"training", "defaults", "input"}),
        ("in|\nconv flatten dense output", {"training", "defaults", "input"}),
        ("// my first network\nin|\n[ (conv, ", {"training", "defaults", "input"}),
        ("training(epochs=3)\nin|\nconv(", {"training", "defaults", "input"}),
        ("input |", {*CONVOLUTIONS, "["}),
        ("input con|v flatten dense output", {*CONVOLUTIONS, "["}),
        ("input conv | output", {*CONVOLUTIONS, *POOLINGS, "[", "dropout"}),
        ("input conv flatten dense |", {"dense", "dropout", "output"}),
        ("input conv [ (|", {*CONVOLUTIONS, *POOLINGS, "["}),
        ("input conv [ (conv max_pooling |, Empty) ]", set()),
        ("input conv [ (conv, |", {*CONVOLUTIONS, "Empty"}),
        ("input conv [ (conv, [ (conv, |", {*CONVOLUTIONS, "Empty"}),
        ("input conv [ (conv, conv c|) ] output", CONVOLUTIONS),
    ],
)
def test_words_stand_where_nothing_gets_out_of_order(text: str, words: set[str]) -> None:
    assert allowed(text) == words


def test_several_words_may_be_right_where_the_first_alone_is_not() -> None:
    words = place("input conv | output")
    assert isinstance(words, Words)
    assert words.allows("flatten", "dense") and not words.allows("flatten")


@pytest.mark.parametrize(
    "text", ["input conv [|]", "input conv [ | ] output", "input [ (conv, Empty) | ]", "input [ |"]
)
def test_a_body_stands_in_the_brackets_of_a_merge(text: str) -> None:
    assert isinstance(place(text), Bodies)


@pytest.mark.parametrize(
    ("text", "free", "assigned"),
    [
        ("input dropout(|", ["rate"], False),
        ("input max_pooling(pool_size=2, |) conv", ["strides", "padding"], False),
        ("input max_pooling(|pool_size=2)", ["strides", "padding"], False),
        ("input max_pooling(pad|=same, strides=2)", ["pool_size", "padding"], True),
        ("input add(|) [ (conv, Empty) ]", ["activation"], False),
        ("input pooling(strides=3, |)", ["pool_size", "padding"], False),
        ("input flatten(|)", [], False),
    ],
)
def test_names_are_those_that_are_not_written(text: str, free: list[str], assigned: bool) -> None:
    names = place(text)
    assert isinstance(names, Names)
    assert [parameter.name for parameter in names.free] == free
    assert names.assigned is assigned


@pytest.mark.parametrize(
    "text", ["input conv(filters=|", "input conv(filters=3|)", "input conv(filters=|, strides=2) output"]
)
def test_a_value_belongs_to_its_name(text: str) -> None:
    values = place(text)
    assert isinstance(values, Values)
    assert (values.word.name, values.parameter.name) == ("conv", "filters")


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("input conv(filters=|32) output", "32"),
        ("input conv(activation=|relu, strides=2)", "relu"),
        ("input conv(activation= |relu)", ""),
        ("input conv(activation=|\nconv output", ""),
        ("input conv(activation=|conv output", ""),
    ],
)
def test_a_value_that_begins_at_the_place_is_replaced_and_the_word_of_a_layer_is_not(text: str, replaced: str) -> None:
    found = expected_at(*at_cursor(text))
    assert found is not None
    assert text.replace("|", "")[slice(*found.span)] == replaced


@pytest.mark.parametrize(
    "text",
    [
        "// |",
        "input /* | */ conv",
        'input(dataset="|")',
        "input(shape=(3, |))",
        "conv(colour=|)",
        "/|/",
        "foo(|)",
        "/|*",
    ],
)
def test_nothing_is_expected_where_nothing_can_be_proposed(text: str) -> None:
    assert place(text) is None


@given(programs(arguments=True))
def test_every_word_of_a_program_is_expected_at_its_place(text: str) -> None:
    analysis, _ = at_cursor(f"{text}|")
    for item in analysis.tree.walk():
        at = item.join.word if isinstance(item, Merge) and item.join else None
        at = item.word if isinstance(item, Layer) else at
        found = expected_at(analysis, at.span.end) if at else None
        if isinstance(item, Layer):
            assert found and isinstance(found.kind, Words)
            assert found.span == item.word.span and found.kind.allows(item.word.text)


@given(texts(), st.integers(0, 300))
def test_any_place_of_any_text_is_asked_without_a_fault(text: str, offset: int) -> None:
    found = expected_at(analyse(text), min(offset, len(text)))
    assert found is None or 0 <= found.span.start <= found.span.end <= len(text)
