"""Places in a text: half-open spans of code-point offsets, and their translation to editor positions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(r"\r\n?|\n")


class Span(NamedTuple):
    """The text from offset `start` up to, not including, offset `end`; both count code points."""

    start: int
    end: int

    def moved(self, by: int) -> Span:
        """The same span in a text that has `by` characters more before it."""
        start, end = self
        return make_span((start + by, end + by))


# Spans are made by the thousand, so here they are made without a Python call each.
make_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)


class Position(NamedTuple):
    """A place as editors count it: zero-based line, and character in units of the agreed encoding."""

    line: int
    character: int


def _units(text: str, encoding: Encoding) -> int:
    """How many units of `encoding` the text takes."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-16":
        return len(text) + sum(character > "\uffff" for character in text)
    return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    r"""The line starts of one text.

    A line ends at `\n`, `\r\n` or `\r` and at nothing else. That is the Language Server Protocol's rule;
    `str.splitlines` knows seven more line ends and would move every position behind one of them.
    """

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Find the lines of `text`, once."""
        return cls(text, (0, *(end.end() for end in _LINE_END.finditer(text))))

    def number(self, offset: int) -> int:
        """The number of the line that an offset lies on."""
        return bisect_right(self.starts, offset) - 1

    def position(self, offset: int, encoding: Encoding = "utf-16") -> Position:
        """The editor position of an offset; offsets outside the text mean its nearest end."""
        if not 0 <= offset <= len(self.text):
            offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        start = self.starts[line]
        if self.text.isascii():  # which Python knows of a text without looking
            return Position(line, offset - start)
        return Position(line, _units(self.text[start:offset], encoding))

    def offset(self, position: Position, encoding: Encoding = "utf-16") -> int:
        """The offset of an editor position; a position behind its line's end means that end."""
        if position.line < 0:
            return 0
        if position.line >= len(self.starts):
            return len(self.text)
        content = self.line(position.line)
        if content.isascii():
            return self.starts[position.line] + max(0, min(position.character, len(content)))
        units = 0
        for index, character in enumerate(content):
            if units >= position.character:
                return self.starts[position.line] + index
            units += _units(character, encoding)
        return self.starts[position.line] + len(content)

    def line(self, number: int) -> str:
        """The content of a line, without its line end."""
        last = number + 1 >= len(self.starts)
        end = len(self.text) if last else self.starts[number + 1]
        return self.text[self.starts[number] : end].rstrip("\r\n") if not last else self.text[self.starts[number] :]

    def range(self, span: Span, encoding: Encoding = "utf-16") -> dict[str, dict[str, int]]:
        """A span as the plain data of a protocol range, `{start: {line, character}, end: …}`."""
        start, end = self.position(span.start, encoding), self.position(span.end, encoding)
        return {"start": start._asdict(), "end": end._asdict()}
