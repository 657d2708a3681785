"""The errors of a program, counted: whether a text would be any worse after an edit."""

from __future__ import annotations

from collections import Counter

from cnngen.language import Analysis, Code, Severity
from cnngen.language.syntax.tree import Layer, Merge

_OF_BRACKETS = {Code.MISSING_PUNCTUATION, Code.SURPLUS_PUNCTUATION}


def errors(analysis: Analysis) -> Counter[Code]:
    """How many errors of each code a program has. Brackets count as one: where one is open, the code is a guess."""
    codes = (found.code for found in analysis.diagnostics if found.severity is Severity.ERROR)
    found = Counter(Code.UNCLOSED if code in _OF_BRACKETS else code for code in codes)
    items = analysis.tree.items
    if not any(isinstance(item, Merge) or (isinstance(item, Layer) and analysis.word(item)) for item in items):
        found[Code.INCOMPLETE] += 1  # a text without words lacks input and output, and is told of the first only
    return found
