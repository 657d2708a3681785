"""Folding: what takes several lines folds, and its closing bracket stays to be seen."""

from textwrap import dedent

import pytest
from hypothesis import given
from programs import programs, texts

from cnngen.language import Lines, analyse, format_text
from cnngen.server.features.folding import Fold, folds, line_folds


def folded(text: str) -> list[tuple[int, int, str | None]]:
    return [(fold.first, fold.last, fold.kind) for fold in line_folds(folds(analyse(dedent(text))))]


def test_merges_bodies_lanes_and_arguments_fold() -> None:
    text = """\
        input
        concat [
          (
            conv(
              filters=3
            ) dropout
            conv
          ,
            conv
            conv
          )
          (conv, Empty)
        ] dropout
        output
        """
    assert folded(text) == [
        (1, 11, None),  # the merge, but for its last line
        (2, 9, None),  # the body
        (3, 6, None),  # the left lane; its first layer begins on the same line
        (8, 9, None),  # the right lane
    ]


def test_arguments_fold_and_a_closing_bracket_behind_something_hides_with_it() -> None:
    assert folded("conv(\n  filters=3\n)\nconv(\n  filters=3)\n") == [(0, 1, None), (3, 4, None)]


def test_what_begins_and_ends_on_neighbouring_lines_with_nothing_between_does_not_fold() -> None:
    assert folded("conv(\n)\n[\n]\n") == []


def test_comments_fold_as_blocks_and_as_runs_of_lines() -> None:
    text = """\
        // one
        // two
        input  // three
        // four
        // five

        // six
        /* seven
           eight */
        /* nine */
        // ten
        """
    assert folded(text) == [(0, 1, "comment"), (3, 4, "comment"), (7, 8, "comment")]


def test_marked_regions_fold_and_nest() -> None:
    text = """\
        // #region stem
        conv
        // #region deeper
        conv
        // #endregion
        // #endregion stem
        // #endregion
        // #regional
        """
    assert folded(text) == [(0, 5, "region"), (2, 4, "region")]


def test_exact_places_lie_between_the_brackets() -> None:
    text = "conv (\n  filters=3\n)"
    assert folds(analyse(text)) == [Fold((6, 19), 0, 1)]


def test_a_bracket_that_nothing_closes_does_not_fold() -> None:
    assert folded("[\n(conv\n") == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_end_as_the_protocol_says(line_end: str) -> None:
    assert folded("\u2028 [\n  (conv,\n  Empty)\n]\n".replace("\n", line_end)) == [(0, 2, None), (1, 2, None)]


@given(texts() | programs(arguments=True).map(lambda text: format_text(text).text))
def test_folds_lie_in_any_text_in_its_order_and_nest(text: str) -> None:
    found = folds(analyse(text))
    last = len(Lines.of(text).starts)
    for fold in found:
        assert 0 <= fold.span.start <= fold.span.end <= len(text)
        assert 0 <= fold.first <= fold.last < last
    lines = line_folds(found)
    starts = [fold.first for fold in lines]
    assert starts == sorted(set(starts))
    assert all(fold.first < fold.last for fold in lines)
