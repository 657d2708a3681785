"""Single layers: what each word decides at its place, and the drafts of the nodes that it becomes."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

from cnngen.language.checks.arguments import Written
from cnngen.language.checks.feature import Feature
from cnngen.language.checks.recognition import Recognition
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.resolve import shapes
from cnngen.language.resolve.choices import Choice, Meaning, Why, make_choice
from cnngen.language.resolve.graph import Graph, Stream
from cnngen.language.resolve.lanes import LARGEST_IMAGE
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.shapes import Pair, shown
from cnngen.language.resolve.solve import Window
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.hyperparameters import FIRST_FILTERS, HIDDEN_UNITS, MOST_FILTERS


class Layers:
    """Resolves words, one at a time, of programs whose `defaults(…)` say the same."""

    #: What the words at hand stand in, and what they become a part of.
    known: Recognition
    arguments: dict[Layer, dict[str, Written]]
    part: Part
    graph: Graph

    def __init__(self, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        #: The join of a merge that writes none.
        self.plain_join = Meaning("add", "join", {}, defaults, None)
        self._of: dict[Layer, Meaning] = {}
        self._meanings: dict[object, Meaning] = {}

    @property
    def count(self) -> int:
        """How many layers are kept, each with the tree that it is in."""
        return len(self._of)

    def begin(self, feature: Feature, part: Part) -> None:
        """From now on resolve the words of this feature."""
        self.known, self.arguments, self.part, self.graph = feature.known, feature.arguments, part, part.graph

    # -- what a word says by itself ----------------------------------------------------------------------------

    def meaning(self, item: Layer) -> Meaning:
        """The same object for all layers with the same word and the same written values."""
        found = self._of.get(item)
        if found is None:
            word, written = self.known.word(item), self.arguments[item]
            key = (word, *[(name, value) for name, (value, _) in written.items()]) if written else word
            found = self._meanings.get(key)
            if found is None:
                if written or self.defaults:
                    found = _meaning(word, {name: value for name, (value, _) in written.items()}, self.defaults)
                else:
                    found = bare_meaning(word)
                self._meanings[key] = found
            self._of[item] = found
        return found

    # -- what it becomes ---------------------------------------------------------------------------------------

    def layer(self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None) -> Stream:
        """Append the nodes of one word.

        `solved` is its window where a merge needs another than the usual one; `kept`: it keeps the size as far as it
        can; `channels` are its filters where none are written.
        """
        meaning = self.meaning(item)
        category = meaning.category
        if category == "dense":
            return self._dense(item, meaning, stream)
        if category == "dropout":
            choice = Choice(meaning)
            self.part.choices[item] = choice
            return self.graph.add("dropout", item.span, (stream.node,), stream.shape, stream.reductions, choice)
        if len(stream.shape) == 3:
            if category == "convolution":
                return self._convolution(item, meaning, stream, solved, kept, channels)
            if category == "pooling":
                return self._pooling(item, meaning, stream, solved, kept)
            if category == "bridge":
                shape = (prod(stream.shape),) if meaning.word == "flatten" else (stream.shape[2],)
                return self.graph.add(meaning.word, item.span, (stream.node,), shape, stream.reductions)
        return stream

    def _convolution(
        self, item: Layer, meaning: Meaning, stream: Stream, solved: Window | None, kept: bool, channels: int | None
    ) -> Stream:
        """Append a convolution, with its normalisation before or behind it."""
        node, shape, reductions = stream
        window, why, size = self._sized(item, meaning, stream, solved, kept)
        word, span, graph = meaning.word, item.span, self.graph
        filters = meaning.written.get("filters") or channels or min(MOST_FILTERS, FIRST_FILTERS << min(reductions, 10))
        choice = make_choice((meaning, window, why, filters, bool(channels), reductions))
        self.part.choices[item] = choice
        if word == "bnconv":
            parameters = shapes.batch_norm_parameters(shape[2])
            node = graph.add("batch_norm", span, (node,), shape, reductions, choice, parameters).node
        kind = "conv" if word in ("convbn", "bnconv") else word
        behind = (*size, filters)
        assert window.kernel and window.strides
        cost = shapes.convolution_cost(kind, shape, behind, window.kernel, meaning.use_bias)
        if word != "upconv" and window.strides != (1, 1):
            reductions += 1
        stream = graph.add(kind, span, (node,), behind, reductions, choice, *cost)
        if word == "convbn":
            parameters = shapes.batch_norm_parameters(filters)
            stream = graph.add("batch_norm", span, (stream.node,), behind, reductions, choice, parameters)
        return stream

    def _pooling(self, item: Layer, meaning: Meaning, stream: Stream, solved: Window | None, kept: bool) -> Stream:
        """Append a pooling."""
        window, why, size = self._sized(item, meaning, stream, solved, kept)
        choice = Choice(meaning, window, why)
        self.part.choices[item] = choice
        reductions = stream.reductions + (window.strides != (1, 1))
        return self.graph.add(
            meaning.word, item.span, (stream.node,), (*size, stream.shape[2]), reductions, choice
        )  # fmt: skip

    def _dense(self, item: Layer, meaning: Meaning, stream: Stream) -> Stream:
        """Append a dense layer; the last one is the classifier."""
        classes = self.part.classes
        units = meaning.written.get("units") or classes or HIDDEN_UNITS
        choice = Choice(meaning, width=units, given=classes is not None)
        self.part.choices[item] = choice
        cost = shapes.dense_cost(stream.shape, units, meaning.use_bias)
        return self.graph.add("dense", item.span, (stream.node,), (units,), stream.reductions, choice, *cost)

    def _sized(
        self, item: Layer, meaning: Meaning, stream: Stream, solved: Window | None, kept: bool
    ) -> tuple[Window, Why, Pair]:
        """A layer's window with all values, why it has them, and the size behind. Reports what no image can pass."""
        before = stream.size
        if solved:
            window, why = solved, Why.SOLVED
        elif kept:
            window, why = meaning.kept, Why.KEPT
        else:
            window, why = meaning.usual(before), Why.USUAL
        size = window.output(before)
        if min(size) < 1:
            self._report_window(item, meaning, window, before)
            size = (max(size[0], 1), max(size[1], 1))
        elif max(size) > LARGEST_IMAGE:
            message = (
                f"{meaning.word} makes an image of {shown(size)}, more than the {LARGEST_IMAGE:,} pixels a side that "
                "fit: make its strides smaller."
            )
            self.part.diagnostics.append(Diagnostic(Code.COST, Severity.ERROR, message, item.span))
            size = before
        return window, why, size

    def _report_window(self, item: Layer, meaning: Meaning, window: Window, size: Pair) -> None:
        """Report a window that is larger than its image, where the window is written if it is."""
        name, kernel = "pool_size" if meaning.category == "pooling" else "kernel_size", window.kernel
        assert kernel
        written = self.arguments[item]
        largest = min(kernel[0], size[0]), min(kernel[1], size[1])
        value = f"{name}={largest[0] if largest[0] == largest[1] else largest}"
        message = (
            f"{meaning.word} has a window of {shown(kernel)}, larger than its image of {shown(size)}: "
            f"write {value}, or padding=same."
        )
        new = {name: value, "padding": "padding=same"}
        fixes = [Fix(f"Write {new[key]}", (Edit(written[key].span, new[key]),)) for key in new if key in written]
        span = written[name].span if name in written else item.span
        self.part.diagnostics.append(
            Diagnostic(Code.WINDOW_TOO_LARGE, Severity.ERROR, message, span, fixes=tuple(fixes))
        )


@lru_cache(256)
def bare_meaning(word: str) -> Meaning:
    """The same object for a word without written values in all programs without `defaults(…)`."""
    return _meaning(word, {}, {})


def _meaning(word: str, written: dict[str, Any], defaults: dict[str, Any]) -> Meaning:
    category = WORDS[word].category if word in WORDS else None
    return Meaning(word, category, written, defaults, _window(word, category, written))


def _window(word: str, category: str | None, written: dict[str, Any]) -> Window | None:
    """What is written of a word's window; None for words that have none."""
    if category not in ("convolution", "pooling"):
        return None
    kernel = written.get("pool_size" if category == "pooling" else "kernel_size")
    strides, padding = written.get("strides"), written.get("padding")
    return Window(kernel, strides, padding, word == "upconv", word == "sepconv")
