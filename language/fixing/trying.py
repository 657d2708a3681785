"""Fixes that hold: what was proposed for a diagnostic, tried on the text before anybody is offered it.

Whoever finds a fault proposes fixes from what it sees; whether the rest of the program agrees, only an analysis of the
changed text can tell. That costs an edit for each proposal, so it is done when somebody asks for the fixes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cnngen.language.analysis import Analysis
from cnngen.language.diagnostics import Code, Diagnostic, Fix, Severity
from cnngen.language.fixing.joins import join_fixes

#: How many characters are analysed to try the fixes of many diagnostics: a second or two.
MOST_READ = 200_000

#: More ways out than these help nobody.
MOST_OFFERED = 4


def working_fixes(analysis: Analysis, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """The fixes that remove a diagnostic and bring no error that was not there before, the best first."""
    working: dict[str, Fix] = {}
    for fix in _proposed(analysis, diagnostic):
        # Proposals with the same title are ways to the same end, so the first that holds is enough.
        if fix.title not in working and _works(analysis, diagnostic, fix):
            working[fix.title] = fix
            if len(working) == MOST_OFFERED:
                break
    return tuple(working.values())


def with_working_fixes(analysis: Analysis, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics of a program with the fixes that hold; see `tried`."""
    return tuple(tried(analysis, diagnostics))


def tried(analysis: Analysis, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Diagnostics of a program with the fixes that hold, one after the other, for each takes time.

    Where there are so many that trying would take long, the last ones come without.
    """
    left = MOST_READ
    for diagnostic in diagnostics:
        fixes = working_fixes(analysis, diagnostic) if left > 0 else ()
        left -= len(analysis.text) * len(_proposed(analysis, diagnostic))
        yield replace(diagnostic, fixes=fixes)


def _proposed(analysis: Analysis, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    return join_fixes(analysis, diagnostic) if diagnostic.code is Code.JOIN_SHAPES else diagnostic.fixes


def _works(analysis: Analysis, diagnostic: Diagnostic, fix: Fix) -> bool:
    after = analysis.edited(fix.edits).diagnostics
    now = [(found, (found.code, _place_before(found.span.start, fix))) for found in after]
    removed = diagnostic.code, diagnostic.span.start
    same = [found for found in analysis.diagnostics if (found.code, found.span.start) == removed]
    if sum(place == removed for _, place in now) >= max(len(same), 1):
        return False
    errors = Counter((f.code, f.span.start) for f in analysis.diagnostics if f.severity is Severity.ERROR)
    return Counter(place for found, place in now if found.severity is Severity.ERROR) <= errors


def _place_before(offset: int, fix: Fix) -> int:
    """Where a place of the changed text was before; of what the fix wrote, the place where it did so."""
    for edit in sorted(fix.edits, key=lambda edit: edit.span):
        if offset < edit.span.start:
            break
        offset = max(edit.span.start, offset - len(edit.text) + edit.span.end - edit.span.start)
    return offset
