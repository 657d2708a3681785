"""Text to tokens: one regular expression, with the terminals of grammar.lark."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

# The search skips white space, which no alternative matches. Punctuation is the one alternative without a name.
_TOKEN = re.compile(
    r"""
      (?P<JOIN>(?:add|concat)\b)
    | (?P<WORD>[^\W\d]\w*)
    | [\[\](),=]
    | (?P<NUMBER>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?)?\w*)
    | (?P<COMMENT>//[^\n\r]*|/\*[\s\S]*?\*/)
    | (?P<UNCLOSED_COMMENT>/\*[\s\S]*)
    | (?P<STRING>"[^"\n\r]*"?|'[^'\n\r]*'?)
    | (?P<BAD>[^\s\w\[\](),="'/]+|\S)
    """,
    re.VERBOSE,
)

_BRACKETS = frozenset("[]()")
_COMMENTS = frozenset(("COMMENT", "UNCLOSED_COMMENT"))


class Token(NamedTuple):
    """A piece of the text. `kind` is a terminal's name in the grammar, or the punctuation mark itself.

    A token that the repair puts in has no extent.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def written(self) -> bool:
        """Whether the token stands in the text."""
        return self.start != self.end


#: What follows the last token.
END = Token("END", "", 0, 0)


# The parser's innermost loop, so tokens are made without a Python call each.
_make: Callable[[tuple[str, str, int, int]], Token] = partial(tuple.__new__, Token)


def tokenize(text: str, start: int = 0, end: int = sys.maxsize) -> list[Token]:
    """The tokens that mean something, all but comments and white space, of the text between two offsets."""
    make = _make
    return [
        make((kind or match[0], match[0], *match.span()))
        for match in _TOKEN.finditer(text, start, end)
        if (kind := match.lastgroup) != "COMMENT"
    ]


def tokenize_all(text: str) -> list[Token]:
    """The tokens with the comments among them."""
    return [_make((match.lastgroup or match[0], match[0], *match.span())) for match in _TOKEN.finditer(text)]


def brackets_and_comments(text: str) -> list[Token]:
    """Of the tokens with the comments among them, those that can hold several lines, or bound what does."""
    return [
        _make((kind or match[0], match[0], *match.span()))
        for match in _TOKEN.finditer(text)
        if (kind := match.lastgroup) in _COMMENTS or (kind is None and match[0] in _BRACKETS)
    ]
