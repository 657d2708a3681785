"""The comments of a text: each with what decides its place when the text is laid out anew."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from cnngen.language.syntax.tokens import Token

LINE_END = re.compile(r"\r\n|\r|\n")


class Place(Enum):
    """Where a comment stands on its line."""

    OWN_LINE = auto()  #: no code before it on its line, nor behind it
    LINE_END = auto()  #: code before it, none behind
    INLINE = auto()  #: code behind it on the same line


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment.

    `column` is where it begins on its line; it matters, and is found, only for a comment of several lines.
    `follows` is the end of the token before it, commas left out; `behind_comma` says that there was one.
    `closes`: the token behind it is a comma or closes something, so that the comment belongs to what is before.
    """

    text: str
    start: int
    column: int
    place: Place
    follows: int
    behind_comma: bool
    closes: bool

    @property
    def ends_line(self) -> bool:
        """Nothing can follow it on its line."""
        return self.text.startswith("//")

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines; only a block comment can have several."""
        return (*LINE_END.split(self.text),)


class Comments:
    """The comments of a text in their order. Whoever lays out the text takes each when its turn has come."""

    def __init__(self, text: str, tokens: Iterable[Token]) -> None:
        self._waiting = _read(text, tokens)

    def up_to(self, offset: int) -> list[Comment]:
        """Take the comments up to an offset."""
        taken: list[Comment] = []
        while self._waiting and self._waiting[0].start < offset:
            taken.append(self._waiting.popleft())
        return taken

    def before(self, offset: int) -> tuple[list[Comment], list[Comment]]:
        """Take the comments up to an offset: those for lines of their own, and those for the line of what follows."""
        taken = self.up_to(offset)
        own = max((number for number, found in enumerate(taken, 1) if found.place is not Place.INLINE), default=0)
        return taken[:own], taken[own:]

    def behind(self, end: int) -> list[Comment]:
        """Take the comments that belong on the line of what ends here; those within it have no better place."""
        taken: list[Comment] = []
        while self._waiting:
            comment = self._waiting[0]
            here = comment.start < end or (
                comment.follows == end and (comment.place is Place.LINE_END or _closing(comment))
            )
            if not here or len(comment.lines) > 1:
                break
            taken.append(self._waiting.popleft())
            if comment.ends_line:
                break
        return taken

    def before_comma(self, end: int) -> list[Comment]:
        """Take the comments up to the comma behind what ends here."""
        taken: list[Comment] = []
        while self._waiting:
            comment = self._waiting[0]
            if comment.start >= end and (comment.follows != end or comment.behind_comma):
                break
            taken.append(self._waiting.popleft())
        return taken


def _closing(comment: Comment) -> bool:
    return comment.place is Place.INLINE and comment.closes


def _read(text: str, tokens: Iterable[Token]) -> deque[Comment]:
    comments: deque[Comment] = deque()
    run: list[Token] = []
    before, follows = None, 0
    for token in [*tokens, None]:
        if token is not None and token.kind == "COMMENT":
            run.append(token)
            continue
        comments.extend(_placed(text, run, before, token, follows))
        run.clear()
        before = token
        if token is not None and token.kind != ",":
            follows = token.end
    return comments


def _placed(text: str, run: list[Token], before: Token | None, behind: Token | None, follows: int) -> list[Comment]:
    """The comments between two tokens, each placed by the line breaks around it."""
    if not run:
        return []
    edges = [before.end if before else 0]
    for token in run:
        edges += [token.start, token.end]
    edges.append(behind.start if behind else len(text))
    breaks = [LINE_END.search(text, edges[i], edges[i + 1]) is not None for i in range(0, len(edges), 2)]
    breaks[0] |= before is None
    breaks[-1] |= behind is None
    for index, token in enumerate(run):
        if LINE_END.search(token.text):  # what stands before it, or behind it, stands on another line
            breaks[index] = breaks[index + 1] = True
    broken = [index for index, taken in enumerate(breaks) if taken]
    first, last = (broken[0], broken[-1]) if broken else (0, 0)
    return [
        Comment(
            text=token.text,
            start=token.start,
            column=_column(text, token.start) if LINE_END.search(token.text) else 0,
            place=Place.INLINE if index >= last else Place.LINE_END if index < first else Place.OWN_LINE,
            follows=follows,
            behind_comma=before is not None and before.kind == ",",
            closes=behind is not None and behind.kind in (",", ")", "]"),
        )
        for index, token in enumerate(run)
    ]


def _column(text: str, offset: int) -> int:
    return offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) - 1
