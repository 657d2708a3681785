"""What each kind of node is in Keras 3: its layer class, and which arguments need not be written."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
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


class Named:
    """Stands in the place of a value that has a name in the generated code."""

    __slots__ = ("name",)

    name: str


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
    return arguments(node.kind, node.args, literal(node.name))


def arguments(
    kind: str, values: Mapping[str, Any], name: str, constant: str = "", left_out: Container[str] = ()
) -> list[str]:
    """The arguments of a layer as source: all values that differ from Keras' defaults, and the source of its name.

    The arguments `left_out` are those of the constant of that name.
    """
    layer = KERAS_LAYERS[kind]
    written = [source(values[name]) for name in layer.positional]
    differing = {
        argument: values[argument]
        for argument, default in layer.defaults.items()
        if argument not in left_out
        and not _is(values[argument], default)
        and not (default is None and _is(values[argument], values["pool_size"]))
    }
    written += [f"{argument}={value}" for argument, value in named(differing, kind == "sepconv")]
    if values.get("dtype") is not None:  # None: that of the policy
        written.append(f"dtype={source(values['dtype'])}")
    return [*written, *([f"**{constant}"] if constant else []), f"name={name}"]


def named(values: Mapping[str, Any], separable: bool) -> Iterator[tuple[str, str]]:
    """Arguments by their names in Keras, as source; a separable convolution has two initializers."""
    for argument, value in values.items():
        if argument == "kernel_initializer" and separable:
            yield from ((f"{part}_initializer", source(value)) for part in ("depthwise", "pointwise"))
        else:
            yield argument, source(value)


def _is(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default


def source(value: object) -> str:
    """A hyper-parameter as source: a parameter by its name, and a square window as one number, as people do."""
    if isinstance(value, Named):
        return value.name
    if isinstance(value, tuple) and len(set(value)) == 1:
        return literal(value[0])
    return literal(value)
