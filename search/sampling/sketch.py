"""A network while it is drawn: its text so far, what flows, and what it costs.

Sizes and costs are the language's own formulas. The text is the canonical one: every hyper-parameter, in the order in
which the language writes them.
"""

from __future__ import annotations

from typing import NamedTuple

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


class Rejected(Exception):
    """A draw that is given up; the message says what was too large, in a word or two."""


class Stream(NamedTuple):
    """What flows: an image, or a vector of `channels` where `height` is 0.

    `depth` counts the layers on the longest way from the image on; `raw`: no convolution has touched the image yet.
    """

    height: int
    width: int
    channels: int
    depth: int = 1
    raw: bool = False

    @property
    def size(self) -> Pair:
        """Height and width."""
        return self.height, self.width

    @property
    def values(self) -> int:
        """Numbers in it."""
        return self.height * self.width * self.channels if self.height else self.channels


class Style(NamedTuple):
    """The hyper-parameters of one layer that change no shape."""

    activation: str
    use_bias: bool
    kernel_initializer: str
    epsilon: float
    momentum: float
    activate: str

    @property
    def weights(self) -> str:
        """How every layer with a kernel writes them."""
        return f"use_bias={'true' if self.use_bias else 'false'}, kernel_initializer={self.kernel_initializer}"


class Sketch:
    """Collects text and sums. Every method that adds a layer raises Rejected once the network is too large."""

    def __init__(self, limits: Conditions) -> None:
        self._most_layers, self._most_parameters = limits.layers[1], limits.parameters[1]
        self._most_macs, self._most_bytes = limits.macs[1], limits.activation_bytes[1]
        self.pieces: list[str] = []
        self.layers = 0
        self.parameters = 0
        self.macs = 0
        self.activation_bytes = 0
        self.depth = 0

    @property
    def text(self) -> str:
        """The canonical text."""
        return "".join(self.pieces)

    def write(self, piece: str) -> None:
        """Add text that is no layer."""
        self.pieces.append(piece)

    def add(self, stream: Stream, parameters: int = 0, macs: int = 0) -> Stream:
        """Count a layer that gives this stream."""
        size = stream.values * BYTES_PER_VALUE
        if parameters > MANY_PARAMETERS or size > MUCH_MEMORY:
            raise Rejected("a layer")
        self.layers += 1
        self.parameters += parameters
        self.macs += macs
        self.activation_bytes += size
        if self.layers > self._most_layers:
            raise Rejected("layers")
        if self.parameters > self._most_parameters:
            raise Rejected("parameters")
        if self.macs > self._most_macs:
            raise Rejected("macs")
        if self.activation_bytes > self._most_bytes:
            raise Rejected("activation_bytes")
        self.depth = max(self.depth, stream.depth)
        return stream

    def input(self, shape: tuple[int, int, int]) -> Stream:
        """The image."""
        self.write(f"input(shape=({shape[0]}, {shape[1]}, {shape[2]}))\n")
        return self.add(Stream(*shape, raw=True))

    def convolution(
        self, word: str, stream: Stream, filters: int, kernel: Pair, strides: Pair, padding: str, style: Style
    ) -> Stream:
        """A convolution, with its normalisation before or behind it."""
        normalises = word == "convbn" or word == "bnconv"
        norm = ""
        if normalises:
            norm = f", epsilon={style.epsilon}, momentum={style.momentum}, activate={style.activate}"
        self.write(
            f"{word}(filters={filters}, kernel_size=({kernel[0]}, {kernel[1]}), strides=({strides[0]}, {strides[1]}), "
            f"padding={padding}, activation={style.activation}, {style.weights}{norm})"
        )
        if word == "bnconv":
            stream = self.normalisation(stream)
        height, width = self.size(word, stream.size, kernel, strides, padding)
        behind = Stream(height, width, filters, stream.depth + 1)
        kind = "conv" if normalises else word
        cost = convolution_cost(kind, (*stream.size, stream.channels), (height, width, filters), kernel, style.use_bias)
        behind = self.add(behind, *cost)
        return self.normalisation(behind) if word == "convbn" else behind

    def normalisation(self, stream: Stream) -> Stream:
        """The batch normalisation of a convolution."""
        behind = stream._replace(depth=stream.depth + 1)
        return self.add(behind, batch_norm_parameters(stream.channels))

    def size(self, word: str, size: Pair, window: Pair, strides: Pair, padding: str) -> Pair:
        """The size behind a window."""
        extent = transposed_size if word == "upconv" else window_size
        return extent(size[0], window[0], strides[0], padding), extent(size[1], window[1], strides[1], padding)

    def pooling(self, word: str, stream: Stream, window: Pair, strides: Pair, padding: str) -> Stream:
        """A pooling."""
        self.write(
            f"{word}(pool_size=({window[0]}, {window[1]}), strides=({strides[0]}, {strides[1]}), padding={padding})"
        )
        height, width = self.size(word, stream.size, window, strides, padding)
        return self.add(Stream(height, width, stream.channels, stream.depth + 1, stream.raw))

    def dropout(self, stream: Stream, rate: float) -> Stream:
        """A dropout."""
        self.write(f"dropout(rate={rate})")
        return self.add(stream._replace(depth=stream.depth + 1))

    def join(self, kind: str, left: Stream, right: Stream) -> Stream:
        """The join of two lanes."""
        channels = left.channels + right.channels if kind == "concat" else left.channels
        return self.add(Stream(*left.size, channels, max(left.depth, right.depth) + 1, left.raw and right.raw))

    def bridge(self, word: str, stream: Stream) -> Stream:
        """What makes a vector of the image."""
        self.write(word)
        return self.add(Stream(0, 0, stream.values if word == "flatten" else stream.channels, stream.depth + 1))

    def dense(self, stream: Stream, units: int, activation: str, style: Style) -> Stream:
        """A fully connected layer."""
        self.write(f"dense(units={units}, activation={activation}, {style.weights})")
        return self.add(Stream(0, 0, units, stream.depth + 1), *dense_cost((stream.channels,), units, style.use_bias))
