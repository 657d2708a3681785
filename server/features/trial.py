"""Whether a text would be any worse after an edit."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from cnngen.language import Analysis, Code, Edit, Severity, Span
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


class Trial:
    """Texts in place of a span, tried for errors that are not there when nothing stands there."""

    def __init__(self, analysis: Analysis, span: Span) -> None:
        self.analysis = analysis
        self.span = span

    def more_errors(self, text: str) -> Counter[Code] | None:
        """How many more errors of each code there are with a text, fewer are negative; None when there is a new one."""
        after = errors(self.analysis.edited([Edit(self.span, text)]))
        if not after <= self._before:
            return None
        after.subtract(self._before)
        return after

    @cached_property
    def _before(self) -> Counter[Code]:
        blank = self.span.start == self.span.end
        return errors(self.analysis if blank else self.analysis.edited([Edit(self.span, "")]))
