"""What layers are in the canonical text and in the graph that a hash is made of, each worked out once.

The text has every hyper-parameter, in the order in which the language writes them; labels are the language's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cnngen.language.identity import label
from cnngen.language.resolve.shapes import Pair, transposed_size, window_size


class Style(NamedTuple):
    """The hyper-parameters of one layer that change no shape, named as the configuration names them."""

    activation: str
    use_bias: bool
    kernel_initializer: str
    epsilon: float
    momentum: float
    activate: str


@dataclass(frozen=True, eq=False, slots=True)
class Window:
    """A window, its strides and its padding; made by `window`, so that the same is the same object.

    `written` stands behind the filters in a text; `labels` are kernel size, padding and strides in labels.
    """

    kernel: Pair
    strides: Pair
    padding: str
    keeps: bool
    written: str
    labels: tuple[str, str, str]

    def after(self, size: Pair, word: str = "conv") -> Pair:
        """The size of an image behind a layer of this word with the window."""
        if self.keeps:
            return size
        extent = transposed_size if word == "upconv" else window_size
        kernel, strides, padding = self.kernel, self.strides, self.padding
        return extent(size[0], kernel[0], strides[0], padding), extent(size[1], kernel[1], strides[1], padding)


class Convolution(NamedTuple):
    """What a word and a style come to: the text before the filters and behind the window, the label as a pattern of
    filters and the window's labels, and the label of the normalisation.
    """

    kind: str
    before: str
    behind: str
    label: str
    normalisation: str


class _Hole:
    """Stands in a label for a value that is put in later, by %."""

    def __repr__(self) -> str:
        return "%s"


_HOLE = _Hole()


@lru_cache(maxsize=1 << 12)
def window(kernel: Pair, strides: Pair, padding: str) -> Window:
    """The window of these values."""
    written = f", kernel_size={kernel}, strides={strides}, padding={padding}, activation="
    keeps = padding == "same" and strides == (1, 1)
    return Window(kernel, strides, padding, keeps, written, (str(kernel), repr(padding), str(strides)))


@lru_cache(maxsize=1 << 12)
def square(kernel: int, stride: int, padding: str) -> Window:
    """The window that is the same in both directions."""
    return window((kernel, kernel), (stride, stride), padding)


@lru_cache(maxsize=1 << 13)
def convolution(word: str, style: Style) -> Convolution:
    """What is written and labelled of a convolution."""
    behind = f"{style.activation}, {_weights(style.use_bias, style.kernel_initializer)}"
    own, normalisation = style.activation, ""
    if word == "convbn" or word == "bnconv":
        behind += f", epsilon={style.epsilon}, momentum={style.momentum}, activate={style.activate}"
        later = "linear"
        if style.activate == "norm":
            own, later = later, own
        normalisation = _normalisation(style.epsilon, style.momentum, later)
    kind = "conv" if normalisation else word
    described = _convolution(kind, own, style.use_bias, style.kernel_initializer)
    return Convolution(kind, f"{word}(filters=", f"{behind})", described, normalisation)


@lru_cache(maxsize=1 << 12)
def pooling(word: str, window: Window) -> tuple[str, str]:
    """The text and the label of a pooling."""
    values = {"pool_size": window.kernel, "strides": window.strides, "padding": window.padding}
    return _written(word, values), label(word, values)


@lru_cache(maxsize=1 << 10)
def dropout(rate: float) -> tuple[str, str]:
    """The text and the label of a dropout."""
    return _written("dropout", {"rate": rate}), label("dropout", {"rate": rate})


@lru_cache(maxsize=1 << 13)
def dense(units: int, activation: str, use_bias: bool, kernel_initializer: str) -> tuple[str, str]:
    """The text and the label of a dense layer."""
    written = f"dense(units={units}, activation={activation}, {_weights(use_bias, kernel_initializer)})"
    weights = {"use_bias": use_bias, "kernel_initializer": kernel_initializer}
    return written, label("dense", {"units": units, "activation": activation, **weights})


@lru_cache(maxsize=1 << 8)
def plain(kind: str, activation: str | None = None) -> str:
    """The label of a layer that has an activation, or nothing, to tell of."""
    return label(kind, {} if activation is None else {"activation": activation})


def _written(word: str, values: Mapping[str, object]) -> str:
    return f"{word}({', '.join(f'{name}={value}' for name, value in values.items())})"


def _weights(use_bias: bool, kernel_initializer: str) -> str:
    return f"use_bias={'true' if use_bias else 'false'}, kernel_initializer={kernel_initializer}"


@lru_cache(maxsize=1 << 10)
def _convolution(kind: str, activation: str, use_bias: bool, kernel_initializer: str) -> str:
    holes = dict.fromkeys(("filters", "kernel_size", "padding", "strides"), _HOLE)  # as a label orders them
    weights = {"use_bias": use_bias, "kernel_initializer": kernel_initializer}
    return label(kind, {**holes, "activation": activation, **weights})


@lru_cache(maxsize=1 << 10)
def _normalisation(epsilon: float, momentum: float, activation: str) -> str:
    return label("batch_norm", {"epsilon": epsilon, "momentum": momentum, "activation": activation})
