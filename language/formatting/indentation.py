"""The indentation of one line while its program is being written: that of the formatter, once it is finished."""

from __future__ import annotations

from cnngen.language.formatting.comments import LINE_END
from cnngen.language.formatting.features import continues
from cnngen.language.formatting.layout import DEEPEST, STEP
from cnngen.language.syntax.nesting import Bracket, brackets, open_brackets
from cnngen.language.syntax.tokens import Token, tokenize_all
from cnngen.language.words.catalogue import WORDS


def indentation(text: str, start: int) -> int | None:
    """By how many columns the formatter would indent the line that begins at `start`; None inside a comment.

    Each open bracket counts one step. What closes one, and the comma that parts two lanes, stand as far out as what
    opens it; a dropout or pooling apart from its feature stands one step further in.
    """
    tokens = tokenize_all(text)
    if any(token.start < start and (start < token.end or token.kind == "UNCLOSED_COMMENT") for token in tokens):
        return None
    before = [token for token in tokens if token.end <= start and token.kind != "COMMENT"]
    first = next((token for token in tokens if token.start >= start), None)
    if first is not None and LINE_END.search(text, start, first.start):
        first = None
    pending = open_brackets(before)
    depth = _depth(pending, first) + (first is not None and _continues(first, before))
    return min(depth * STEP, DEEPEST)


def _depth(pending: list[Bracket], first: Token | None) -> int:
    """How many of the open brackets hold the first token of a line."""
    kind = first.kind if first is not None else ""
    if kind == "]":
        merges = [depth for depth, found in enumerate(pending) if found.kind == "merge"]
        return merges[-1] if merges else len(pending)
    innermost = pending[-1] if pending else None
    closes = innermost is not None and (
        (kind == ")" and innermost.opener.kind == "(") or (kind == "," and innermost.kind == "body")
    )
    return len(pending) - closes


def _continues(first: Token, before: list[Token]) -> bool:
    """Whether a line goes on with the feature that stands before it."""
    word = WORDS.get(first.text)
    if word is None or not before:
        return False
    last = before[-1]
    if last.kind == "]":
        return continues(word.category, "merge")
    called = [found.head for found in brackets(before) if found.closer is last and found.kind == "arguments"]
    head = WORDS.get((called[0] or last).text if called else last.text)
    return head is not None and continues(word.category, head.category)
