"""The outline: what a program consists of, as people call it, with the shapes that come out."""

from collections.abc import Iterable
from textwrap import dedent

import pytest
from hypothesis import given
from programs import programs, texts

from cnngen.language import analyse
from cnngen.server.features.document_symbols import DEEPEST, Symbol, document_symbols


def symbols_of(text: str) -> list[Symbol]:
    """Those of all features; their places count from where each feature stands."""
    return [symbol for section in analyse(text).sections for symbol in document_symbols(section)]


def outline(symbols: Iterable[Symbol], depth: int = 0) -> str:
    return "".join(
        f"{'  ' * depth}{symbol.name}{f': {symbol.detail}' if symbol.detail else ''}\n"
        + outline(symbol.children, depth + 1)
        for symbol in symbols
    )


def test_the_outline_shows_layers_and_merges_with_bodies_and_lanes_and_their_shapes() -> None:
    text = """\
        training(epochs=3)
        input(shape=(32, 32, 3))
        conv max_pooling
        concat [ (conv [ (conv conv, Empty) ], conv) (conv, Empty) ] dropout
        flatten
        dense
        output
        """
    assert outline(symbols_of(text)) == dedent(
        """\
        training
        input: 32×32×3
        conv: 32×32×32
        max_pooling: 16×16×32
        residual concat, 2 bodies: 16×16×128
          body 1: 16×16×128
            left lane: 16×16×64
              conv: 16×16×64
              residual add: 16×16×64
                left lane: 16×16×64
                  conv: 16×16×64
                  conv: 16×16×64
                right lane: Empty
            right lane: 16×16×64
              conv: 16×16×64
          body 2: 16×16×128
            left lane: 16×16×64
              conv: 16×16×64
            right lane: Empty
        dropout: 16×16×128
        flatten: 32768
        dense: 10
        output
        """
    )


@pytest.mark.parametrize(
    ("merge", "name"),
    [
        ("[ (conv, Empty) ]", "residual add"),
        ("add [ (conv, conv) ]", "add"),
        ("concat [ (conv, Empty) ]", "residual concat"),
        ("concat(activation=relu) [ (conv, conv) (conv, conv) ]", "concat, 2 bodies"),
        ("add [ ]", "add"),
    ],
)
def test_a_merge_is_called_what_people_call_it(merge: str, name: str) -> None:
    assert [symbol.name for symbol in symbols_of(f"input {merge} output")] == ["input", name, "output"]


def test_a_word_of_no_language_is_in_the_outline_as_it_is_written() -> None:
    symbols = symbols_of("input cnov @ output")
    assert [(symbol.name, symbol.kind) for symbol in symbols] == [
        ("input", "input"),
        ("cnov", "unknown"),
        ("output", "output"),
    ]


def test_a_merge_is_selected_by_its_join_or_its_bracket() -> None:
    text = "input [ (conv, Empty) ] add(activation=relu) [ (conv, Empty) ] output"
    selections = [
        text[slice(*symbol.selection.moved(section.start))]
        for section in analyse(text).sections
        for symbol in document_symbols(section)
    ]
    assert selections == ["input", "[", "add", "output"]


@given(programs() | texts())
def test_places_nest_in_any_text(text: str) -> None:
    def check(symbols: Iterable[Symbol], start: int, end: int) -> None:
        for symbol in symbols:
            assert symbol.name
            assert start <= symbol.span.start <= symbol.selection.start
            assert symbol.selection.start <= symbol.selection.end <= symbol.span.end <= end
            check(symbol.children, *symbol.span)

    for section in analyse(text).sections:
        check(document_symbols(section), -section.start, len(text) - section.start)


def test_merges_that_nest_too_deep_are_shown_whole() -> None:
    text = "input " + "[ (" * 3000 + "conv" + ", Empty) ]" * 3000 + " output"
    symbol, depth = symbols_of(text)[1], 0
    while symbol.children:
        symbol, depth = symbol.children[0], depth + 1
    assert symbol.kind == "merge"
    assert depth == 2 * DEEPEST
