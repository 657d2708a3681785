"""What a network costs beyond parameters and multiply-accumulates: memory, depth, and what each layer sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from cnngen.language.network import BYTES_PER_VALUE, Network, Node
from cnngen.language.training import Training

if TYPE_CHECKING:
    from fractions import Fraction

#: Values that each optimizer of Keras keeps for every trainable parameter, besides the parameter itself; a momentum,
#: `amsgrad` and `centered` take one more each.
OPTIMIZER_SLOTS = {
    "adam": 2, "adamw": 2, "nadam": 2, "adamax": 2, "adadelta": 2, "rmsprop": 1, "adagrad": 1, "lion": 1, "sgd": 0,
}  # fmt: skip

#: (height, width) in pixels of the input.
Field = tuple[int, int]

#: Whole until a transposed convolution divides: fractions take ten times as long.
_Length: TypeAlias = "Fraction | int"
#: Along one direction: how much of the image is seen, and how far apart the pixels are that two neighbours see.
_Sight: TypeAlias = "tuple[_Length, _Length]"


@dataclass(frozen=True, slots=True)
class Costs:
    """`longest_path`: layers on the longest way from input to output, both counted. `receptive_fields`: for each
    node, the (height, width) in pixels of the input that one of its values can depend on.
    """

    longest_path: int
    receptive_fields: tuple[Field, ...]


def costs(network: Network) -> Costs:
    """Depth and receptive fields.

    The receptive field follows Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks"
    (Distill, 2019): a window of k pixels whose inputs lie j pixels of the image apart adds (k - 1) j. Where lanes
    join, the larger one counts. It is never larger than the image, which a vector sees whole.
    """
    depths: list[int] = []
    fields: list[tuple[_Sight, _Sight]] = []
    shown: list[Field] = []
    for node in network.nodes:
        depths.append(1 + max([depths[source] for source in node.inputs], default=0))
        rows, columns = _joined([fields[source] for source in node.inputs])
        if kernel := node.args.get("kernel_size") or node.args.get("pool_size"):
            strides = node.args["strides"]
            transposed = node.kind == "upconv"
            rows = _behind(rows, kernel[0], strides[0], transposed)
            columns = _behind(columns, kernel[1], strides[1], transposed)
        fields.append((rows, columns))
        height, width = network.input_shape[:2]
        if len(node.shape) == 3:
            shown.append((min(height, _whole(rows[0])), min(width, _whole(columns[0]))))
        else:
            shown.append((height, width))
    return Costs(max(depths, default=0), tuple(shown))


def training_bytes(network: Network, training: Training | None = None) -> int:
    """Memory that a training step needs, in bytes, modelled: a lower bound without the framework's own needs.

    Weights, their gradients and the optimizer's values, and the outputs of all layers for one batch, which the
    backward pass reads and which take half of it in mixed precision. `training` is the network's own without another.
    """
    training = training or network.training
    trainable = sum(_trainable(node) for node in network.nodes)
    fixed = network.totals.params - trainable
    weights = (trainable * (2 + _slots(training)) + fixed) * BYTES_PER_VALUE
    outputs = training.batch_size * network.totals.activation_bytes
    return weights + (outputs // 2 if training.mixed else outputs)


def _slots(training: Training) -> int:
    """Values that the optimizer keeps for every trainable parameter."""
    options = ("momentum", "amsgrad", "centered")
    return OPTIMIZER_SLOTS[training.optimizer] + sum(
        bool(getattr(training, name)) for name in options if training.applies(name)
    )


def _trainable(node: Node) -> int:
    """Of a batch normalisation's four values a channel, the moving mean and variance are not trained."""
    return node.params // 2 if node.kind == "batch_norm" else node.params


def _joined(inputs: list[tuple[_Sight, _Sight]]) -> tuple[_Sight, _Sight]:
    """What is seen, down and across, where these meet; of the image itself, one pixel."""
    if len(inputs) == 1:
        return inputs[0]
    if not inputs:
        return (1, 1), (1, 1)
    first, second = (
        (max(sight[axis][0] for sight in inputs), max(sight[axis][1] for sight in inputs)) for axis in (0, 1)
    )
    return first, second


def _behind(sight: _Sight, kernel: int, stride: int, transposed: bool) -> _Sight:
    """What is seen behind a window, along one direction."""
    size, jump = sight
    if transposed:
        from fractions import Fraction  # few networks need it

        return size + (-(-kernel // stride) - 1) * jump, Fraction(jump) / stride
    return size + (kernel - 1) * jump, jump * stride


def _whole(value: _Length) -> int:
    return -(-value.numerator // value.denominator)
