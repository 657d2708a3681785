"""Programs with a cursor, written `|`: the place at which an editor asks."""

from __future__ import annotations

from cnngen.language import Analysis, analyse

CURSOR = "|"


def at_cursor(text: str) -> tuple[Analysis, int]:
    """The analysis of the text without its cursor, and the cursor's offset."""
    before, found, behind = text.partition(CURSOR)
    assert found and CURSOR not in behind, "a text has one cursor"
    return analyse(before + behind), len(before)
