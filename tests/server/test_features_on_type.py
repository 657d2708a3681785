"""A new line, or a bracket that ends one, is indented as the formatter would."""

import pytest
from cursor import at_cursor
from hypothesis import given
from hypothesis import strategies as st
from programs import texts

from cnngen.language import analyse
from cnngen.server.features.on_type import BRACKETS, NEWLINE, on_type_edits


def typed(text: str, character: str) -> str:
    """The text after what the editor sets right."""
    analysis, offset = at_cursor(text)
    text = analysis.text
    for edit in on_type_edits(analysis, offset, character):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input add [\n|", "input add [\n  "),
        ("input add [\n  (\n|", "input add [\n  (\n    "),
        ("input add [\r\n\t|(conv, Empty)", "input add [\r\n  (conv, Empty)"),
        ("input\n    |conv", "input\nconv"),
        ("conv(\n|)", "conv(\n)"),
        ("[ (conv,\n|\n) ]", "[ (conv,\n    \n) ]"),
        ("/* a [\n   |b */", "/* a [\n   b */"),
    ],
)
def test_a_new_line_has_the_indentation_of_where_it_stands(text: str, expected: str) -> None:
    assert typed(text, NEWLINE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[\n  (\n    conv, Empty\n    )|", "[\n  (\n    conv, Empty\n  )"),
        ("[\n  (conv, Empty)\n  ]|", "[\n  (conv, Empty)\n]"),
        ("[\n    (conv, Empty)|", "[\n    (conv, Empty)"),  # it closes what begins on its line
        ("[\n  (conv\n  ]|", "[\n  (conv\n]"),
        ("// a\n  // )|", "// a\n  // )"),
    ],
)
def test_a_closing_bracket_stands_as_far_out_as_what_it_closes(text: str, expected: str) -> None:
    assert typed(text, text[text.index("|") - 1]) == expected


@given(texts(), st.data())
def test_only_blanks_at_the_begin_of_the_line_change(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    character = data.draw(st.sampled_from([NEWLINE, *BRACKETS]))
    for edit in on_type_edits(analyse(text), offset, character):
        assert not edit.text.strip(" ")
        assert not text[edit.span.start : edit.span.end].strip(" \t")
        assert edit.span.start == 0 or text[edit.span.start - 1] in "\r\n"
