"""A selection grows from the word at the cursor to what holds it."""

from itertools import pairwise

import pytest
from cursor import at_cursor
from hypothesis import given
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import analyse
from cnngen.server.features.selection_ranges import DEEPEST, selection_ranges


def grown(text: str) -> list[str]:
    analysis, offset = at_cursor(text)
    return [analysis.text[slice(*span)] for span in selection_ranges(analysis, offset)]


def test_a_selection_grows_through_every_part_of_the_program() -> None:
    assert grown("input add [ (conv(kernel_size=(3, 1|1), filters=8) conv, Empty) ] output") == [
        "11",
        "(3, 11)",
        "kernel_size=(3, 11)",
        "kernel_size=(3, 11), filters=8",
        "conv(kernel_size=(3, 11), filters=8)",
        "conv(kernel_size=(3, 11), filters=8) conv",
        "(conv(kernel_size=(3, 11), filters=8) conv, Empty)",
        "add [ (conv(kernel_size=(3, 11), filters=8) conv, Empty) ]",
        "input add [ (conv(kernel_size=(3, 11), filters=8) conv, Empty) ] output",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input co|nv", ["conv", "input conv"]),
        ("input|(seed=3)", ["input", "input(seed=3)"]),
        ("input /* a| */", ["/* a */", "input /* a */"]),
        ("input [ (con|v", ["conv", "(conv", "[ (conv", "input [ (conv"]),
        ("input  |  conv", ["input    conv"]),
        ("|", [""]),
    ],
)
def test_each_step_holds_more(text: str, expected: list[str]) -> None:
    assert grown(text) == expected


def test_deep_nests_keep_the_steps_near_the_cursor_and_the_program() -> None:
    nest = "input " + "[ (" * 2000 + "conv" + ", Empty) ]" * 2000
    spans = selection_ranges(analyse(nest), nest.index("conv"))
    assert len(spans) == DEEPEST + 1
    assert spans[-1] == (0, len(nest))
    assert nest[slice(*spans[0])] == "conv"


@given(programs(arguments=True) | texts(), st.data())
def test_any_place_of_any_text_has_selections_each_within_the_next(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    spans = selection_ranges(analyse(text), offset)
    assert spans[-1] == (0, len(text))
    assert all(span.start <= offset <= span.end for span in spans)
    for inner, outer in pairwise(spans):
        assert outer.start <= inner.start <= inner.end <= outer.end
        assert inner != outer
