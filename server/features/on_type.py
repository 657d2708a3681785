"""What the editor sets right while one types: the indentation of a new line, and of a bracket that ends one."""

from __future__ import annotations

from cnngen.language import Analysis, Edit, Span
from cnngen.language.formatting.indentation import indentation

NEWLINE = "\n"
BRACKETS = (")", "]")


def on_type_edits(analysis: Analysis, offset: int, typed: str) -> list[Edit]:
    """The change of a line's indentation after a line break, or a closing bracket at the line's begin, was typed."""
    lines = analysis.lines
    line = lines.number(offset)
    start, content = lines.starts[line], lines.line(line)
    blank = content[: len(content) - len(content.lstrip(" \t"))]
    if typed in BRACKETS and offset != start + len(blank) + 1:
        return []
    columns = indentation(analysis.text, start)
    if columns is None or blank == " " * columns:
        return []
    return [Edit(Span(start, start + len(blank)), " " * columns)]
