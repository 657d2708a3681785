"""How diagnostics look in a terminal. The expected text is what the user sees."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.cli.output import Style, aligned, visible
from cnngen.cli.render import counted, render, tally
from cnngen.language import Code, Diagnostic, Edit, Fix, Lines, Related, Severity, Span, analyse


def plain(_style: Style, text: str) -> str:
    return text


def shown(text: str, span: Span, message: str = "Wrong.", **more: object) -> str:
    found = Diagnostic(Code.UNKNOWN_WORD, Severity.ERROR, message, span, **more)  # type: ignore[arg-type]
    rendered = render(found, Lines.of(text), "net.cnn", plain)
    return "\n" + "\n".join(line.rstrip() for line in rendered.split("\n")) + "\n"


def test_a_diagnostic_shows_place_code_line_carets_and_fixes() -> None:
    fix = Fix("Replace by conv", (Edit(Span(14, 18), "conv"),))
    assert shown("// first\ninput cnov output", Span(15, 19), "No such word.", fixes=(fix,)) == dedent("""
        error[CNN102]: No such word.
         --> net.cnn:2:7
          |
        2 | input cnov output
          |       ^^^^
          = help: Replace by conv
        """)


def test_related_places_follow_with_their_reasons() -> None:
    related = (Related(Span(0, 5), "it begins here"),)
    assert shown("input\n" * 9 + "conv", Span(54, 58), related=related) == dedent("""
        error[CNN102]: Wrong.
          --> net.cnn:10:1
           |
        10 | conv
           | ^^^^
          ::: net.cnn:1:1: it begins here
           |
         1 | input
           | -----
        """)


def test_a_place_over_several_lines_shows_the_first_and_the_last() -> None:
    assert shown("input [\n  (conv,\n   conv)\n  ] x", Span(6, 29)) == dedent("""
        error[CNN102]: Wrong.
         --> net.cnn:1:7
          |
        1 | input [
          |       ^
        ...
        4 |   ] x
          |   ^
        """)


def test_an_empty_place_has_one_caret_even_at_the_end_of_the_text() -> None:
    assert shown("input conv", Span(10, 10)) == dedent("""
        error[CNN102]: Wrong.
         --> net.cnn:1:11
          |
        1 | input conv
          |           ^
        """)


def test_carets_stand_under_wide_characters_and_behind_tabs() -> None:
    """A tab shows as four columns, a CJK character takes two, a combining accent none."""
    assert shown("\t/*網e\u0301*/ cnov", Span(9, 13)) == dedent("""
        error[CNN102]: Wrong.
         --> net.cnn:1:10
          |
        1 |     /*網e\u0301*/ cnov
          |             ^^^^
        """)


def test_of_a_long_line_only_the_part_around_the_place_is_shown() -> None:
    text = "conv " * 1000
    lines = shown(text, Span(2500, 2504)).splitlines()
    assert lines[4].startswith("1 | …")
    assert lines[4].endswith("…")
    assert len(lines[4]) < 120
    assert lines[5].index("^^^^") == lines[4].index("conv", 41)


@given(st.text(max_size=80), st.data())
def test_no_text_reaches_the_terminal_raw(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    start, end = sorted((data.draw(offsets), data.draw(offsets)))
    fixes = (Fix(text, ()),)
    for line in shown(text, Span(start, end), text, fixes=fixes, related=(Related(Span(end, end), text),)).split("\n"):
        assert line.isprintable()


def test_what_a_terminal_could_obey_is_made_visible() -> None:
    assert visible("a\x1b[31mb\x07\x7f\x9b\u202e\n") == "a␛[31mb␇␡<U+009B><U+202E>␊"
    assert visible("réseau 網 𝔸") == "réseau 網 𝔸"


@pytest.mark.parametrize(
    "program", ["input cnov [ (conv, conv ] dense(units=a) output", "", "[" * 50, "\x1b]0;title\x07"]
)
def test_every_diagnostic_of_the_language_can_be_shown(program: str) -> None:
    analysis = analyse(program)
    assert analysis.diagnostics
    for found in analysis.diagnostics:
        assert str(found.code) in render(found, analysis.lines, "net.cnn", plain)


def test_findings_are_counted_in_words() -> None:
    analysis = analyse("input cnov dense(units=x) output")
    errors = sum(found.severity is Severity.ERROR for found in analysis.diagnostics)
    assert tally(analysis.diagnostics).startswith(counted(errors, "error"))
    assert tally([]) == ""
    assert counted(1, "program") == "1 program"
    assert counted(2000, "program") == "2,000 programs"


def test_columns_align_left_or_right() -> None:
    assert aligned([("a", "10"), ("bcd", "5")], right=(1,)) == ["a    10", "bcd   5"]
