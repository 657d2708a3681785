"""`grammar`: on the parse tree of the network's text, a graph convolution from parents to children and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from cnngen.language import analyse
from cnngen.language.syntax.tree import Item as Branch
from cnngen.language.syntax.tree import Layer, Merge, Scalar
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.deep.graph import Graph, GraphPredictor
from cnngen.search.predictors.deep.keras_predictor import program_of
from cnngen.search.predictors.predictor import register

Words = list[tuple[str, float]]


@register
class Grammar(GraphPredictor):
    """Sees the tree of the canonical text: words with their arguments, merges, their bodies and lanes.

    A node reads its parent and, as the text does, the one before it in the same row.
    """

    name = "grammar"
    sums = True

    def graph(self, architecture: Architecture) -> Graph:
        """The parse tree."""
        tree = analyse(program_of(architecture, self.name).canonical).tree
        nodes: list[Words] = [[("program", 0.0)]]
        edges: list[tuple[int, int]] = []

        def add(words: Words, parent: int, before: int | None) -> int:
            nodes.append(words)
            edges.append((parent, len(nodes) - 1))
            if before is not None:
                edges.append((before, len(nodes) - 1))
            return len(nodes) - 1

        pending: list[tuple[int, Iterator[Branch], int | None]] = [(0, iter(tree.items), None)]
        while pending:  # a list, not recursion: merges nest as deep as they like
            parent, items, before = pending.pop()
            item = next(items, None)
            if item is None:
                continue
            here = add(_words(item), parent, before)
            pending.append((parent, items, here))
            for body in item.bodies if isinstance(item, Merge) else ():
                inside = add([("body", 0.0)], here, None)
                for side, lane in zip(("left", "right"), body.lanes, strict=False):
                    pending.append((add([(side, 0.0)], inside, None), iter(lane.items), None))
        return Graph(nodes, edges)


def _words(item: Branch) -> Words:
    if isinstance(item, Merge):
        return [("merge", 0.0), *(_words(item.join) if item.join else ())]
    if not isinstance(item, Layer):
        return [("stray", 0.0)]
    words: Words = [(item.word.text, 0.0)]
    for argument in item.arguments:
        if argument.name is None or argument.value is None:
            continue
        values = [argument.value] if isinstance(argument.value, Scalar) else argument.value.items
        words += [_word(argument.name.text, value.text) for value in values]
    return words


def _word(name: str, value: str) -> tuple[str, float]:
    with suppress(ValueError):
        return name, float(value)
    return f"{name}={value}", 0.0
