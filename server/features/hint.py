"""What an inlay hint is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cnngen.language import Span


@dataclass(frozen=True, slots=True)
class Hint:
    """A text to show at an offset, and why it is so."""

    offset: int
    label: str
    reason: str
    kind: Literal["value", "shape"]

    def moved(self, by: int) -> Hint:
        """The same hint in a text that has `by` characters more before it."""
        return Hint(self.offset + by, self.label, self.reason, self.kind)


def touch(span: Span, place: Span) -> bool:
    """Whether two spans have a place in common, be it their ends."""
    return span.start <= place.end and place.start <= span.end
