"""The parser is that of grammar.lark: the same texts, the same trees."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Token, Transformer, UnexpectedInput
from programs import programs, texts

from cnngen.language.syntax.grammar import grammar
from cnngen.language.syntax.parser import Unexpected, all_tokens, build_repaired, parse
from cnngen.language.syntax.tokens import tokenize, tokenize_all
from cnngen.language.syntax.tree import Argument, Body, Item, Layer, Merge, Scalar, Stray, Value

Shape = Any  # nested tuples: what a tree says, with the place of each word


class AsLark(Transformer[Token, Shape]):
    """A tree of lark's as nested tuples."""

    def start(self, items):
        return tuple(items)

    lane = start

    def scalar(self, parts):
        return (str(parts[0]), parts[0].start_pos, parts[0].end_pos)

    def tuple(self, parts):
        return ("tuple", *(part for part in parts if not isinstance(part, Token)))

    def argument(self, parts):
        return ("argument", None, parts[0]) if len(parts) == 1 else ("argument", str(parts[0]), *(parts[2:] or [None]))

    def arguments(self, parts):
        return tuple(part for part in parts if not isinstance(part, Token))

    def layer(self, parts):
        return ("layer", self.scalar(parts), *parts[1:]) if len(parts) > 1 else ("layer", self.scalar(parts), ())

    def stray(self, parts):
        return ("stray", *self.scalar(parts))

    def body(self, parts):
        lanes = tuple(part for part in parts if not isinstance(part, Token))
        return ("body", parts[0].start_pos, parts[-1].end_pos, *lanes)

    def merge(self, parts):
        bracket = parts.index("[")
        return ("merge", self.layer(parts[:bracket]) if bracket else None, parts[-1].end_pos, *parts[bracket + 1 : -1])


def of_value(value: Value | None) -> Shape:
    if value is None or isinstance(value, Scalar):
        return value and (value.text, *value.span)
    return ("tuple", *map(of_value, value.items))


def of_argument(argument: Argument) -> Shape:
    return ("argument", argument.name and argument.name.text, of_value(argument.value))


def of_body(body: Body) -> Shape:
    return ("body", *body.span, *(tuple(map(of_item, lane.items)) for lane in body.lanes))


def of_item(item: Item) -> Shape:
    match item:
        case Layer():
            return ("layer", of_value(item.word), tuple(map(of_argument, item.arguments)))
        case Stray():
            return ("stray", item.text, *item.span)
        case Merge():
            return ("merge", item.join and of_item(item.join), item.span.end, *map(of_body, item.bodies))


def by_lark(text: str) -> Shape:
    try:
        return AsLark().transform(grammar().parse(text))
    except UnexpectedInput:
        return None


def by_parser(text: str) -> Shape:
    try:
        return tuple(map(of_item, build_repaired(tokenize(text)).items))
    except Unexpected:
        return None


@settings(max_examples=500)
@given(texts() | programs(arguments=True))
def test_the_tokens_are_those_of_the_grammar(text: str) -> None:
    marks = {"LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "COMMA": ",", "EQUAL": "="}
    expected = [(marks.get(t.type, t.type), str(t), t.start_pos, t.end_pos) for t in grammar().lex(text)]
    assert [tuple(token) for token in tokenize(text)] == expected


@settings(max_examples=500)
@given(texts() | programs(arguments=True))
def test_the_parser_accepts_what_the_grammar_accepts_and_gives_the_same_tree(text: str) -> None:
    assert by_parser(text) == by_lark(text)


@settings(max_examples=300)
@given(programs(arguments=True), st.data())
def test_so_it_does_where_a_piece_of_the_text_is_missing_or_too_much(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 6)))
    more = data.draw(st.sampled_from(["", "(", ")", "[", "]", ",", "=", "add", "concat (", "@", "/*", "3", "x="]))
    changed = f"{text[:start]} {more} {text[end:]}"
    assert by_parser(changed) == by_lark(changed)


@given(texts())
def test_any_text_becomes_a_tree_in_the_order_of_the_text(text: str) -> None:
    program, _ = parse(text)
    starts = [item.span.start for item in program.walk()]
    assert starts == sorted(starts)


@given(texts())
def test_all_tokens_together_are_the_text(text: str) -> None:
    assert "".join(all_tokens(text)) == text


def test_the_repair_needs_no_interpreter_stack_either() -> None:
    program, diagnostics = parse("input " + "[ (" * 2_000 + "conv")
    assert len(diagnostics) == 4_000
    assert program.items


@given(texts())
def test_the_tokens_are_those_of_the_grammar_comments_among_them(text: str) -> None:
    of_lark = [(str(token), token.start_pos, token.end_pos) for token in all_tokens(text) if not token.isspace()]
    assert [(token.text, token.start, token.end) for token in tokenize_all(text)] == of_lark
    assert [token for token in tokenize_all(text) if token.kind != "COMMENT"] == tokenize(text)
