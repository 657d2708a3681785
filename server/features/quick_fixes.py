"""Quick fixes: the changes that would remove the diagnostics of a place."""

from __future__ import annotations

from dataclasses import dataclass

from cnngen.language import Analysis, Diagnostic, Fix, Span


@dataclass(frozen=True, slots=True)
class QuickFix:
    """A fix, the diagnostic that it removes, and whether it is the only one there is for it."""

    diagnostic: Diagnostic
    fix: Fix
    preferred: bool


def quick_fixes(analysis: Analysis, place: Span) -> list[QuickFix]:
    """The fixes of all diagnostics that touch a place, which may be empty, such as a cursor's."""
    return [
        QuickFix(diagnostic, fix, len(diagnostic.fixes) == 1)
        for diagnostic in analysis.diagnostics
        if diagnostic.span.start <= place.end and place.start <= diagnostic.span.end
        for fix in diagnostic.fixes
    ]
