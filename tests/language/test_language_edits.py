"""Formatting in an editor: the edits give what `format_text` gives, and leave alone what they need not touch."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import Edit, Span, analyse, format_text
from cnngen.language.formatting.edits import formatting_edits
from cnngen.language.formatting.formatter import lay_out

GAPS = (" ", " ", "\n", "\n\n\n", "\r\n", "\t", " // a\n", "\n// b\n\n", " /* c */ ", "\n/* d\n   e */\n")


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits applied, as the protocol has it: none overlaps another."""
    last = len(text)
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        assert edit.span.end <= last
        last = edit.span.start
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@st.composite
def spaced(draw: st.DrawFn) -> str:
    """A program with white space and comments between its words."""
    words = draw(programs(arguments=True)).split(" ")
    gaps = draw(st.lists(st.sampled_from(GAPS), min_size=len(words), max_size=len(words)))
    return "".join(word + gap for word, gap in zip(words, gaps, strict=True))


@settings(max_examples=40)
@given(spaced() | texts())
def test_the_edits_of_a_document_give_what_the_formatter_gives(text: str) -> None:
    edits = formatting_edits(analyse(text))
    assert applied(text, edits) == format_text(text).text
    assert all(text[edit.span.start : edit.span.end] != edit.text for edit in edits)


@settings(max_examples=40)
@given(spaced())
def test_formatting_twice_changes_nothing(text: str) -> None:
    once = applied(text, formatting_edits(analyse(text)))
    assert formatting_edits(analyse(once)) == []


@settings(max_examples=40)
@given(spaced())
def test_a_range_that_holds_everything_is_the_document(text: str) -> None:
    analysis = analyse(text)
    assert formatting_edits(analysis, Span(0, len(text))) == formatting_edits(analysis)


@settings(max_examples=40)
@given(spaced(), st.data())
def test_outside_of_the_features_that_a_range_touches_nothing_changes(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    analysis = analyse(text)
    edits = formatting_edits(analysis, Span(start, end))
    touched = [block for block in lay_out(analysis).blocks if block.span.start <= end and start <= block.span.end]
    for edit in edits:
        assert any(block.begin <= edit.span.start and edit.span.end <= block.end for block in touched)
    once = applied(text, edits)
    # The first line end decides for all, and it may have been in what was laid out.
    assert format_text(once).text.splitlines() == format_text(text).text.splitlines()
    assert analyse(once).network.hash == analysis.network.hash


@settings(max_examples=40)
@given(spaced())
def test_formatting_feature_by_feature_is_formatting_the_document(text: str) -> None:
    analysis = analyse(text)
    edits = [edit for block in lay_out(analysis).blocks for edit in formatting_edits(analysis, block.span)]
    assert edits == formatting_edits(analysis)


def test_only_the_lines_that_differ_change() -> None:
    text = dedent(
        """\
        input
        conv   // a
        [
          (
            conv(filters=64, kernel_size=3, strides=1, activation=relu)
            conv(filters=64, kernel_size = 3, strides=1),
            Empty
          )
        ]


        output
        """
    )
    edits = formatting_edits(analyse(text))
    assert [(text[edit.span.start : edit.span.end], edit.text) for edit in edits] == [
        ("conv   // a", "conv  // a"),
        (
            "    conv(filters=64, kernel_size = 3, strides=1),\n",
            "    conv(filters=64, kernel_size=3, strides=1)\n  ,\n",
        ),
        ("\n", ""),
    ]


def test_a_range_leaves_its_neighbours_on_the_same_line_alone() -> None:
    text = "input   conv( )   max_pooling  conv  output"
    place = text.index("max")
    assert applied(text, formatting_edits(analyse(text), Span(place, place))) == (
        "input\nconv max_pooling  conv  output"  # a pooling is part of the feature before it
    )


@pytest.mark.parametrize("text", ["", "input [ (conv, Empty) output", "input conv(3)   output", "/*"])
def test_a_text_with_syntax_errors_has_no_edits(text: str) -> None:
    assert formatting_edits(analyse(text)) == []


def test_lines_too_many_to_compare_change_at_once() -> None:
    nest = "input " + "[ (\n" * 1000 + "conv\n" + ", Empty)\n ]" * 1000 + " output"
    edits = formatting_edits(analyse(nest))
    assert applied(nest, edits) == format_text(nest).text
    assert len(edits) < 5


@pytest.mark.parametrize("sample", sorted((Path(__file__).parents[2] / "samples").glob("*.cnn")), ids=lambda p: p.stem)
def test_what_is_laid_out_has_no_edits(sample: Path) -> None:
    assert formatting_edits(analyse(sample.read_text())) == []
