"""How layers change a shape, and what they cost. The formulas are those of Keras' own layers.

A convolution's parameters and multiply-accumulates follow from its definition; biases, normalisation, pooling and
activations count as no multiply-accumulates, the custom of the field.
"""

from __future__ import annotations

from math import prod

from cnngen.language.network import Shape

Pair = tuple[int, int]


def window_size(size: int, window: int, stride: int, padding: str) -> int:
    """Output pixels of a convolution or pooling along one direction; 0 if no whole window fits."""
    if padding == "same":
        return -(-size // stride)
    return (size - window) // stride + 1 if size >= window else 0


def transposed_size(size: int, kernel: int, stride: int, padding: str) -> int:
    """Output pixels of a transposed convolution along one direction."""
    return size * stride + (max(kernel - stride, 0) if padding == "valid" else 0)


def convolution_cost(kind: str, inputs: Shape, outputs: Shape, kernel: Pair, bias: bool) -> tuple[int, int]:
    """Parameters, and multiply-accumulates for one image, of a conv, sepconv or upconv."""
    height, width, channels = inputs
    filters = outputs[2]
    window = kernel[0] * kernel[1]
    biases = filters if bias else 0
    if kind == "sepconv":
        weights = window * channels + channels * filters
        return weights + biases, outputs[0] * outputs[1] * weights
    weights = window * channels * filters
    places = height * width if kind == "upconv" else outputs[0] * outputs[1]
    return weights + biases, places * weights


def dense_cost(inputs: Shape, units: int, bias: bool) -> tuple[int, int]:
    """Parameters, and multiply-accumulates for one sample, of a dense layer."""
    weights = prod(inputs) * units
    return weights + (units if bias else 0), weights


def batch_norm_parameters(channels: int) -> int:
    """Scale, offset, moving mean and moving variance of each channel."""
    return 4 * channels


def shown(shape: Shape) -> str:
    """A shape for people: 32×32×3."""
    return "×".join(str(extent) for extent in shape)
