"""The whole program: laid out, and all mended that can be mended in one way only."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language import Analysis, Edit
from cnngen.language.formatting.edits import formatting_edits
from cnngen.server.features.action import FIX_ALL, FORMAT, Action
from cnngen.server.features.errors import errors


def lay_out(analysis: Analysis) -> Iterator[Action]:
    """Offer the formatter's layout where the program has another."""
    if edits := formatting_edits(analysis):
        yield Action("Organise: lay the program out", FORMAT, lambda: tuple(edits))


def fix_all(analysis: Analysis) -> Iterator[Action]:
    """Offer all fixes together that are the only ones for their diagnostics."""
    if edits := _fixes(analysis):
        yield Action("Fix all that can be fixed in one way only", FIX_ALL, lambda: edits)


def _fixes(analysis: Analysis) -> tuple[Edit, ...]:
    """The edits of the fixes that do not touch each other; if together they spoil something, of those that do not."""
    chosen: list[tuple[Edit, ...]] = []
    for found in analysis.diagnostics:
        if len(found.fixes) == 1:
            edits = found.fixes[0].edits
            others = [other for fix in chosen for other in fix]
            if not any(_meet(edit, other) for edit in edits for other in others):
                chosen.append(edits)
    together = _flat(chosen)
    if _better(analysis, together):
        return together
    kept: list[tuple[Edit, ...]] = []
    for edits in chosen:
        if _better(analysis, _flat([*kept, edits])):
            kept.append(edits)
    return _flat(kept)


def _flat(fixes: list[tuple[Edit, ...]]) -> tuple[Edit, ...]:
    return tuple(sorted((edit for fix in fixes for edit in fix), key=lambda edit: edit.span))


def _better(analysis: Analysis, edits: tuple[Edit, ...]) -> bool:
    """Whether the program has fewer diagnostics then, and no error that it did not have."""
    after = analysis.edited(edits)
    return errors(after) <= errors(analysis) and len(after.diagnostics) < len(analysis.diagnostics)


def _meet(one: Edit, other: Edit) -> bool:
    return one.span.start <= other.span.end and other.span.start <= one.span.end
