"""Signature help: which word's arguments a cursor stands in, and which of them."""

from __future__ import annotations

import pytest
from cursor import at_cursor
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import analyse
from cnngen.server.features.signature import signature


def active(text: str) -> str | None:
    """The word and the hyper-parameter that is active at the cursor."""
    found = signature(*at_cursor(text))
    if found is None:
        return None
    word = found.label.partition("(")[0]
    if found.active is None:
        return word
    return f"{word}.{found.label[slice(*found.parameters[found.active].label)]}"


def test_the_label_has_every_hyper_parameter_with_its_default() -> None:
    found = signature(*at_cursor("input max_pooling(|"))
    assert found is not None
    assert found.label == "max_pooling(pool_size=2, strides, padding)"
    assert [found.label[slice(*one.label)] for one in found.parameters] == ["pool_size=2", "strides", "padding"]
    assert found.parameters[0].text.startswith("**pool_size** of max_pooling – Window of the pooling, in pixels.")
    assert found.text == "The maximum of each window."


def test_options_of_a_training_are_shown_with_the_choice_that_they_go_with() -> None:
    found = signature(*at_cursor("training(optimizer=sgd, schedule=cosine_decay, rho=1, |) input conv dense output"))
    assert found is not None
    names = {found.label[slice(*one.label)].partition("=")[0] for one in found.parameters}
    assert {"momentum", "warmup_epochs", "rho"} <= names  # what is written stays
    assert not {"beta_1", "boundaries", "patience"} & names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input conv(|", "conv.filters"),
        ("input conv(| flatten dense output", "conv.filters"),
        ("input conv(filters=8, | flatten dense output", "conv.kernel_size=3"),
        ("input [ (conv(filters=8, | conv, Empty) ]", "conv.kernel_size=3"),
        ("input [ (conv(|, Empty) ] output", "conv.filters"),
        ("input conv(filters=8|) output", "conv.filters"),
        ("input conv(kernel_size=3, |)", "conv.strides"),
        ("input conv(|, kernel_size=3)", "conv.filters"),
        ("input conv(kernel_size=3, strides=2, |filters=2)", "conv.filters"),
        ("input conv(kernel_size=(3, |3), filters=2)", "conv.kernel_size=3"),
        ("input conv(kernel_size=(3,|", "conv.kernel_size=3"),
        ("input conv(pad|)", "conv.padding"),
        ("input conv(kernel_size=3, filters=8, nonsense=|)", "conv.strides"),
        ("input cnov(|", "conv.filters"),
        ("input add(activation=|) [ (conv, Empty) ]", "add.activation=linear"),
        ("input flatten(|)", "flatten"),
        ("input conv(\r\n  filters=8,\r\n  |\r\n)", "conv.kernel_size=3"),
    ],
)
def test_the_active_hyper_parameter_is_that_of_the_name_else_of_the_place_among_the_commas(
    text: str, expected: str
) -> None:
    assert active(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "|",
        "input conv|(filters=8)",
        "input conv(filters=8)|",
        "input conv(filters=8) | dense",
        "input conv(filters=8 max_pooling |",
        "input [ |(conv, conv) ]",
        "input [ (conv, |conv) ]",
        "input [ conv(filters=3) (|",
        "(|",
        "input xyzzyxyzzy(|",
    ],
)
def test_outside_of_arguments_there_is_none(text: str) -> None:
    assert active(text) is None


@settings(max_examples=150)
@given(programs(arguments=True) | texts(), st.data())
def test_a_signature_at_any_place_of_any_text_has_its_active_parameter(text: str, data: st.DataObject) -> None:
    found = signature(analyse(text), data.draw(st.integers(0, len(text))))
    if found is not None and found.active is not None:
        start, end = found.parameters[found.active].label
        assert 0 < start < end < len(found.label)
