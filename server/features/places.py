"""What the mouse points at: the parts of a program that hold a character."""

from __future__ import annotations

from cnngen.language import Analysis
from cnngen.language.syntax.lookup import Part, path_at


def parts_under(analysis: Analysis, offset: int) -> tuple[list[Part], int]:
    """The parts that hold the character at an offset, from the outermost in, and that character's offset.

    At white space it is the character before that counts, as for a caret behind a word.
    """
    text = analysis.text
    if (offset >= len(text) or text[offset].isspace()) and offset > 0:
        offset -= 1
    path = path_at(analysis.tree, offset)
    return [part for part in path if part.span.start <= offset < part.span.end], offset
