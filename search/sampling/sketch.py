"""A network while it is drawn: its text so far, what flows, and what it costs.

Sizes and costs are the language's own formulas, texts are those of `spelling.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnngen.language.identity import network_hash
from cnngen.language.network import BYTES_PER_VALUE
from cnngen.language.resolve.graph import MANY_PARAMETERS, MUCH_MEMORY
from cnngen.language.resolve.shapes import Pair, batch_norm_parameters, convolution_cost, dense_cost
from cnngen.search.sampling import spelling
from cnngen.search.sampling.configuration import Conditions
from cnngen.search.sampling.spelling import Style, Window


class Rejected(Exception):
    """A draw that is given up; the message says what was too large, in a word or two."""


class Stream(NamedTuple):
    """What flows: an image of a height and width, or a vector, whose `size` is (0, 0).

    `depth` counts the layers on the longest way from the image on; `raw`: no convolution has touched the image yet;
    `layer` is the number of the layer that gives it.
    """

    size: Pair
    channels: int
    depth: int
    raw: bool
    layer: int


class Sketch:
    """Collects text and sums. Every method that adds a layer raises Rejected once the network is too large."""

    def __init__(self, limits: Conditions) -> None:
        self._most_layers, self._most_parameters = limits.layers[1], limits.parameters[1]
        self._most_macs, self._most_bytes = limits.macs[1], limits.activation_bytes[1]
        self._pieces: list[str] = []
        self._graph: list[tuple[str, tuple[int, ...]]] = []
        #: Adds text that is no layer.
        self.write: Callable[[str], None] = self._pieces.append
        self.parameters = 0
        self.macs = 0
        self.activation_bytes = 0

    @property
    def text(self) -> str:
        """The canonical text."""
        return "".join(self._pieces)

    @property
    def layers(self) -> int:
        """Layers so far, the input and the joins among them."""
        return len(self._graph)

    def hash(self, shape: tuple[int, int, int], classes: int) -> str:
        """The network's hash, as the language makes it."""
        return network_hash(self._graph, shape, classes)

    def input(self, shape: tuple[int, int, int]) -> Stream:
        """The image."""
        self.write(f"input(shape=({shape[0]}, {shape[1]}, {shape[2]}))\n")
        return self._add(spelling.plain("input"), (), (shape[0], shape[1]), shape[2], 1, True)

    def convolution(self, word: str, stream: Stream, filters: int, window: Window, style: Style) -> Stream:
        """A convolution, with its normalisation before or behind it."""
        spelt = spelling.convolution(word, style)
        self.write(f"{spelt.before}{filters}{window.written}{spelt.behind}")
        if word == "bnconv":
            stream = self._normalisation(stream, spelt.normalisation)
        size, channels, depth, _, layer = stream
        kernel = window.kernel
        after = height, width = window.after(size, word)
        inputs, outputs = (size[0], size[1], channels), (height, width, filters)
        parameters, macs = convolution_cost(spelt.kind, inputs, outputs, kernel, style.use_bias)
        described = spelt.label % (filters, window.labels[0], window.labels[1], window.labels[2])
        stream = self._add(described, (layer,), after, filters, depth + 1, False, parameters, macs)
        return self._normalisation(stream, spelt.normalisation) if word == "convbn" else stream

    def _normalisation(self, stream: Stream, described: str) -> Stream:
        size, channels, depth, raw, layer = stream
        return self._add(described, (layer,), size, channels, depth + 1, raw, batch_norm_parameters(channels))

    def pooling(self, word: str, stream: Stream, window: Window) -> Stream:
        """A pooling."""
        written, described = spelling.pooling(word, window)
        self.write(written)
        size, channels, depth, raw, layer = stream
        return self._add(described, (layer,), window.after(size, word), channels, depth + 1, raw)

    def dropout(self, stream: Stream, rate: float) -> Stream:
        """A dropout."""
        written, described = spelling.dropout(rate)
        self.write(written)
        size, channels, depth, raw, layer = stream
        return self._add(described, (layer,), size, channels, depth + 1, raw)

    def join(self, kind: str, left: Stream, right: Stream, activation: str) -> Stream:
        """The join of two lanes."""
        channels = left.channels + right.channels if kind == "concat" else left.channels
        depth, raw = max(left.depth, right.depth) + 1, left.raw and right.raw
        described = spelling.plain(kind, activation)
        return self._add(described, (left.layer, right.layer), left.size, channels, depth, raw)

    def bridge(self, word: str, stream: Stream) -> Stream:
        """What makes a vector of the image."""
        self.write(word)
        (height, width), channels, depth, _, layer = stream
        values = height * width * channels if word == "flatten" else channels
        return self._add(spelling.plain(word), (layer,), (0, 0), values, depth + 1, False)

    def dense(self, stream: Stream, units: int, activation: str, style: Style) -> Stream:
        """A fully connected layer."""
        written, described = spelling.dense(units, activation, style.use_bias, style.kernel_initializer)
        self.write(written)
        cost = dense_cost((stream.channels,), units, style.use_bias)
        return self._add(described, (stream.layer,), (0, 0), units, stream.depth + 1, False, *cost)

    def _add(
        self,
        described: str,
        reads: tuple[int, ...],
        size: Pair,
        channels: int,
        depth: int,
        raw: bool,
        parameters: int = 0,
        macs: int = 0,
    ) -> Stream:
        """Count a layer of the network, by its label, that reads some layers; give what it gives."""
        bytes_out = (size[0] * size[1] or 1) * channels * BYTES_PER_VALUE
        if parameters > MANY_PARAMETERS or bytes_out > MUCH_MEMORY:
            raise Rejected("a layer")
        graph = self._graph
        number = len(graph)
        graph.append((described, reads))
        self.activation_bytes += bytes_out
        if number >= self._most_layers:
            raise Rejected("layers")
        if parameters:  # without, there are no MACs either
            self.parameters += parameters
            self.macs += macs
            if self.parameters > self._most_parameters:
                raise Rejected("parameters")
            if self.macs > self._most_macs:
                raise Rejected("macs")
        if self.activation_bytes > self._most_bytes:
            raise Rejected("activation_bytes")
        return Stream(size, channels, depth, raw, number)
