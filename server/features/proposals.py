"""Proposals to write something at a place, and which of them fit there.

What the grammar allows need not fit the shapes. That tells an analysis of the text with it, for one proposal of each
sort; what cannot change a shape needs none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter

from cnngen.language import Analysis, Code, Edit, Span
from cnngen.language.expected import Expected
from cnngen.server.features.errors import errors
from cnngen.server.features.patterns import Pattern, Sort, looks


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something to write in place of `span`.

    `blanks` are the spans of `text` that are but suggestions, which a client lets its user type over one by one;
    `subject` is what the reference calls it (`conv`, `conv.filters`). `note` says more beside the label.
    """

    label: str
    sort: Sort
    span: Span
    text: str
    subject: str
    blanks: tuple[Span, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pattern that the grammar allows, and a text to follow it. `harmless`: it cannot spoil a shape."""

    pattern: Pattern
    tail: str = ""
    harmless: bool = False


class Fitting:
    """Which proposals fit a place: those that bring no error that is not there when nothing stands there."""

    def __init__(self, analysis: Analysis, place: Expected) -> None:
        self.analysis = analysis
        self.span = place.span
        self._sound = place.sound
        self._known: dict[str, Counter[Code]] = {}

    def best(self, candidates: Iterable[Candidate]) -> list[Proposal]:
        """The proposals that fit, first those behind which the lanes meet."""
        proposals = [(one, self.proposal(one.pattern, one.tail)) for one in candidates]
        tried = [None if one.harmless and self._sound else self._tried(one, made) for one, made in proposals]
        if not any(tried):  # no errors at all: then it does not matter which there are without them
            return [proposal for _, proposal in proposals]
        before = self._with("")
        found: list[tuple[int, Proposal]] = []
        for (_, proposal), errors_then in zip(proposals, tried, strict=True):
            after = before if errors_then is None else errors_then
            if after <= before:
                found.append((after[Code.JOIN_SHAPES], proposal))
        return [proposal for _, proposal in sorted(found, key=itemgetter(0))]

    def proposal(self, pattern: Pattern, tail: str) -> Proposal:
        """A pattern at this place."""
        pieces = re.split("[<>]", pattern.marked)
        ends = list(accumulate(map(len, pieces)))
        blanks = tuple(Span(ends[index - 1], ends[index]) for index in range(1, len(pieces), 2))
        note = "" if len(pieces) == 1 else " ".join("".join(pieces).split())
        return Proposal(pattern.label, pattern.sort, self.span, "".join(pieces) + tail, pattern.subject, blanks, note)

    def _tried(self, candidate: Candidate, proposal: Proposal) -> Counter[Code]:
        alike = candidate.pattern.alike
        if candidate.pattern.sort == "merge" and not self._sound:
            # Shapes do not tell alone then: what brackets a repair adds depends on those that are written.
            alike = f"{alike}: {looks(candidate.pattern.marked)}"
        if alike not in self._known:
            self._known[alike] = self._with(proposal.text)
        return self._known[alike]

    def _with(self, text: str) -> Counter[Code]:
        """The errors with a text at the place."""
        same = self.analysis.text[self.span.start : self.span.end] == text
        return errors(self.analysis if same else self.analysis.edited([Edit(self.span, text)]))
