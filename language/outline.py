"""A program as a row of features: where each stands, and which of them count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cnngen.language.checks.arguments import Written
from cnngen.language.checks.feature import Feature, read_feature
from cnngen.language.checks.order import check_program
from cnngen.language.diagnostics import Diagnostic
from cnngen.language.source import Span
from cnngen.language.syntax.cut import Cutter, Piece
from cnngen.language.syntax.items import Items
from cnngen.language.syntax.parser import Unexpected, build
from cnngen.language.syntax.tokens import tokenize
from cnngen.language.syntax.tree import Item, Layer
from cnngen.language.words.catalogue import WORDS

if TYPE_CHECKING:
    from cnngen.language.stretches import Stretches

#: Features before a fault that the repair looks at too: a word without its parenthesis, and the one behind it.
_BEFORE_A_FAULT = 2

#: So many features are kept besides those of the text: what is taken back at once, and what is tried.
_MOST_BESIDES = 50

#: Kinds of features that make no layer of the network.
_SETTINGS = frozenset(("training", "defaults", "input", "output"))
#: Kinds that a rule, or a reader of settings, asks for by their word.
_ASKED_FOR = _SETTINGS | {"bridge", "dense"}


class Mention(NamedTuple):
    """A layer of the top level: the feature with this index."""

    outline: Outline
    place: int

    @property
    def layer(self) -> Layer:
        """The layer, with its places in the text."""
        layer = self.outline.items[self.place]
        assert isinstance(layer, Layer)
        return layer

    @property
    def values(self) -> dict[str, Any]:
        """Its arguments without their places."""
        feature = self.outline.features[self.place]
        assert isinstance(feature.item, Layer)
        return {name: value for name, (value, _) in feature.arguments[feature.item].items()}

    @property
    def arguments(self) -> dict[str, Written]:
        """Its arguments, with their places in the text."""
        feature, start = self.outline.features[self.place], self.outline.starts[self.place]
        assert isinstance(feature.item, Layer)
        written = feature.arguments[feature.item]
        return {name: Written(value, span.moved(start)) for name, (value, span) in written.items()}


@dataclass(slots=True)
class Outline:
    """The features of a text. `starts` has the offset at which each one's places begin to count.

    `layers` are the indices of those that the network is made of; `placed`, by their word, those of the others that
    stand in their place. `diagnostics` has what is wrong with the text's structure, its first `faults`, and with the
    order of features. `repaired` are the stretches of the text around its faults.
    """

    items: Items
    features: list[Feature]
    starts: list[int]
    diagnostics: list[Diagnostic]
    faults: int
    repaired: list[Span]
    layers: list[int]
    placed: dict[str, list[int]]

    def mentions(self, word: str) -> list[Mention]:
        """The features with this word that are in their place."""
        return [Mention(self, index) for index in self.placed.get(word, ())]

    def first(self, word: str) -> Mention | None:
        """The first of them."""
        indices = self.placed.get(word)
        return Mention(self, indices[0]) if indices else None

    @property
    def offsets(self) -> list[int]:
        """Where the features begin in the text, in their order."""
        return [start + feature.item.span.start for feature, start in zip(self.features, self.starts, strict=True)]

    @property
    def begin(self) -> int | None:
        """The index of `input`; without one, of what stands first."""
        inputs = self.placed.get("input")
        if inputs:
            return inputs[0]
        return min([*self.layers[:1], *(indices[0] for indices in self.placed.values())], default=None)


def _read(source: str) -> Feature:
    (item,) = build(tokenize(source)).items
    return read_feature(source, item)


@cache
def bare_word(word: str) -> Feature:
    """What a word of the catalogue without arguments is, the same in every text."""
    return _read(word)


class Outliner:
    """Makes outlines of texts, and keeps the features that they have in common."""

    def __init__(self) -> None:
        self._known: dict[str, Feature] = {}
        self._cutter = Cutter()

    @cached_property
    def _stretches(self) -> Stretches:
        from cnngen.language.stretches import Stretches  # a sound program does without them

        return Stretches()

    def outline(self, text: str) -> Outline:
        """The outline of any text."""
        places: list[Piece | Item] = []
        features: list[Feature] = []
        starts: list[int] = []
        diagnostics: list[Diagnostic] = []
        repaired: list[Span] = []
        position, over = 0, False
        while not over:
            pieces, over = self._cutter.cut(text, position)
            sound = self._features(text, pieces)
            if not over or len(sound) < len(pieces):
                del sound[-_BEFORE_A_FAULT:]
            places += pieces[: len(sound)]
            features += sound
            starts += [start for start, _ in pieces[: len(sound)]]
            over = over and len(sound) == len(pieces)
            if not over:
                begin = pieces[len(sound)][0] if len(sound) < len(pieces) else position
                stretch = self._stretches.at(begin, self._cutter.tail(text), self._known)
                position = stretch.end
                diagnostics += stretch.diagnostics
                repaired.append(Span(begin, position))
                features += stretch.features
                starts += stretch.starts
                places += stretch.items
                over = position == len(text)
        items_ = Items(text, places, lambda index: features[index].item)
        faults = len(diagnostics)
        kinds = [feature.kind for feature in features]
        misplaced = set(check_program(kinds, items_, diagnostics))
        layers: list[int] = []
        placed: dict[str, list[int]] = {}
        for index, kind in enumerate(kinds):
            if index in misplaced:
                continue
            if kind in _ASKED_FOR:
                placed.setdefault(features[index].word, []).append(index)
            if kind not in _SETTINGS:
                layers.append(index)
        return Outline(items_, features, starts, diagnostics, faults, repaired, layers, placed)

    def _features(self, text: str, pieces: list[Piece]) -> list[Feature]:
        """The features of the pieces up to the first that is not sound."""
        known = self._known
        features: list[Feature] = []
        for start, end in pieces:
            source = text[start:end]
            feature = known.get(source)
            if feature is None:
                try:
                    feature = known[source] = bare_word(source) if source in WORDS else _read(source)
                except Unexpected:
                    break
            features.append(feature)
        return features

    def forget_others(self, outline: Outline) -> None:
        """Forget the features that an outline does not have, once they are many: each letter makes one."""
        if len(self._known) > len(outline.features) + _MOST_BESIDES:
            used = set(outline.features)
            self._known = {text: feature for text, feature in self._known.items() if feature in used}
