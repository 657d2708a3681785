"""What may stand at a place of a text: asked by an editor while its user types there.

A word of no meaning is put at the place; where it ends up in the tree, also in that of a text which lacks brackets,
is what the place is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from cnngen.language.analysis import Analysis
from cnngen.language.checks.order import Side, misplaced_in
from cnngen.language.outline import Outline
from cnngen.language.source import Span
from cnngen.language.syntax.lookup import path_at
from cnngen.language.syntax.tree import Argument, Body, Item, Lane, Layer, Merge, Program, Scalar
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.synonyms import suggest

#: No word of the language, nor like one.
_MARK = "zzzz"
#: What the mark may be a part of: a body, or an argument. What makes the least faults is meant.
_BODY = f"({_MARK}, Empty)"
_NAMED = f"{_MARK}=1"
#: A place between two characters that may be one token, such as the beginning of a comment.
_WITHIN = re.compile(r"[^\s\w\[\](),=]{2}")
_BEFORE = re.compile(r"[\w.]*\Z")
_ARGUMENT = re.compile(r"\s*[^\W\d]\w*\s*=")
_BEHIND = re.compile(r"[\w.]*")


@dataclass(frozen=True, eq=False)
class Words:
    """A word or a merge, among items of these kinds, of a program or of a lane.

    `before` is the item before the place; `layer` holds the arguments that the word would get.
    """

    kinds: list[str | None]
    index: int
    lane: Side | None
    before: Item | None
    layer: Layer
    _known: dict[tuple[tuple[str, ...], bool], int] = field(default_factory=dict)

    def allows(self, *words: str) -> bool:
        """Whether the grammar allows these words, one after the other, where `[` stands for any merge.

        It does when they are in order behind what stands before them, and put nothing behind them out of order.
        """
        new = tuple("merge" if word == "[" else WORDS[word].category for word in words)
        return all(self._misplaced(new, whole) <= self._misplaced((), whole) for whole in (False, True))

    def _misplaced(self, new: tuple[str, ...], whole: bool) -> int:
        """How many items are out of order with such items at the place, among all or up to there."""
        if (new, whole) not in self._known:
            before, behind = slice(self.index), slice(self.index + 1, None if whole else 0)
            kinds = [*self.kinds[before], *new, *self.kinds[behind]]
            # Which items they are would only matter to a report.
            self._known[new, whole] = misplaced_in(kinds, [self.layer] * len(kinds), self.lane)
        return self._known[new, whole]


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """A body of a merge."""

    merge: Merge


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """The name of an argument: one of the hyper-parameters `free`. `assigned`: its `=` is there already."""

    layer: Layer
    word: Word
    free: tuple[HyperParameter, ...]
    assigned: bool


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The value of a hyper-parameter."""

    layer: Layer
    word: Word
    parameter: HyperParameter


Kind: TypeAlias = Words | Bodies | Names | Values


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What a place may hold.

    `span` is the word that stands there so far. `sound` tells that around it no bracket or comma is missing or too
    many.
    """

    span: Span
    sound: bool
    kind: Kind


def expected_at(analysis: Analysis, offset: int) -> Expected | None:
    """What may stand where the offset is, in place of the word that it touches from behind or lies in, or of the value
    that begins there.

    None where nothing can be proposed: in comments, in strings, within tuples.
    """
    text = analysis.text
    before = _BEFORE.search(text, 0, offset)
    start = before.start() if before else offset
    behind = _BEHIND.match(text, offset)
    # A value is replaced by another one; before any other word there may be something new.
    touched = start < offset or (text[start - 1 : start] == "=" and behind is not None and behind[0] not in WORDS)
    end = behind.end() if behind and touched else offset
    if start and _WITHIN.match(text[start - 1] + text[end : end + 1]):
        return None
    # The mark must neither grow together with what follows, nor lack its comma before another argument.
    gap = ", " if _ARGUMENT.match(text, end) else " " if re.match(r"\w", text[end : end + 1]) else ""
    fewest, best, sound = len(text) + 1, None, False
    for mark in _marks(text[:start].rstrip()):
        marked = f"{text[:start]}{mark}{gap}{text[end:]}"
        outline = analysis.analyser.outline(marked)
        kind = _kind(marked, outline, start, mark)
        if outline.faults < fewest:  # also where it leads to nothing that can be proposed, as in a tuple
            fewest, best = outline.faults, kind
            sound = not any(stretch.start <= start <= stretch.end for stretch in outline.repaired)
        if outline.faults <= analysis.faults:  # none that is not there without the mark
            break
    return Expected(Span(start, end), sound, best) if best else None


def _marks(before: str) -> tuple[str, ...]:
    """The marks to try, the likeliest first, behind some text."""
    if before.endswith("["):
        return _BODY, _MARK, _NAMED
    if before.endswith((",", "(")) and _in_arguments(before):
        return _NAMED, _MARK, _BODY
    return _MARK, _NAMED, _BODY


def _in_arguments(before: str) -> bool:
    """Whether the bracket that is open behind a text stands behind a word, as far as one can see from its end."""
    closed = 0
    for place in range(len(before) - 1, -1, -1):
        mark = before[place]
        if mark in ")]":
            closed += 1
        elif mark in "([":
            if not closed:
                return mark == "(" and before[:place].rstrip()[-1:].isidentifier()
            closed -= 1
    return False


def _kind(text: str, outline: Outline, start: int, mark: str) -> Kind | None:
    """What the mark has become."""
    path = path_at(Program(outline.items), start)
    if mark == _BODY:
        for merge, body in pairwise(path):
            if isinstance(merge, Merge) and isinstance(body, Body) and body.span.start == start:
                return Bodies(merge)
        return None
    if not path or not isinstance(path[-1], Scalar) or path[-1].text != _MARK:
        return None
    match path:
        case [*_, Layer() as layer, Argument() as argument, Scalar() as scalar]:
            return _argument(layer, argument, scalar, assigned=mark == _MARK and argument.name is scalar)
        case [Layer() as layer, Scalar()]:
            kinds = [feature.kind for feature in outline.features]
            index = bisect_left(outline.offsets, layer.span.start)
            return Words(kinds, index, None, outline.items[index - 1] if index else None, layer)
        case [*_, Merge() as merge, Body() as body, Lane() as lane, Layer() as layer, Scalar()]:
            side = body.lanes.index(lane)
            if text[body.span.start] != "(" and layer is body.lanes[0].items[0]:  # its parenthesis is still to come
                return Bodies(merge)
            kinds, index = [_category(item) for item in lane.items], lane.items.index(layer)
            before = lane.items[index - 1] if index else None
            return Words(kinds, index, "right" if side else "left", before, layer)
    return None


def _category(item: Item) -> str | None:
    """The category of an item, as that of the word that is probably meant."""
    if isinstance(item, Merge):
        return "merge"
    word = _word(item) if isinstance(item, Layer) else None
    return word.category if word else None


def _word(layer: Layer) -> Word | None:
    return WORDS.get(layer.word.text) or WORDS.get(suggest(layer.word.text) or "")


def _argument(layer: Layer, argument: Argument, mark: Scalar, *, assigned: bool) -> Kind | None:
    word = _word(layer)
    if word is None:
        return None
    if argument.value is mark and argument.name is not None:
        parameter = word.hyperparameter(argument.name.text)
        return Values(layer, word, parameter) if parameter else None
    written = {other.name.text for other in layer.arguments if other.name}
    free = tuple(parameter for parameter in word.hyperparameters if parameter.name not in written)
    return Names(layer, word, free, assigned)
