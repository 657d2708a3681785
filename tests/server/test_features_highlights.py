"""What belongs to the bracket, comma or word at the cursor is highlighted."""

from itertools import pairwise

import pytest
from cursor import at_cursor
from hypothesis import given
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import analyse
from cnngen.server.features.highlights import highlights


def marked(text: str) -> str:
    """The text, its highlights «marked»."""
    analysis, offset = at_cursor(text)
    text = analysis.text
    for start, end in reversed(highlights(analysis, offset)):
        text = f"{text[:start]}«{text[start:end]}»{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a parenthesis of arguments: its partner
        ("conv(|filters=(3, 3))", "conv«(»filters=(3, 3)«)»"),
        ("conv(filters=|(3, 3))", "conv(filters=«(»3, 3«)»)"),
        # a parenthesis or the comma of a body: these three
        ("add [ |(conv(strides=2, filters=3), conv) (conv, Empty) ]",
         "add [ «(»conv(strides=2, filters=3)«,» conv«)» (conv, Empty) ]"),
        ("[ (conv|, Empty) ]", "[ «(»conv«,» Empty«)» ]"),
        # a bracket or the join of a merge: all its own parts
        ("[ ([ (conv, conv) ]|, Empty) ]", "[ «(»[ (conv, conv) ]«,» Empty«)» ]"),
        ("add(activation=relu) [| ([ (conv, conv) ], Empty) (conv, conv) ]",
         "«add»(activation=relu) «[» «(»[ (conv, conv) ]«,» Empty«)» «(»conv«,» conv«)» «]»"),
        ("con|cat [ (conv, conv) ]", "«concat» «[» «(»conv«,» conv«)» «]»"),
        # Empty: its body, and the brackets of the merge that it skips
        ("add [ (conv, conv) (conv, Em|pty) ]", "«add» «[» (conv, conv) «(»conv«,» «Empty»«)» «]»"),
        # nothing
        ("[ (co|nv, Empty) ]", "[ (conv, Empty) ]"),
        ("conv(filters=3|, strides=1)", "conv(filters=3, strides=1)"),
        ("[ (conv, Empty) ] // (|", "[ (conv, Empty) ] // ("),
        ("|", ""),
        # faulty texts: what is there
        ("[| (conv, Empty)", "«[» «(»conv«,» Empty«)»"),
        ("conv ]|", "conv ]"),
    ],
)  # fmt: skip
def test_partners_are_highlighted(text: str, expected: str) -> None:
    assert marked(text) == expected


@given(programs(arguments=True) | texts(), st.data())
def test_highlights_lie_in_any_text_apart_and_one_is_at_the_cursor(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    found = highlights(analyse(text), offset)
    for before, behind in pairwise(found):
        assert before.end <= behind.start
    assert not found or any(span.start <= offset <= span.end for span in found)
    assert all(0 <= span.start < span.end <= len(text) for span in found)
