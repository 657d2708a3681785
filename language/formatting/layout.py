"""Laying out text: a document of words and possible line breaks, and its lines of at most 100 characters.

The idea is that of Wadler's "A prettier printer": a group stands on one line if it fits and contains nothing that needs
a line of its own; else all line breaks directly in it are taken. Documents nest as deep as programs do, so nothing here
recurses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

WIDTH = 100
STEP = 2
#: No line is indented deeper, so that the text of a deep nest does not grow with the square of its depth.
DEEPEST = 60

_NEVER = 1 << 40  # the width of what cannot stand on one line


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A possible line break, and what stands in its place where it is not taken.

    `forced`: it is always taken. `blank`: where it is taken, an empty line goes before.
    `before_comma`: nothing but a comma follows, so a comment before it need not force it.
    """

    flat: str = " "
    forced: bool = False
    blank: bool = False
    before_comma: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """A comment that ends its line: it is written at the next line break, behind the punctuation up to there."""

    text: str

    @property
    def width(self) -> int:
        """A long `//` comment is no reason to break what it is about."""
        return 0 if self.text.lstrip().startswith("//") else len(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Verbatim:
    """Lines that keep their relative indentation: a comment of several lines that began at `column`."""

    lines: tuple[str, ...]
    column: int

    def at(self, indent: int) -> str:
        """The text, moved so that it begins at the column `indent`."""
        first, *others = self.lines
        return "\n".join([first.rstrip(" \t"), *(self._moved(line, indent - self.column) for line in others)])

    @staticmethod
    def _moved(line: str, by: int) -> str:
        line = line.rstrip(" \t")
        leading = len(line) - len(line.lstrip(" "))
        return " " * (leading + max(by, -leading)) + line[leading:] if line else ""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Parts in a row. A group decides for itself whether its line breaks are taken, others leave it to theirs."""

    parts: tuple[Document, ...]
    group: bool
    step: int
    width: int = field(init=False, default=0)
    has_line: bool = field(init=False, default=False)
    has_ending: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Measure the parts, once: their width on one line, or that they cannot stand on one."""
        width, has_line, has_ending = 0, False, False
        for part in self.parts:
            if isinstance(part, str):
                width += len(part)
            elif isinstance(part, Line):
                has_line = True
                must = part.forced or (has_ending and not part.before_comma)
                width += _NEVER if must else len(part.flat)
            elif isinstance(part, Ending):
                width += part.width
                has_ending = True
            elif isinstance(part, Verbatim):
                width += _NEVER
            else:
                width += _NEVER if has_ending and part.has_line else part.width
                has_line = has_line or part.has_line
                has_ending = has_ending or part.has_ending
        object.__setattr__(self, "width", min(width, _NEVER))
        object.__setattr__(self, "has_line", has_line)
        object.__setattr__(self, "has_ending", has_ending)


Document: TypeAlias = str | Line | Ending | Verbatim | Parts


def group(*parts: Document) -> Parts:
    """Parts whose line breaks are taken together, or not at all."""
    return Parts(parts, True, 0)


def row(*parts: Document) -> Document:
    """Parts whose line breaks belong to the group around them."""
    return parts[0] if len(parts) == 1 else Parts(parts, False, 0)


def indent(*parts: Document) -> Parts:
    """A row whose lines begin one step further in."""
    return Parts(parts, False, STEP)


def render(document: Document) -> str:
    """The text of a document, without a line end behind its last line."""
    out: list[str] = []
    column = 0
    ending: list[Ending] = []
    stack: list[tuple[int, Document]] = [(0, document)]
    while stack:
        left, part = stack.pop()
        if isinstance(part, str):
            out.append(part)
            column += len(part)
        elif isinstance(part, Line):
            out += [comment.text for comment in ending]
            ending.clear()
            out.append(("\n\n" if part.blank else "\n") + " " * left)
            column = left
        elif isinstance(part, Ending):
            ending.append(part)
            column += part.width
        elif isinstance(part, Verbatim):
            out.append(part.at(left))
        elif part.group and not (ending and part.has_line) and _fits(part, stack, WIDTH - column):
            column += part.width
            for piece in _flat(part):
                (ending if isinstance(piece, Ending) else out).append(piece)  # type: ignore[arg-type]
        else:
            left = min(left + part.step, DEEPEST)
            stack.extend((left, inner) for inner in reversed(part.parts))
    return "".join([*out, *(comment.text for comment in ending)])


def _flat(document: Document) -> Iterator[str | Ending]:
    """The pieces of a document on one line."""
    pending = [document]
    while pending:
        part = pending.pop()
        if isinstance(part, Parts):
            pending.extend(reversed(part.parts))
        elif isinstance(part, str | Ending):
            yield part
        elif isinstance(part, Line):
            yield part.flat


def _fits(part: Parts, rest: list[tuple[int, Document]], room: int) -> bool:
    """Whether a group fits on the line, with what follows it up to the next line break."""
    room -= part.width
    above = len(rest)
    pending: list[Document] = []
    while room >= 0:
        if not pending:
            if not above:
                return True
            above -= 1
            pending = [rest[above][1]]
        following = pending.pop()
        if isinstance(following, str):
            room -= len(following)
        elif isinstance(following, Ending):
            room -= following.width
        elif isinstance(following, Parts):
            pending.extend(reversed(following.parts))
        else:
            return True
    return False
