"""Fixes that hold: what was proposed for a diagnostic, tried on the text before anybody is offered it.

Whoever finds a fault proposes fixes from what it sees; whether the rest of the program agrees, only an analysis of the
changed text can tell. That costs one analysis for each proposal, so it is done when somebody asks for the fixes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from cnngen.language.analysis import Analysis, analyse
from cnngen.language.diagnostics import Code, Diagnostic, Fix, Severity

#: A diagnostic as the same before and after an edit: its code, and where it begins in the edited text.
_Finding = tuple[Code, int]


def applied(text: str, fix: Fix) -> str:
    """The text with a fix made."""
    for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def working_fixes(analysis: Analysis, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """The fixes of a diagnostic that remove it and bring no error that was not there before."""
    return tuple(fix for fix in diagnostic.fixes if _works(analysis, diagnostic, fix))


def with_working_fixes(analysis: Analysis, diagnostic: Diagnostic) -> Diagnostic:
    """The same diagnostic with the fixes that hold."""
    return replace(diagnostic, fixes=working_fixes(analysis, diagnostic)) if diagnostic.fixes else diagnostic


def _works(analysis: Analysis, diagnostic: Diagnostic, fix: Fix) -> bool:
    after = analyse(applied(analysis.text, fix), dataset=analysis.override).diagnostics
    found = Counter((other.code, other.span.start) for other in after)
    kept = Counter((other.code, _moved(other.span.start, fix)) for other in analysis.diagnostics)
    if found[_place(diagnostic, fix)] >= kept[_place(diagnostic, fix)]:
        return False
    errors = Counter(_place(other, fix) for other in analysis.diagnostics if other.severity is Severity.ERROR)
    left = Counter((other.code, other.span.start) for other in after if other.severity is Severity.ERROR)
    return left <= errors


def _place(diagnostic: Diagnostic, fix: Fix) -> _Finding:
    return diagnostic.code, _moved(diagnostic.span.start, fix)


def _moved(offset: int, fix: Fix) -> int:
    """Where a place of the text is after the edits; one that an edit replaces is where that begins."""
    moved = offset
    for edit in fix.edits:
        if edit.span.end <= offset:
            moved += len(edit.text) - (edit.span.end - edit.span.start)
        elif edit.span.start < offset:
            moved -= offset - edit.span.start
    return moved
