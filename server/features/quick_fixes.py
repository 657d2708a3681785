"""Quick fixes: the changes that would remove the diagnostics of a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnngen.language import Analysis, Diagnostic, Fix, Span
from cnngen.language.fixing.trying import tried


@dataclass(frozen=True, slots=True)
class QuickFix:
    """A fix, the diagnostic that it removes, and whether it is the only one there is for it."""

    diagnostic: Diagnostic
    fix: Fix
    preferred: bool


def quick_fixes(analysis: Analysis, place: Span) -> Iterator[list[QuickFix]]:
    """The fixes of each diagnostic that touches a place, which may be empty, such as a cursor's.

    Each takes the time of trying its fixes: nobody need wait for all.
    """
    touched = [
        diagnostic
        for diagnostic in analysis.diagnostics
        if diagnostic.span.start <= place.end and place.start <= diagnostic.span.end
    ]
    for found in tried(analysis, touched):
        yield [QuickFix(found, fix, len(found.fixes) == 1) for fix in found.fixes]
