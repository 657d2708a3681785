"""The stretches of a text around its faults, kept for the next text: at most keys a fault is as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnngen.language.checks.feature import Feature, read_feature
from cnngen.language.diagnostics import Diagnostic
from cnngen.language.syntax.brackets import Brackets
from cnngen.language.syntax.cut import Tail
from cnngen.language.syntax.memory import Memory
from cnngen.language.syntax.moving import moved
from cnngen.language.syntax.tree import Item
from cnngen.language.syntax.window import parse_faulty, window_end

#: So many stretches are kept; then all are forgotten, for most of them were tried or typed over.
_MOST = 20


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What was made of a faulty stretch, which ends at `end`: its items with their features, and its faults.

    `starts` has the offset at which each feature's places begin to count.
    """

    items: Sequence[Item]
    features: list[Feature]
    starts: list[int]
    diagnostics: list[Diagnostic]
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A stretch that began at `start`, and all that it depends on.

    That is the text up to where the repair looked, with the character before it, whether that was all of the text, and
    what it was told of brackets, by how far they lie behind the start.
    """

    stretch: Stretch
    start: int
    text: str
    last: bool
    abandoned: dict[int, bool]


class Stretches:
    """Makes the stretches of texts, each of which is much like the one before."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._seen: dict[str, _Seen] = {}

    def at(self, start: int, tail: Tail, known: Mapping[str, Feature]) -> Stretch:
        """The faulty stretch that begins at an offset of the tail's text. `known` are features by their texts."""
        text = tail.text
        key = text[start : window_end(text, start)]
        seen, brackets = self._seen.get(key), Brackets(text, tail)
        if seen and _holds(seen, text, start, brackets):
            same = _moved(seen.stretch, start - seen.start)
            if same:
                return same
        items, faults, end, behind = parse_faulty(text, start, self._memory, brackets)
        features, starts = [], []
        for item in items:
            feature = known.get(text[item.span.start : item.span.end])
            features.append(feature or read_feature(text, item))
            starts.append(item.span.start if feature else 0)
        stretch = Stretch(items, features, starts, faults, end)
        abandoned = {opener - start: told for opener, told in brackets.asked.items()}
        if len(self._seen) >= _MOST:
            self._seen.clear()
        read = text[max(start - 1, 0) : behind]
        self._seen[key] = _Seen(stretch, start, read, behind == len(text), abandoned)
        return stretch


def _holds(seen: _Seen, text: str, start: int, brackets: Brackets) -> bool:
    """Whether a repair from there on would see what it saw."""
    before = max(start - 1, 0)
    return (
        bool(start) == bool(seen.start)
        and text.startswith(seen.text, before)
        and seen.last == (before + len(seen.text) == len(text))
        and all(brackets.abandoned_at(start + opener) is told for opener, told in seen.abandoned.items())
    )


def _moved(stretch: Stretch, by: int) -> Stretch | None:
    """The same stretch with so many characters more before it; None where its items nest too deep to be moved."""
    if not by:
        return stretch
    items = [moved(item, by) for item in stretch.items]
    if None in items:
        return None
    return replace(
        stretch,
        items=[item for item in items if item],
        starts=[start + by for start in stretch.starts],
        diagnostics=[found.moved(by) for found in stretch.diagnostics],
        end=stretch.end + by,
    )
