"""Every word has the token type of what it is; what the language does not know has none."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import Lines, Span, analyse
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.semantic_tokens import MODIFIERS, TYPES, semantic_tokens


def tokens(text: str) -> list[tuple[str, str]]:
    return [(text[slice(*token.span)], token.type) for token in semantic_tokens(analyse(text))]


def test_words_names_values_and_comments_have_types_of_their_own() -> None:
    text = "training(epochs=3) input(dataset='a/b', shape=(8, 8, 1)) conv(activation=relu, use_bias=true) // c"
    assert tokens(text) == [
        ("training", "keyword"),
        ("epochs", "parameter"),
        ("3", "number"),
        ("input", "keyword"),
        ("dataset", "parameter"),
        ("'a/b'", "string"),
        ("shape", "parameter"),
        ("8", "number"),
        ("8", "number"),
        ("1", "number"),
        ("conv", "function"),
        ("activation", "parameter"),
        ("relu", "enumMember"),
        ("use_bias", "parameter"),
        ("true", "enumMember"),
        ("// c", "comment"),
    ]
    assert tokens("[ (max_pooling conv, Empty) ] flatten dropout dense output") == [
        ("max_pooling", "macro"),
        ("conv", "function"),
        ("Empty", "enumMember"),
        ("flatten", "class"),
        ("dropout", "method"),
        ("dense", "class"),
        ("output", "keyword"),
    ]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_language_has_a_type(word: str) -> None:
    assert [text for text, _ in tokens(word)] == [word]


def test_what_the_language_does_not_know_has_no_type() -> None:
    assert tokens("input cnov @ ) 3 conv(filters=@)") == [
        ("input", "keyword"),
        ("conv", "function"),
        ("filters", "parameter"),
    ]


def test_a_faulty_text_has_the_tokens_of_what_it_probably_means() -> None:
    assert tokens("input conv(filters=3 [ (conv, Empty add") == [
        ("input", "keyword"),
        ("conv", "function"),
        ("filters", "parameter"),
        ("3", "number"),
        ("conv", "function"),
        ("Empty", "enumMember"),
        ("add", "keyword"),
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("closed", ["*/", "*"])
def test_a_comment_of_several_lines_is_a_token_on_each(line_end: str, closed: str) -> None:
    text = f"input /* a\n\n\t b \n {closed}".replace("\n", line_end)
    assert tokens(text) == [("input", "keyword"), ("/* a", "comment"), ("b", "comment"), (closed, "comment")]


@given(programs(arguments=True) | texts())
def test_tokens_of_any_text_stand_in_order_on_one_line_each_and_apart(text: str) -> None:
    lines = Lines.of(text)
    end = 0
    for token in semantic_tokens(analyse(text)):
        assert end <= token.span.start < token.span.end <= len(text)
        assert lines.position(token.span.start).line == lines.position(token.span.end).line
        assert token.type in TYPES
        assert set(token.modifiers) <= set(MODIFIERS)
        end = token.span.end


@given(programs(arguments=True) | texts(), st.data())
def test_the_tokens_of_a_part_are_those_that_overlap_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    place = Span(start, data.draw(st.integers(start, len(text))))
    assume(place.start < place.end)
    analysis = analyse(text)
    overlapping = [
        token
        for token in semantic_tokens(analysis)
        if any(place.start <= offset < place.end for offset in range(*token.span))
    ]
    assert semantic_tokens(analysis, place) == overlapping
