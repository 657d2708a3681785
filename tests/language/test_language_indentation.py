"""The indentation of a line that is being written is the one that the formatter gives it."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from programs import programs, texts

from cnngen.language import Lines, format_text
from cnngen.language.formatting.indentation import indentation
from cnngen.language.syntax.nesting import brackets, open_brackets
from cnngen.language.syntax.tokens import tokenize


def indentations(text: str) -> list[int | None]:
    return [indentation(text, start) for start in Lines.of(text).starts]


@settings(max_examples=60)
@given(programs(arguments=True))
def test_the_lines_of_a_formatted_program_are_indented_as_they_are(text: str) -> None:
    text = format_text(text).text
    lines = text.split("\n")
    assert indentations(text) == [len(line) - len(line.lstrip()) for line in lines]


def test_what_stands_behind_a_line_does_not_matter_for_it() -> None:
    """So it holds for programs that are not finished."""
    text = dedent(
        """\
        input
        add(activation=relu) [
          (
            convbn(
              filters=32
            )
            dropout
          ,
            conv
          )
          (
            conv(
              filters=64, kernel_size=3, strides=1, activation=relu
            )
              dropout
          ,
            Empty
          )
        ]
          max_pooling
        conv
        """
    )
    lines = text.split("\n")
    starts = Lines.of(text).starts
    expected = [0, 0, 2, 4, 6, 4, 6, 2, 4, 2, 2, 4, 6, 4, 6, 2, 4, 2, 0, 2, 0, 0]
    assert [indentation(text, start) for start in starts] == expected
    for line, start in enumerate(starts):
        unfinished = text[:start] + lines[line].lstrip()
        assert indentation(unfinished, start) == expected[line]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input\nconv\n", [0, 0, 0]),
        ("[\n(\n", [0, 2, 4]),
        ("[ (\n", [0, 4]),
        ("[ (conv,\n", [0, 4]),
        ("[ (conv(\n", [0, 6]),
        ("[ (conv, Empty)\n", [0, 2]),
        ("[ (conv, Empty)\n]\n", [0, 0, 0]),
        ("[ (conv\n]\n", [0, 0, 0]),
        ("[ (\nconv, Empty\nflatten\ndense", [0, 4, 4, 0]),
        (")\n]\n,\n", [0, 0, 0, 0]),
        ("[ /* a\n b */\n", [0, None, 2]),
        ("[ // (\n", [0, 2]),
        ("/* a\n", [0, None]),
        ("", [0]),
    ],
)
def test_each_open_bracket_counts_one_step(text: str, expected: list[int | None]) -> None:
    assert indentations(text)[: len(expected)] == expected


@given(texts())
def test_any_text_has_indentations(text: str) -> None:
    assert all(found is None or found >= 0 for found in indentations(text))


@given(texts())
def test_brackets_stand_in_the_order_of_the_text_and_close_behind_where_they_open(text: str) -> None:
    found = brackets(tokenize(text))
    assert [token for token in tokenize(text) if token.kind in "[("] == [bracket.opener for bracket in found]
    for bracket in found:
        inside = [bracket.opener, *bracket.commas, *([bracket.closer] if bracket.closer else [])]
        assert inside == sorted(inside, key=lambda token: token.start)
        if bracket.closer:
            assert bracket.opener.kind + bracket.closer.kind in ("[]", "()")


@given(programs(arguments=True))
def test_the_brackets_of_a_program_are_all_closed(text: str) -> None:
    assert all(bracket.closer for bracket in brackets(tokenize(text)))
    assert open_brackets(tokenize(text)) == []


def test_a_bracket_knows_what_it_is_and_whose() -> None:
    text = "input(shape=(8, 8, 1)) add(activation=relu) [ (conv(filters=3), Empty) ]"
    found = [(b.kind, b.head and b.head.text, len(b.commas)) for b in brackets(tokenize(text))]
    assert found == [
        ("arguments", "input", 0),
        ("tuple", None, 2),
        ("arguments", "add", 0),
        ("merge", "add", 0),
        ("body", None, 1),
        ("arguments", "conv", 0),
    ]
