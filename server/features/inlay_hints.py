"""Inlay hints: what the text leaves out, shown in its place: inferred hyper-parameters, and the shapes they lead to.

A hint says only what is sure: nothing is shown where the network goes on with a guess, nor behind it.
"""

from __future__ import annotations

from cnngen.language import Analysis, Span
from cnngen.server.features.certainty import Certainty
from cnngen.server.features.hint import Hint
from cnngen.server.features.hint_shapes import shape_hints
from cnngen.server.features.hint_values import value_hints


def inlay_hints(analysis: Analysis, place: Span, *, values: bool = True, shapes: bool = True) -> list[Hint]:
    """The hints of a part of the text, in its order; each kind can be left out."""
    sure = Certainty(analysis)
    hints: list[Hint] = []
    if values:
        hints += value_hints(analysis, place, sure)
    if shapes:
        hints += shape_hints(analysis, place, sure)
    # Stable: a layer's values come before its shape where both stand behind its word.
    return sorted(hints, key=lambda hint: hint.offset)
