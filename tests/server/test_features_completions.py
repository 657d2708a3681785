"""Completion: what is proposed where, and that no proposal does harm."""

from __future__ import annotations

import re

import pytest
from cursor import at_cursor
from hypothesis import example, given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import Analysis, Edit, analyse, applied
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.types import Problem
from cnngen.language.words.usual import USUAL_VALUES
from cnngen.server.features.completions import completions, opens, outcome
from cnngen.server.features.errors import errors
from cnngen.server.features.proposals import Proposal


def labels(text: str) -> list[str]:
    return [proposal.label for proposal in completions(*at_cursor(text))]


def written(text: str) -> list[str]:
    return [proposal.text for proposal in completions(*at_cursor(text))]


def assert_harmless(analysis: Analysis, proposal: Proposal) -> None:
    before = errors(analyse(applied(analysis.text, [Edit(proposal.span, "")])))
    after = errors(analysis.edited([Edit(proposal.span, proposal.text)]))
    assert after <= before, (applied(analysis.text, [Edit(proposal.span, f"«{proposal.text}»")]), after - before)


CONVOLUTIONS = ["conv", "convbn", "bnconv", "sepconv", "upconv"]
MERGES = ["residual", "projection", "concat", "add", "two bodies"]


def test_options_of_a_training_are_proposed_with_the_choice_that_they_go_with() -> None:
    head, tail = "training(optimizer=sgd, early_stopping=true, ", "|) input conv flatten dense output"
    found = {label.rstrip("=") for label in labels(head + tail)}
    assert {"momentum", "nesterov", "patience", "schedule", "random_flip"} <= found
    assert not {"beta_1", "warmup_epochs", "fill_mode"} & found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|", ["input", "network", "training", "defaults"]),
        ("|input conv output", ["training", "defaults"]),
        ("training | input conv output", ["defaults"]),
        ("input |", [*CONVOLUTIONS, *MERGES]),
        ("input conv flatten |", ["dense", "dropout"]),
        ("input conv flatten dense |", ["output", "dense", "dropout"]),
        ("input conv [ (conv |, Empty) ] output", [*CONVOLUTIONS, *MERGES, "dropout", "max_pooling", "avg_pooling"]),
        ("input conv [ (conv, |) ] output", ["Empty", *CONVOLUTIONS]),
        ("input conv [ (conv, conv |) ] output", CONVOLUTIONS),
        ("input conv [ (conv, Empty |) ] output", []),
        ("input conv output |", []),
        ("input conv // |", []),
        ('input(dataset="|") conv', []),
    ],
)
def test_words_are_proposed_where_the_grammar_has_them(text: str, expected: list[str]) -> None:
    assert sorted(labels(text)) == sorted(expected)


def test_every_word_is_proposed_somewhere() -> None:
    places = ("|", "input conv |", "input conv flatten |", "input conv flatten dense |", "input conv [ (conv, |")
    assert set(WORDS) <= {label for place in places for label in labels(place)}


def test_the_most_likely_stands_first() -> None:
    assert labels("|")[0] == "input"
    assert labels("input |")[0] == "conv"
    assert labels("input conv flatten dense |")[0] == "output"
    assert labels("input conv [ (conv, |")[0] == "Empty"
    assert labels("input conv(padding=|)")[0] == "same"


def test_a_skip_beside_other_channels_is_not_proposed() -> None:
    found = labels("input conv [ (conv(filters=3), |) ] output")
    assert "conv" in found
    assert "Empty" not in found


def test_a_word_that_no_shape_fits_is_not_proposed() -> None:
    assert "max_pooling" in labels("input conv | conv(kernel_size=5) output")
    assert "max_pooling" not in labels("input conv | conv(kernel_size=5, padding=valid) output")


def test_a_convolution_before_a_fixed_skip_is_as_wide_as_what_stands_before_it() -> None:
    text = "input conv(filters=6) | [ (conv(filters=6), Empty) ] output"
    assert "conv(filters=6)" in written(text)
    assert "conv" not in written(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input conv | output", "flatten dense"),
        ("input conv | dense output", "flatten"),
        ("input conv |", "flatten"),
        ("input |conv output", "[ (conv conv, Empty) ] "),
        ("input conv [|] output", "(conv, Empty)"),
        ("input conv [ (conv, Empty) | ] output", "(conv, conv)"),
        ("input conv(|", "filters=32"),
        ("input conv max_pooling conv(fil|)", "filters=64"),
        ("input conv(|filters=3) output", "kernel_size=3, "),
        ("input conv(fil|=3) output", "filters"),
        ("input convbn(activate=norm, |) output", "activation=relu"),
        ("defaults(activation=tanh) input conv(|) output", "activation=tanh"),
        ("input(|) conv output", "dataset=digits"),
        ("input(dataset=cifar10, |) conv output", "shape=(32, 32, 3)"),
        ("input(dataset=|", "cifar10"),
        ("input conv flatten dense(use_bias=|) output", "false"),
        ("input conv add(activation=t|) [ (conv, Empty) ] output", "tanh"),
        ("input conv max_pooling flatten dense output(|)", "classes=10"),
    ],
)
def test_a_proposal_is_written_so_that_it_fits(text: str, expected: str) -> None:
    assert expected in written(text)


def test_a_hyper_parameter_is_proposed_once_and_only_to_its_word() -> None:
    assert labels("input conv(filters=3, |) output") == [
        "kernel_size=", "strides=", "padding=", "activation=", "use_bias=", "kernel_initializer=",
    ]  # fmt: skip
    assert labels("input conv flatten(|) dense output") == []


def test_beside_empty_only_the_filters_of_the_fork_are_proposed() -> None:
    assert labels("input conv(filters=7) [ (conv(filters=|), Empty) ] output") == ["7"]


def test_the_whole_word_is_replaced_and_its_arguments_stay() -> None:
    analysis, offset = at_cursor("input co|nv(filters=3) output")
    found = completions(analysis, offset)
    assert {proposal.span for proposal in found} == {(6, 10)}
    assert [proposal.label for proposal in found] == ["conv", "convbn", "bnconv", "sepconv", "upconv"]


def test_blanks_are_what_is_likely_to_be_changed() -> None:
    (residual,) = [p for p in completions(*at_cursor("input conv |")) if p.label == "residual"]
    assert residual.text == "[ (conv conv, Empty) ]"
    assert [residual.text[slice(*blank)] for blank in residual.blanks] == ["conv conv"]


def test_the_shape_of_a_proposal_is_that_of_its_layer() -> None:
    analysis, offset = at_cursor("input(dataset=cifar10) conv | output")
    shapes = {proposal.label: outcome(analysis, proposal) for proposal in completions(analysis, offset)}
    assert shapes["conv"] == "32×32×32"
    assert shapes["max_pooling"] == "16×16×32"
    assert shapes["concat"] == "32×32×64"
    assert shapes["flatten"] == "32768"
    analysis, offset = at_cursor("input(dataset=cifar10) conv conv(strides=|) output")
    assert [outcome(analysis, proposal) for proposal in completions(analysis, offset)] == ["32×32×32", "16×16×32"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("conv(a=1, |", True), ("[ |", True), ("[ (conv, |", True), ("input |", False), ("conv |", False), (" |", False)],
)
def test_a_space_opens_the_list_only_where_something_must_follow(text: str, wanted: bool) -> None:
    assert opens(*at_cursor(text)) is wanted


@pytest.mark.parametrize(("arguments", "proposed"), [("activation=", 10), ("filters=8, ", 5)])
def test_what_looks_alike_and_keeps_shapes_is_tried_once_where_a_bracket_is_open(
    arguments: str, proposed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis, offset = at_cursor(f"input conv({arguments}|\n" + "conv\n" * 9 + "output")
    tried = []
    edited = Analysis.edited

    def counting(self: Analysis, edits: list[Edit]) -> Analysis:
        tried.append(edits)
        return edited(self, edits)

    monkeypatch.setattr(Analysis, "edited", counting)
    assert len(completions(analysis, offset)) > proposed
    assert len(tried) <= 2


def test_the_usual_values_are_values() -> None:
    for word in WORDS.values():
        for parameter in word.hyperparameters:
            usual = USUAL_VALUES.get(parameter.name, ())
            assert bool(usual) != bool(parameter.type.choices), parameter.name
            argument = (
                [analyse(f"{word.name}({parameter.name}={value})").tree.items[0] for value in usual]
                if word.category != "join"
                else []
            )
            for layer in argument:
                assert not isinstance(parameter.type.read(layer.arguments[0].value), Problem)  # type: ignore[union-attr]


@st.composite
def cursors(draw: st.DrawFn) -> tuple[str, int]:
    """A program with a cursor anywhere, perhaps behind a word that is only half typed, perhaps with nothing behind it."""
    text = draw(programs(arguments=True))
    offset = draw(st.integers(0, len(text)))
    if draw(st.booleans()):
        word = re.compile(r"\w*").match(text, offset)
        offset = offset if word is None else word.end()
    behind = text[offset:]
    cut = draw(st.sampled_from(["", "argument", "rest"]))
    if cut == "argument":
        behind = behind[min([behind.find(mark) for mark in ",)" if mark in behind], default=0) :]
    elif cut == "rest":
        behind = draw(st.sampled_from(["", ")", "]", ") ]", ", Empty) ]"]))
    typed = draw(
        st.sampled_from(["", "", "c", " co", " m", "(", "(f", "(filters=", ", ", ", pa", "[", " [ (", " [ (conv, "])
    )
    before = text[:offset] + typed
    return before + behind, len(before)


@settings(max_examples=25)
@example(("input(shape=(12, 12, 2)) conv conv(kernel_size=12, padding=valid) output", 29))
@example(("input conv conv(filters=) [ (conv(filters=32), Empty) ] output", 24))
@example(
    (
        "input convbn(kernel_size=(1, 1), filters=1) add [ ( concat(activation=tanh) [ ( conv  avg_pooling, Empty) ] "
        "conv  add [ (avg_pooling conv(padding=same)  avg_pooling, Empty) ] , Empty[",
        183,
    )
)
@given(cursors())
def test_no_proposal_adds_an_error(place: tuple[str, int]) -> None:
    text, offset = place
    analysis = analyse(text)
    for proposal in completions(analysis, offset):
        assert_harmless(analysis, proposal)


@example("[ */", 4)
@given(texts(), st.integers(0, 300))
def test_any_place_of_any_text_has_an_answer(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    analysis = analyse(text)
    for proposal in completions(analysis, offset):
        assert 0 <= proposal.span.start <= offset <= proposal.span.end <= len(text)
        assert_harmless(analysis, proposal)
        outcome(analysis, proposal)
