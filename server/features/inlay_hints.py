"""Inlay hints: what the text leaves out, shown in its place: inferred hyper-parameters, and the shapes they lead to.

A hint says only what is sure: nothing is shown where the network goes on with a guess, nor behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from cnngen.language import Analysis, Span
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.sections import Section
from cnngen.server.features.certainty import Certainty, certain
from cnngen.server.features.hint import Hint, touch
from cnngen.server.features.hint_shapes import Passing, lane_hints
from cnngen.server.features.hint_values import input_hints, value_hints

#: The hints in features that are certain, wherever they stand: they follow from what the feature became.
_known: WeakKeyDictionary[Part, tuple[Hint, ...]] = WeakKeyDictionary()


def inlay_hints(analysis: Analysis, place: Span, *, values: bool = True, shapes: bool = True) -> list[Hint]:
    """The hints of the features in a part of the text, in its order; each kind can be left out."""
    passing = Passing(analysis)
    sections = analysis.sections
    wanted = {"value": values, "shape": shapes}
    hints: list[Hint] = []
    for (section, sure), following in zip(certain(analysis), (*sections[1:], None), strict=False):
        behind = [*passing.behind(section, sure, following)]
        if touch(section.span, place):
            inside = _inside(analysis, section, sure)
            hints += [hint.moved(section.start) for hint in (*inside, *behind) if wanted[hint.kind]]
    # Stable: a layer's values come before its shape where both stand behind its word.
    return sorted(hints, key=lambda hint: hint.offset)


def _inside(analysis: Analysis, section: Section, sure: Certainty) -> tuple[Hint, ...]:
    """The hints in a feature, whose places count as its own do."""
    if section.part is None:
        return (*input_hints(analysis, section, sure),) if section.images else ()
    if not sure.whole:
        return (*_worked_out(analysis, section, sure),)
    found = _known.get(section.part)
    if found is None:
        found = _known[section.part] = (*_worked_out(analysis, section, sure),)
    return found


def _worked_out(analysis: Analysis, section: Section, sure: Certainty) -> Iterator[Hint]:
    if feature := analysis.alone(section):
        yield from value_hints(feature, sure)
        yield from lane_hints(feature, sure)
