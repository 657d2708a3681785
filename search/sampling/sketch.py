"""A network while it is drawn: its text so far, what flows, and what it costs.

Sizes and costs are the language's own formulas. The text is the canonical one: every hyper-parameter, in the order in
which the language writes them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from cnngen.language.identity import label, network_hash
from cnngen.language.network import BYTES_PER_VALUE
from cnngen.language.resolve.graph import MANY_PARAMETERS, MUCH_MEMORY
from cnngen.language.resolve.shapes import (
    Pair,
    batch_norm_parameters,
    convolution_cost,
    dense_cost,
    transposed_size,
    window_size,
)
from cnngen.search.sampling.configuration import Conditions


@lru_cache(maxsize=1 << 14)
def _label(kind: str, names: tuple[str, ...], *values: Any) -> str:
    """The language's label of a layer, remembered: a population has few different layers."""
    return label(kind, dict(zip(names, values, strict=True)))


#: The arguments of each kind of layer, in the order in which a label is asked for.
_CONVOLUTION = ("filters", "kernel_size", "strides", "padding", "activation", "use_bias", "kernel_initializer")
_NORMALISATION = ("epsilon", "momentum", "activation")
_POOLING = ("pool_size", "strides", "padding")
_DENSE = ("units", "activation", "use_bias", "kernel_initializer")

#: A pair as texts have it, remembered too.
_shown = lru_cache(maxsize=1 << 10)(str)


class Rejected(Exception):
    """A draw that is given up; the message says what was too large, in a word or two."""


class Stream(NamedTuple):
    """What flows: an image, or a vector of `channels` where `height` is 0.

    `depth` counts the layers on the longest way from the image on; `raw`: no convolution has touched the image yet;
    `layer` is the number of the layer that gives it.
    """

    height: int
    width: int
    channels: int
    depth: int = 1
    raw: bool = False
    layer: int = 0

    @property
    def size(self) -> Pair:
        """Height and width."""
        return self.height, self.width

    @property
    def values(self) -> int:
        """Numbers in it."""
        return self.height * self.width * self.channels if self.height else self.channels


class Style(NamedTuple):
    """The hyper-parameters of one layer that change no shape, and how they are written.

    `weights` is what each layer with a kernel says, `normalisation` what a convolution says of its normalisation.
    """

    activation: str
    use_bias: bool
    kernel_initializer: str
    epsilon: float
    momentum: float
    activate: str
    weights: str
    normalisation: str


#: What a style follows from, in the order in which `styled` takes it.
STYLED = Style._fields[:6]


@lru_cache(maxsize=1 << 12)
def styled(
    activation: str, use_bias: bool, kernel_initializer: str, epsilon: float, momentum: float, activate: str
) -> Style:
    """The style of these values; there are few."""
    weights = f"use_bias={'true' if use_bias else 'false'}, kernel_initializer={kernel_initializer}"
    normalisation = f", epsilon={epsilon}, momentum={momentum}, activate={activate}"
    return Style(activation, use_bias, kernel_initializer, epsilon, momentum, activate, weights, normalisation)


class Sketch:
    """Collects text and sums. Every method that adds a layer raises Rejected once the network is too large."""

    def __init__(self, limits: Conditions) -> None:
        self._most_layers, self._most_parameters = limits.layers[1], limits.parameters[1]
        self._most_macs, self._most_bytes = limits.macs[1], limits.activation_bytes[1]
        self.pieces: list[str] = []
        self._graph: list[tuple[str, tuple[int, ...]]] = []
        self.parameters = 0
        self.macs = 0
        self.activation_bytes = 0
        self.depth = 0

    @property
    def text(self) -> str:
        """The canonical text."""
        return "".join(self.pieces)

    @property
    def layers(self) -> int:
        """Layers so far, the input and the joins among them."""
        return len(self._graph)

    def hash(self, shape: tuple[int, int, int], classes: int) -> str:
        """The network's hash, as the language makes it."""
        return network_hash(self._graph, shape, classes)

    def write(self, piece: str) -> None:
        """Add text that is no layer."""
        self.pieces.append(piece)

    def add(
        self,
        stream: Stream,
        described: str,
        reads: tuple[int, ...],
        parameters: int = 0,
        macs: int = 0,
    ) -> Stream:
        """Count a layer of the network, by its label, that reads some layers and gives this stream; give it back.

        The stream is made with the number of the layer, which is `self.layers`.
        """
        height, width, channels, depth, _, _ = stream
        size = (height * width * channels if height else channels) * BYTES_PER_VALUE
        if parameters > MANY_PARAMETERS or size > MUCH_MEMORY:
            raise Rejected("a layer")
        graph = self._graph
        graph.append((described, reads))
        self.parameters += parameters
        self.macs += macs
        self.activation_bytes += size
        if len(graph) > self._most_layers:
            raise Rejected("layers")
        if self.parameters > self._most_parameters:
            raise Rejected("parameters")
        if self.macs > self._most_macs:
            raise Rejected("macs")
        if self.activation_bytes > self._most_bytes:
            raise Rejected("activation_bytes")
        if depth > self.depth:
            self.depth = depth
        return stream

    def input(self, shape: tuple[int, int, int]) -> Stream:
        """The image."""
        self.write(f"input(shape=({shape[0]}, {shape[1]}, {shape[2]}))\n")
        return self.add(Stream(*shape, raw=True), _label("input", ()), ())

    def convolution(
        self, word: str, stream: Stream, filters: int, kernel: Pair, strides: Pair, padding: str, style: Style
    ) -> Stream:
        """A convolution, with its normalisation before or behind it."""
        before, across, channels, depth, _, layer = stream
        normalises = word == "convbn" or word == "bnconv"
        self.pieces.append(
            f"{word}(filters={filters}, kernel_size={_shown(kernel)}, strides={_shown(strides)}, padding={padding}, "
            f"activation={style.activation}, {style.weights}{style.normalisation if normalises else ''})"
        )
        kind, activation = word, style.activation
        if normalises:
            kind = "conv"
            if style.activate == "norm":
                activation = "linear"
            if word == "bnconv":
                depth, layer = depth + 1, self.normalisation(stream, style).layer
        height, width = self.size(word, (before, across), kernel, strides, padding)
        described = _label(
            kind, _CONVOLUTION, filters, kernel, strides, padding, activation, style.use_bias, style.kernel_initializer
        )
        inputs = (before, across, channels)
        parameters, macs = convolution_cost(kind, inputs, (height, width, filters), kernel, style.use_bias)
        behind = Stream(height, width, filters, depth + 1, False, len(self._graph))
        self.add(behind, described, (layer,), parameters, macs)
        return self.normalisation(behind, style) if word == "convbn" else behind

    def normalisation(self, stream: Stream, style: Style) -> Stream:
        """The batch normalisation of a convolution."""
        height, width, channels, depth, raw, layer = stream
        activation = style.activation if style.activate == "norm" else "linear"
        described = _label("batch_norm", _NORMALISATION, style.epsilon, style.momentum, activation)
        behind = Stream(height, width, channels, depth + 1, raw, len(self._graph))
        return self.add(behind, described, (layer,), batch_norm_parameters(channels))

    def size(self, word: str, size: Pair, window: Pair, strides: Pair, padding: str) -> Pair:
        """The size behind a window."""
        if padding == "same" and strides == (1, 1):
            return size
        extent = transposed_size if word == "upconv" else window_size
        return extent(size[0], window[0], strides[0], padding), extent(size[1], window[1], strides[1], padding)

    def pooling(self, word: str, stream: Stream, window: Pair, strides: Pair, padding: str) -> Stream:
        """A pooling."""
        self.write(f"{word}(pool_size={window}, strides={strides}, padding={padding})")
        height, width = self.size(word, stream.size, window, strides, padding)
        behind = Stream(height, width, stream.channels, stream.depth + 1, stream.raw, len(self._graph))
        return self.add(behind, _label(word, _POOLING, window, strides, padding), (stream.layer,))

    def dropout(self, stream: Stream, rate: float) -> Stream:
        """A dropout."""
        self.write(f"dropout(rate={rate})")
        height, width, channels, depth, raw, layer = stream
        behind = Stream(height, width, channels, depth + 1, raw, len(self._graph))
        return self.add(behind, _label("dropout", ("rate",), rate), (layer,))

    def join(self, kind: str, left: Stream, right: Stream, activation: str) -> Stream:
        """The join of two lanes."""
        channels = left.channels + right.channels if kind == "concat" else left.channels
        depth, raw = max(left.depth, right.depth) + 1, left.raw and right.raw
        behind = Stream(left.height, left.width, channels, depth, raw, len(self._graph))
        return self.add(behind, _label(kind, ("activation",), activation), (left.layer, right.layer))

    def bridge(self, word: str, stream: Stream) -> Stream:
        """What makes a vector of the image."""
        self.write(word)
        values = stream.values if word == "flatten" else stream.channels
        behind = Stream(0, 0, values, stream.depth + 1, False, len(self._graph))
        return self.add(behind, _label(word, ()), (stream.layer,))

    def dense(self, stream: Stream, units: int, activation: str, style: Style) -> Stream:
        """A fully connected layer."""
        self.write(f"dense(units={units}, activation={activation}, {style.weights})")
        cost = dense_cost((stream.channels,), units, style.use_bias)
        described = _label("dense", _DENSE, units, activation, style.use_bias, style.kernel_initializer)
        behind = Stream(0, 0, units, stream.depth + 1, False, len(self._graph))
        return self.add(behind, described, (stream.layer,), *cost)
