"""The layout of programs: what stands where, and that nothing but white space ever changes."""

import re
from itertools import cycle
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import Analysis, Code, Span, analyse, format_text
from cnngen.language.formatting import formatter, layout, passages
from cnngen.language.formatting.formatter import lay_out
from cnngen.language.formatting.layout import WIDTH
from cnngen.language.syntax.parser import all_tokens

ROOT = Path(__file__).parents[2]


def laid_out(text: str) -> str:
    formatted = format_text(text)
    assert not formatted.errors
    return formatted.text


def comments(text: str) -> list[str]:
    """The comments of a text, white space apart: indentation and line ends of a block may change."""
    return ["".join(token.split()) for token in all_tokens(text) if token.type == "COMMENT"]


def codes(found: Analysis) -> list[str]:
    return sorted(diagnostic.code for diagnostic in found.diagnostics)


def assert_same_program(before: str, after: str) -> None:
    old, new = analyse(before), analyse(after)
    assert new.network.hash == old.network.hash
    assert new.network.training == old.network.training
    assert codes(new) == codes(old)
    assert comments(after) == comments(before)
    assert laid_out(after) == after


GAPS = ("", "", " ", "\n", "\n\n", "\n \n\n", "\r\n", "\t", "\u2028")
REMARKS = ("// a\n", "//b  \r\n", "/* c */", "/**/", "/* d\n   e */", "/* f\r\n\r\n\tg\n*/", f"/* {'h' * 30} */")


@st.composite
def commented(draw: st.DrawFn) -> str:
    """A program with comments and white space between any of its tokens."""
    head = draw(st.sampled_from(["", "training(epochs=3, optimizer=sgd) ", "defaults(padding=same, epsilon=1e-3,) "]))
    gaps = draw(st.lists(st.lists(st.sampled_from(GAPS + REMARKS), max_size=4), min_size=1, max_size=20))
    tokens = all_tokens(head + draw(programs(arguments=True)))
    return "".join(f"{token}{''.join(gap)}" for token, gap in zip(tokens, cycle(gaps), strict=False))


@given(programs(arguments=True))
def test_formatting_never_changes_the_network(text: str) -> None:
    assert_same_program(text, laid_out(text))


@settings(max_examples=60)
@given(commented(), st.sampled_from([WIDTH, 40, 10]))
@example("input conv /* a */\n\n// b\nmax_pooling /* c\n d */ /* e */ flatten/**/dense output", WIDTH)
@example(
    "input [ /* a */ // b\n (conv /* c */, // d\n Empty /* e */) // f\n /* g */ ] // h\n flatten dense output", WIDTH
)
def test_comments_between_any_two_tokens_are_kept_in_their_order(text: str, width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:  # the narrower the lines, the more of them break
        patch.setattr(layout, "WIDTH", width)
        patch.setattr(passages, "_LONGEST", -1)  # nothing is remembered of other widths
        assert_same_program(text, laid_out(text))


@given(commented())
@example(
    "input conv /* a */ /* b\n b */ conv /* c */ // d\n\n // e\n max_pooling // f\n/* g */ flatten dense output // h"
)
@example("input  [ (conv /* a\n   b */, Empty) ] /* c */ conv output")
@example("input conv // a\r\n\r\n// b\r\nconv\u2028flatten dense output")
def test_a_text_is_laid_out_as_if_it_were_one_passage(text: str) -> None:
    in_passages = lay_out(analyse(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formatter, "passages", lambda text, items: [(0, len(text))])
        assert lay_out(analyse(text)) == in_passages


@given(commented(), st.data())
def test_the_passages_that_a_place_touches_are_found_without_the_others(text: str, data: st.DataObject) -> None:
    places = [item.span for item in analyse(text).tree.items]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    touched = [piece for piece in passages.passages(text, places) if start <= piece[1] and piece[0] <= end]
    assert passages.passages_at(text, places, Span(start, end)) == touched


def test_a_feature_that_is_known_is_not_laid_out_again() -> None:
    text = "input\n" + "conv(filters=8)\n" * 50 + "flatten\ndense\noutput\n"
    before = passages._remembered.cache_info().misses
    laid_out(text.replace("(filters=8)", "(filters=9)", 1))
    laid_out(text.replace("(filters=8)", "(filters=7)", 1))
    assert passages._remembered.cache_info().misses - before <= 8


@given(texts())
def test_any_text_is_laid_out_or_left_as_it_is_with_the_reason(text: str) -> None:
    formatted = format_text(text)
    if formatted.errors:
        assert formatted.text == text
    else:
        assert_same_program(text, formatted.text)


@given(commented())
def test_lines_have_no_trailing_blanks_and_no_two_empty_ones_follow_each_other(text: str) -> None:
    text = laid_out(text).replace("\r\n", "\n")
    assert not re.search(r"[ \t]\n", text)
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.startswith("\n")
    assert not text.endswith("\n\n")


@given(programs(arguments=True))
def test_lines_keep_to_the_width(text: str) -> None:
    assert all(len(line) <= WIDTH for line in laid_out(text).split("\n"))


def test_every_feature_stands_on_a_line_of_its_own() -> None:
    text = "training(epochs=3) defaults(padding=same) input conv dropout max_pooling convbn [(conv,Empty)] avg_pooling"
    text += " flatten dropout dense dense output"
    assert laid_out(text).splitlines() == [
        "training(epochs=3)",
        "defaults(padding=same)",
        "input",
        "conv dropout max_pooling",
        "convbn",
        "[ (conv, Empty) ] avg_pooling",
        "flatten",
        "dropout dense",
        "dense",
        "output",
    ]


def test_arguments_are_written_without_spaces_around_the_equals_sign_and_one_behind_commas() -> None:
    text = "input ( shape = (8,8 , 1,) ,) conv ( ) output"
    assert laid_out(text) == "input(shape=(8, 8, 1))\nconv\noutput\n"


def layout_of(feature: str) -> str:
    """How one feature is laid out."""
    lines = laid_out(f"input {feature} output").split("\n")
    return "\n".join(lines[1:-2]) + "\n"


def test_a_merge_that_fits_stays_on_one_line() -> None:
    assert layout_of("add(activation=relu)[(convbn\nconvbn,Empty)]") == (
        "add(activation=relu) [ (convbn convbn, Empty) ]\n"
    )


def test_a_merge_that_does_not_fit_shows_its_bodies_then_its_lanes_then_their_features() -> None:
    window = "conv(filters=64, kernel_size=3, strides=1)"
    assert layout_of(
        f"[ ({window}, {window}) ({window} {window}, {window}) (conv dropout {window} {window} {window}, conv) ] dropout"
    ) == dedent(
        f"""\
        [
          ({window}, {window})
          (
            {window} {window},
            {window}
          )
          (
            conv dropout
            {window}
            {window}
            {window}
          ,
            conv
          )
        ] dropout
        """
    )


def test_nested_merges_are_indented_in_their_lane() -> None:
    window = "conv(filters=64, kernel_size=3, strides=1)"
    assert layout_of(f"concat [ (max_pooling [ ({window} {window}, {window}) ] conv, conv) ]") == dedent(
        f"""\
        concat [
          (
            max_pooling
            [
              (
                {window} {window},
                {window}
              )
            ]
            conv
          ,
            conv
          )
        ]
        """
    )


def test_long_argument_lists_wrap_and_a_long_feature_goes_on_further_in() -> None:
    arguments = "filters=32, kernel_size=5, strides=1, padding=same, activation=relu, use_bias=true"
    assert layout_of(f"conv({arguments}, kernel_initializer=he_normal) dropout max_pooling") == dedent(
        f"""\
        conv(
          {arguments},
          kernel_initializer=he_normal
        ) dropout max_pooling
        """
    )
    assert layout_of(f"conv({arguments}) dropout max_pooling(pool_size=3)") == dedent(
        f"""\
        conv({arguments})
          dropout max_pooling(pool_size=3)
        """
    )


def test_empty_lines_between_sections_are_kept_one_at_a_time() -> None:
    text = "\n\ninput\n\n\n\nconv\n \t\n// a\n\n\n// b\nmax_pooling conv\n\noutput\n\n\n"
    assert laid_out(text) == "input\n\nconv\n  // a\n  // b\n  max_pooling\nconv\n\noutput\n"


def test_each_comment_stays_where_it_says_something() -> None:
    text = """\
        // the head
        training(epochs=3)    // short
        input /* small */
        conv( // a window
            filters=3, // few
            // of this size
            kernel_size=5 /* odd */ , padding=same /* so it fits */)   // the first layer
        add /* not concat */ [ (conv // left
           , // parted
           Empty) // the only body
           /* no more
                bodies */
        ] // a residual block
        // to the end
        output
        // bye
        """
    assert laid_out(dedent(text)) == dedent(
        """\
        // the head
        training(epochs=3)  // short
        input /* small */
        conv(
          // a window
          filters=3,  // few
          // of this size
          kernel_size=5 /* odd */, padding=same /* so it fits */
        )  // the first layer
        add [
          /* not concat */ (
            conv,  // left
            // parted
            Empty
          )  // the only body
          /* no more
               bodies */
        ]  // a residual block
        // to the end
        output
        // bye
        """
    )


def test_a_comment_behind_a_feature_breaks_nothing_however_long() -> None:
    text = f"input\nconv max_pooling  // {'h' * 200}\n[ (conv, Empty) ]  // {'g' * 200}\noutput\n"
    assert laid_out(text) == text


def test_line_ends_follow_the_first_one() -> None:
    assert laid_out("input\r\nconv /* a\nb */ output") == "input\r\nconv\r\n/* a\r\nb */\r\noutput\r\n"
    assert laid_out("input\nconv\r\noutput\r\n") == "input\nconv\noutput\n"
    assert laid_out("input\rconv // a\routput") == "input\nconv  // a\noutput\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.INCOMPLETE),
        ("input  cnov output", Code.UNKNOWN_WORD),
        ("input  [ (conv, Empty) output", Code.MISSING_PUNCTUATION),
        ("input  conv(filters=) output", Code.ARGUMENT_SYNTAX),
        ("input  conv(3) output", Code.ARGUMENT_SYNTAX),
        ("input(dataset='digits\n)  conv output", Code.ARGUMENT_TYPE),
    ],
)
def test_a_text_with_syntax_errors_is_left_as_it_is(text: str, code: Code) -> None:
    formatted = format_text(text)
    assert formatted.text == text
    assert code in [found.code for found in formatted.errors]


def test_other_errors_are_no_reason_to_leave_a_text_as_it_is() -> None:
    text = "input  conv(filtres=3, kernel_size=@)  [ (conv(filters=3), conv(filters=4)) ] dropout(rate=1) output"
    assert_same_program(text, laid_out(text))
    assert {"CNN201", "CNN203", "CNN301"} <= set(codes(analyse(text)))


def test_depth_and_length_are_no_limit() -> None:
    nest = "input " + "[ (" * 1000 + "conv // deep\n" + ", Empty) ]" * 1000 + " output"
    once = laid_out(nest)
    assert laid_out(once) == once
    assert len(once) < 200 * 3000
    assert laid_out("input " + "conv " * 20_000 + "output").count("\n") == 20_002


@pytest.mark.parametrize("page", ["README.md", "docs/language.md"])
def test_the_programs_of_the_pages_are_laid_out(page: str) -> None:
    shown = re.findall(r"```(?:cnn)?\n((?:training|input)\b.*?)```", (ROOT / page).read_text(), re.DOTALL)
    programs = [program for program in shown if program.count("\n") > 1]  # one on one line shows that this is possible
    assert programs
    for program in programs:
        assert laid_out(program) == program


@pytest.mark.parametrize("sample", sorted((ROOT / "samples").glob("*.cnn")), ids=lambda path: path.stem)
def test_each_sample_is_laid_out_and_its_canonical_text_can_be(sample: Path) -> None:
    text = sample.read_text()
    assert laid_out(text) == text
    canonical = analyse(text).network.canonical
    assert_same_program(canonical, laid_out(canonical))
