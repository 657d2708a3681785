"""grammar.lark, compiled: the grammar of record, which the parser is held to by the tests."""

from __future__ import annotations

from functools import cache

from lark import Lark


@cache
def grammar() -> Lark:
    """The grammar as an LALR parser, whose trees hold lark's tokens.

    `parser.py` accepts the same texts and builds the same structure many times faster, for an editor that parses at
    every key. This is the reference: it says what the language is, and a property test compares the two.
    """
    return Lark.open("grammar.lark", rel_to=__file__, parser="lalr", lexer="basic", maybe_placeholders=False)
