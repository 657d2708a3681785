"""Which diagnostics only follow from others: shapes that do not fit because what decides them could not be read."""

from __future__ import annotations

from bisect import bisect_right

from cnngen.language.diagnostics import Code, Diagnostic, Severity
from cnngen.language.outline import Outline

_OF_SHAPES = frozenset((Code.JOIN_SHAPES, Code.WINDOW_TOO_LARGE))


def without_consequences(diagnostics: list[Diagnostic], outline: Outline) -> list[Diagnostic]:
    """The diagnostics without those of shapes in a feature that has other errors.

    An error belongs to the feature where it stands and to those that its fixes would change.
    """
    if all(found.code not in _OF_SHAPES for found in diagnostics):
        return diagnostics
    starts = outline.offsets
    faulty: set[int] = set()
    for found in diagnostics:
        if found.severity is Severity.ERROR and found.code not in _OF_SHAPES:
            places = [found.span.start, *(edit.span.start for fix in found.fixes for edit in fix.edits)]
            faulty.update(bisect_right(starts, place) for place in places)
    return [
        found
        for found in diagnostics
        if found.code not in _OF_SHAPES or bisect_right(starts, found.span.start) not in faulty
    ]
