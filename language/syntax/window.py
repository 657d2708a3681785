"""Parsing around a fault: as far as what follows is sound again, so that a slip costs no more than its surroundings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.syntax.cut import cut
from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.tree import Item

if TYPE_CHECKING:
    from cnngen.language.syntax.brackets import Brackets
    from cnngen.language.syntax.memory import Memory

#: So many lines are read around a fault at first, but fewer where they have more characters than the most, and more
#: where they have less than the least; and so many times as much where that does not do. Most people write a feature
#: a line.
_LINES = 11
_LEAST, _MOST = 300, 600
_GROWTH = 2

#: A fault is over behind so many sound items; the last ones read may be cut off by the window, so they do not count.
_SOUND = 4
_DOUBTFUL = 3


def parse_faulty(
    text: str, start: int, memory: Memory, brackets: Brackets
) -> tuple[Sequence[Item], list[Diagnostic], int, int]:
    """The items of a faulty text from an offset on, what is wrong with them, and the offset up to which they go.

    That is the end of the text, or where an item begins that has nothing to do with the fault. The last offset is the
    one up to which the text was read. `brackets` are those of the whole text.
    """
    times = 1
    while (behind := window_end(text, start, times)) < len(text):
        program, faults = parse(text, start, behind, memory, brackets)
        items = program.items
        places = sorted(place for found in faults for place in (found.span.start, *_edits(found)))
        for index in range(len(items) - _DOUBTFUL, _SOUND, -1):
            end = items[index].span.start
            if _sound(text, items[index - _SOUND : index], end, places):
                before = [found for found in faults if found.span.start < end]
                return items[:index], before, end, behind
        times *= _GROWTH
    program, faults = parse(text, start, behind, memory, brackets)
    return program.items, faults, behind, behind


def window_end(text: str, start: int, times: int = 1) -> int:
    """The offset behind the lines that are read around a fault."""
    end, lines = start, 0
    while (lines < _LINES * times or end - start < _LEAST * times) and end - start <= _MOST * times:
        end, lines = text.find("\n", end) + 1, lines + 1
        if not end:
            return len(text)
    return end


def _sound(text: str, items: Sequence[Item], end: int, places: Sequence[int]) -> bool:
    """Whether no place of a report or fix lies among these items, and all the text up to `end` is theirs."""
    start = items[0].span.start
    if bisect_left(places, start) < bisect_left(places, end):
        return False
    pieces, whole = cut(text[start:end])
    return whole and pieces == [tuple(item.span.moved(-start)) for item in items]


def _edits(found: Diagnostic) -> list[int]:
    return [edit.span.start for fix in found.fixes for edit in fix.edits]
