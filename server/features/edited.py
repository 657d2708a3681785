"""What a text would be after some edits, and whether that is any worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cnngen.language import Analysis, Code, Edit, Severity, analyse
from cnngen.language.syntax.tree import Layer, Merge


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits, which do not overlap and all count from the text before."""
    pieces: list[str] = []
    end = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return "".join([*pieces, text[end:]])


def edited(analysis: Analysis, edits: Iterable[Edit]) -> Analysis:
    """The program after edits."""
    return analyse(applied(analysis.text, edits), name=analysis.network.name)


def errors(analysis: Analysis) -> Counter[Code]:
    """How many errors of each code a program has."""
    found = Counter(found.code for found in analysis.diagnostics if found.severity is Severity.ERROR)
    if not any(
        isinstance(item, Merge) or (isinstance(item, Layer) and analysis.word(item)) for item in analysis.tree.items
    ):
        found[Code.INCOMPLETE] += 1  # a text without words lacks input and output, and is told of the first only
    return found
