"""A program as a row of features: where each stands, and which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cnngen.language.checks.arguments import Written
from cnngen.language.checks.feature import Feature, read_feature
from cnngen.language.checks.order import check_program
from cnngen.language.diagnostics import Diagnostic
from cnngen.language.syntax.cut import Piece, cut
from cnngen.language.syntax.items import Items
from cnngen.language.syntax.parser import Unexpected, build, parse
from cnngen.language.syntax.tokens import tokenize
from cnngen.language.syntax.tree import Item, Layer

#: Features before a fault that the repair looks at too: a word without its parenthesis, and the one behind it.
_BEFORE_A_FAULT = 2

#: Kinds of features that make no layer of the network.
_SETTINGS = frozenset(("training", "defaults", "input", "output"))
#: Kinds that a rule, or a reader of settings, asks for by their word.
_ASKED_FOR = _SETTINGS | {"bridge", "dense"}


class Mention(NamedTuple):
    """A layer of the top level and its arguments, with their places in the text."""

    layer: Layer
    arguments: dict[str, Written]


@dataclass(slots=True)
class Outline:
    """The features of a text. `starts` has the offset at which each one's places begin to count.

    `layers` are the indices of those that the network is made of; `placed`, by their word, those of the others that
    stand in their place. `diagnostics` has what is wrong with the text's structure and the order of features.
    """

    items: Items
    features: list[Feature]
    starts: list[int]
    diagnostics: list[Diagnostic]
    layers: list[int]
    placed: dict[str, list[int]]

    def mentions(self, word: str) -> list[Mention]:
        """The features with this word that are in their place."""
        return [self.mention(index) for index in self.placed.get(word, ())]

    def first(self, word: str) -> Mention | None:
        """The first of them."""
        indices = self.placed.get(word)
        return self.mention(indices[0]) if indices else None

    @property
    def begin(self) -> int | None:
        """The index of `input`; without one, of what stands first."""
        inputs = self.placed.get("input")
        if inputs:
            return inputs[0]
        return min([*self.layers[:1], *(indices[0] for indices in self.placed.values())], default=None)

    def mention(self, index: int) -> Mention:
        """A feature that is a layer."""
        feature, start, layer = self.features[index], self.starts[index], self.items[index]
        assert isinstance(layer, Layer) and isinstance(feature.item, Layer)
        written = feature.arguments[feature.item]
        return Mention(layer, {name: Written(value, span.moved(start)) for name, (value, span) in written.items()})


class Outliner:
    """Makes outlines of texts, and keeps the features that they have in common."""

    def __init__(self) -> None:
        self._known: dict[str, Feature] = {}

    def outline(self, text: str) -> Outline:
        """The outline of any text."""
        pieces, whole = cut(text)
        features = self._features(text, pieces)
        starts = [start for start, _ in pieces]
        rest: Sequence[Item] = ()
        diagnostics: list[Diagnostic] = []
        if not whole or len(features) < len(pieces):
            sound = max(len(features) - _BEFORE_A_FAULT, 0)
            begin = pieces[sound][0] if sound < len(pieces) else 0
            del pieces[sound:], features[sound:], starts[sound:]
            program, diagnostics = parse(text, begin)
            rest = program.items
            features += [read_feature(text, item) for item in rest]
            starts += [0] * len(rest)
        items = Items(text, pieces, rest)
        kinds = [feature.kind for feature in features]
        misplaced = set(check_program(kinds, items, diagnostics))
        layers: list[int] = []
        placed: dict[str, list[int]] = {}
        for index, kind in enumerate(kinds):
            if index in misplaced:
                continue
            if kind in _ASKED_FOR:
                placed.setdefault(features[index].word, []).append(index)
            if kind not in _SETTINGS:
                layers.append(index)
        return Outline(items, features, starts, diagnostics, layers, placed)

    def _features(self, text: str, pieces: list[Piece]) -> list[Feature]:
        """The features of the pieces up to the first that is not sound."""
        known = self._known
        features: list[Feature] = []
        for start, end in pieces:
            source = text[start:end]
            feature = known.get(source)
            if feature is None:
                try:
                    (item,) = build(tokenize(source)).items
                except Unexpected:
                    break
                feature = known[source] = read_feature(source, item)
            features.append(feature)
        return features

    def forget_others(self, outline: Outline) -> None:
        """Forget the features that an outline does not have, once they are many."""
        if len(self._known) > 2 * len(outline.features) + 100:
            used = set(outline.features)
            self._known = {text: feature for text, feature in self._known.items() if feature in used}
