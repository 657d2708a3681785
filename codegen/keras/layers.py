"""What each kind of node is in Keras 3: its layer class, and which arguments need not be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnngen.codegen.keras.literals import literal
from cnngen.language import Node


@dataclass(frozen=True, slots=True)
class KerasLayer:
    """A layer class of `keras.layers`.

    `positional` are the arguments that everyone writes without their names. `defaults` are the other ones with
    the values that Keras takes when they are not written, in the order in which they are written.
    """

    name: str
    positional: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)


_WEIGHTS = {"activation": "linear", "use_bias": True, "kernel_initializer": "glorot_uniform"}
_CONVOLUTION = {"strides": (1, 1), "padding": "valid"} | _WEIGHTS
_POOLING = {"strides": None, "padding": "valid"}  # None: as large as the window

KERAS_LAYERS: Mapping[str, KerasLayer] = {
    "conv": KerasLayer("Conv2D", ("filters", "kernel_size"), _CONVOLUTION),
    "sepconv": KerasLayer("SeparableConv2D", ("filters", "kernel_size"), _CONVOLUTION),
    "upconv": KerasLayer("Conv2DTranspose", ("filters", "kernel_size"), _CONVOLUTION),
    "batch_norm": KerasLayer("BatchNormalization", (), {"momentum": 0.99, "epsilon": 0.001}),
    "dropout": KerasLayer("Dropout", ("rate",)),
    "avg_pooling": KerasLayer("AveragePooling2D", ("pool_size",), _POOLING),
    "max_pooling": KerasLayer("MaxPooling2D", ("pool_size",), _POOLING),
    "add": KerasLayer("Add"),
    "concat": KerasLayer("Concatenate"),
    "flatten": KerasLayer("Flatten"),
    "global_avg_pooling": KerasLayer("GlobalAveragePooling2D"),
    "global_max_pooling": KerasLayer("GlobalMaxPooling2D"),
    "dense": KerasLayer("Dense", ("units",), _WEIGHTS),
}

#: The kinds whose `activation` is a layer of its own in Keras.
SEPARATE_ACTIVATION = frozenset({"batch_norm", "add", "concat"})


def layer_arguments(node: Node) -> list[str]:
    """The arguments of the node's Keras layer as source: all that differ from Keras' defaults, and the name."""
    layer = KERAS_LAYERS[node.kind]
    arguments = [_value(node.args[name]) for name in layer.positional]
    for name, default in layer.defaults.items():
        value = node.args[name]
        if value == (node.args["pool_size"] if default is None else default):
            continue
        if name == "kernel_initializer" and node.kind == "sepconv":
            arguments += [f"{part}_initializer={_value(value)}" for part in ("depthwise", "pointwise")]
        else:
            arguments.append(f"{name}={_value(value)}")
    arguments.append(f"name={literal(node.name)}")
    return arguments


def separate_activation(node: Node) -> list[str] | None:
    """The arguments of the Activation layer behind the node, where it needs one."""
    activation = node.args.get("activation") if node.kind in SEPARATE_ACTIVATION else None
    if activation in (None, "linear"):
        return None
    return [_value(activation), f"name={literal(f'{node.name}_activation')}"]


def _value(value: object) -> str:
    """A hyper-parameter as source; a square window is written as one number, as people do."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        return literal(value[0])
    return literal(value)
