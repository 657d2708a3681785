"""Inlay hints: what a program with its hints looks like. Values are shown in ‹›, shapes behind their arrow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import Analyser, Span, analyse
from cnngen.server.features.inlay_hints import inlay_hints


def hinted(text: str, place: Span | None = None, *, values: bool = True, shapes: bool = True) -> str:
    """The text with its hints in their places."""
    found = inlay_hints(analyse(text), place or Span(0, len(text)), values=values, shapes=shapes)
    for hint in reversed(found):
        label = f" {hint.label}" if hint.kind == "shape" else f"‹{hint.label}›"
        text = text[: hint.offset] + label + text[hint.offset :]
    return text


def test_what_is_inferred_stands_behind_the_word_and_the_shape_behind_its_feature() -> None:
    assert hinted("input\nconv max_pooling\nconv\nflatten\ndense\ndense\noutput") == (
        "input‹(dataset=digits)› → 8×8×1\n"
        "conv‹(filters=32)› max_pooling → 4×4×32\n"
        "conv‹(filters=64)› → 4×4×64\n"
        "flatten → 1024\n"
        "dense‹(units=128)›\n"
        "dense‹(units=10)›\n"
        "output"
    )


def test_values_join_the_arguments_that_are_written() -> None:
    text = "input(shape=(9, 9, 1)) conv(padding=valid) conv() conv(strides=2,) flatten dense output"
    assert hinted(text, shapes=False) == (
        "input(shape=(9, 9, 1)) conv(padding=valid‹, filters=32›) conv(‹filters=32›) conv(strides=2‹, filters=32›,) "
        "flatten dense‹(units=10)› output"
    )


def test_a_value_that_was_solved_is_shown_and_a_usual_one_is_not() -> None:
    text = "input conv(filters=4) [ (conv(strides=2) conv, conv) ] flatten dense output"
    assert hinted(text, shapes=False).partition("[ ")[2].partition(" ]")[0] == (
        "(conv(strides=2‹, filters=32›) conv‹(filters=64)›, conv‹(filters=64, kernel_size=1, strides=2)›)"
    )


def test_a_value_from_defaults_is_shown_where_it_is_not_the_usual_one() -> None:
    text = "defaults(kernel_size=5, activation=elu) input conv(filters=4) max_pooling flatten dense output"
    assert "conv(filters=4‹, kernel_size=5›) max_pooling flatten" in hinted(text, shapes=False)


def test_a_lane_shows_its_shape_at_its_end_where_it_changes_it() -> None:
    text = "input(dataset=cifar10) conv(filters=4) [ (conv conv, Empty) ] concat [ (conv(filters=2), conv(filters=3)) ]"
    assert hinted(text, values=False) == (
        "input(dataset=cifar10) → 32×32×3 conv(filters=4) → 32×32×4 [ (conv conv, Empty) ] "
        "concat [ (conv(filters=2) → 32×32×2, conv(filters=3) → 32×32×3) ] → 32×32×5"
    )


def test_a_feature_of_several_lines_shows_a_shape_at_each() -> None:
    text = "input conv dropout\nmax_pooling flatten dropout dense output"
    assert hinted(text, values=False) == (
        "input → 8×8×1 conv dropout → 8×8×32\nmax_pooling → 4×4×32 flatten → 512 dropout dense output"
    )


def test_a_hint_tells_why() -> None:
    found = inlay_hints(analyse("input conv max_pooling flatten dense output"), Span(6, 16))
    assert [hint.reason for hint in found] == [
        "filters=32: 32, for nothing before reduces the image",
        "4×4×32 flows on from here: 2.0 KiB for one image.",
    ]


def test_only_the_part_that_is_asked_for_has_hints() -> None:
    text = "input conv conv(filters=2) [ (conv(filters=3), conv) ] flatten dense output"
    start = text.index("conv(filters=2)")
    assert hinted(text, Span(start, start + 4)) == (
        "input conv conv(filters=2) → 8×8×2 [ (conv(filters=3), conv) ] flatten dense output"
    )


def test_each_kind_can_be_left_out() -> None:
    text = "input conv flatten dense output"
    assert hinted(text, values=False, shapes=False) == text
    assert "‹" not in hinted(text, values=False)
    assert "→" not in hinted(text, shapes=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A misspelt word has none of its own; what follows reads the shape that is probably meant.
        ("cnov max_pooling", "cnov max_pooling → 4×4×32"),
        ("conv(filters=many) conv", "conv(filters=many) conv‹(filters=32)›"),
        # Behind lanes that do not meet all is a guess.
        ("[ (conv(filters=3), conv(filters=4)) ] conv", "[ (conv(filters=3) → 8×8×3, conv(filters=4) → 8×8×4) ] conv"),
        ("[ (conv, conv ) conv max_pooling", "[ (conv, conv ) conv max_pooling"),
        ("conv(kernel_size=99, padding=valid) conv", "conv(kernel_size=99, padding=valid) conv"),
        ("conv(filters=8", "conv(filters=8"),
    ],
)
def test_what_is_faulty_has_no_hints_nor_has_what_follows_from_it(text: str, expected: str) -> None:
    head, end = "input(shape=(8, 8, 1)) ", " flatten"
    assert hinted(head + text + end, values=True).removeprefix(head).partition(" flatten")[0] == expected


@settings(max_examples=150)
@given(programs(arguments=True) | texts(), st.data())
def test_the_hints_of_any_part_of_any_text_are_those_of_the_whole_that_lie_there(
    text: str, data: st.DataObject
) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    analysis = analyse(text)
    whole = inlay_hints(analysis, Span(0, len(text)))
    part = inlay_hints(analysis, Span(start, end))
    assert all(0 <= hint.offset <= len(text) and hint.label for hint in whole)
    assert [hint.offset for hint in whole] == sorted(hint.offset for hint in whole)
    assert set(part) <= set(whole)
    assert {hint for hint in whole if start <= hint.offset <= end} <= set(part)


@settings(max_examples=40)
@given(programs(), st.data())
def test_hints_after_edits_are_those_of_the_text(text: str, data: st.DataObject) -> None:
    """What is known of a feature from before holds wherever it stands, and what an error makes doubtful is not used."""
    analyser = Analyser()
    pieces = st.sampled_from(["\n", " conv", "(", ")", "[ (conv, Empty) ]", "conv(kernel_size=99, padding=valid)", ","])
    for _ in range(4):
        whole = Span(0, len(text))
        assert inlay_hints(analyser.analyse(text), whole) == inlay_hints(analyse(text), whole)
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 3)))
        text = text[:start] + data.draw(pieces) + text[end:]
