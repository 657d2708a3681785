"""grammar.lark, compiled: the grammar of record, which the parser is held to by the tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # lark takes as long to load as all else here, and few need it
    from lark import Lark, Token


@cache
def grammar() -> Lark:
    """The grammar as an LALR parser, whose trees hold lark's tokens.

    `parser.py` accepts the same texts and builds the same structure many times faster, for an editor that parses at
    every key. This is the reference: it says what the language is, and a property test compares the two.
    """
    from lark import Lark

    return Lark.open("grammar.lark", rel_to=__file__, parser="lalr", lexer="basic", maybe_placeholders=False)


def all_tokens(text: str) -> Iterator[Token]:
    """Lark's tokens of a text, white space and comments (type COMMENT) among them."""
    return grammar().lex(text, dont_ignore=True)
