"""What code is made of before it is text: layers, rows of them, merges, and calls of functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnngen.codegen.keras.layers import KERAS_LAYERS, SEPARATE_ACTIVATION, Named
from cnngen.codegen.keras.shared import Constant
from cnngen.codegen.structure import Chain, nodes_of
from cnngen.language import Network, Node
from cnngen.language.network import Shape


@dataclass(eq=False)
class Parameter(Named):
    """A parameter of a function: a hyper-parameter that differs from use to use.

    `values` are those of all uses. Where one of them is Keras' default, it is the parameter's too.
    """

    name: str
    values: tuple[Any, ...]
    default: Any = ...


@dataclass(eq=False, slots=True)
class Layer:
    """One layer. `values` are its hyper-parameters by Keras' names, each a plain value or a Parameter.

    The `activation` of a normalisation or a join is None where there is none. `before` and `shape` are
    those of its first use. What `constant` has is not written.
    """

    kind: str
    name: str
    values: dict[str, Any]
    before: Shape
    shape: Shape
    constant: Constant | None = None


@dataclass(eq=False, slots=True)
class Row:
    """Layers that belong together: a convolution and its normalisation, or a stretch that repeats."""

    parts: list[Part]


@dataclass(eq=False, slots=True)
class Lanes:
    """One body of a merge; `right` is empty where the stream is handed on."""

    left: list[Part]
    right: list[Part]
    join: Layer


@dataclass(eq=False, slots=True)
class Merge:
    """A fork and the joins in which its lanes meet; `shrinks` when the image behind is smaller than before."""

    bodies: list[Lanes]
    shrinks: bool


@dataclass(eq=False, slots=True)
class Function:
    """A function of the generated file."""

    name: str
    doc: str
    parameters: list[Parameter]
    body: list[Part]


@dataclass(eq=False, slots=True)
class Call:
    """A use of a function, with a value for each of its parameters."""

    function: Function
    arguments: dict[str, Any] = field(default_factory=dict)


Part = Layer | Row | Merge | Call

#: By kind of layer: the constant with what its layers share.
Constants = Mapping[str, Constant]

#: What tells whether two parts are the same but for their hyper-parameters.
Key = tuple[Any, ...]


def parts_of(chain: Chain, network: Network, constants: Constants) -> list[Part]:
    """A chain as parts, with each normalisation beside its convolution in one row."""
    parts: list[Part] = []
    for item in chain:
        if isinstance(item, Node):
            parts.append(layer_of(item, network, constants))
            continue
        bodies = [
            Lanes(
                parts_of(body.left, network, constants),
                parts_of(body.right, network, constants),
                layer_of(body.join, network, constants),
            )
            for body in item.bodies
        ]
        first, last = next(nodes_of(item.bodies[0].left)), item.bodies[-1].join
        parts.append(Merge(bodies, last.shape[0] < network.nodes[first.inputs[0]].shape[0]))
    return list(_paired(parts))


def layer_of(node: Node, network: Network, constants: Constants) -> Layer:
    """A node as a layer, its hyper-parameters without those that Keras takes anyway."""
    values = dict(node.args)
    if values.get("strides") is not None and values["strides"] == values.get("pool_size"):
        values["strides"] = None
    if node.kind in SEPARATE_ACTIVATION and values.get("activation") == "linear":
        values["activation"] = None
    if node.kind == "dense" and network.training.mixed:
        # The output keeps 32 bits: a loss of 16 is none.
        values["dtype"] = "float32" if node is network.nodes[-1] else None
    before = network.nodes[node.inputs[0]].shape if node.inputs else ()
    return Layer(node.kind, node.name, values, before, node.shape, constants.get(node.kind))


def _paired(parts: Sequence[Part]) -> Iterator[Part]:
    waiting: Part | None = None
    for part in parts:
        kinds = {one.kind for one in (waiting, part) if isinstance(one, Layer)}
        if waiting is not None and kinds == {"conv", "batch_norm"}:
            yield Row([waiting, part])
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = part
    if waiting is not None:
        yield waiting


def key(part: Part) -> Key:
    """Equal for parts that are the same but for their hyper-parameters."""
    if isinstance(part, Layer):
        return (part.kind,)
    if isinstance(part, Row):
        return ("row", *map(key, part.parts))
    if isinstance(part, Merge):
        return (
            "merge",
            *((tuple(map(key, b.left)), tuple(map(key, b.right)), key(b.join)) for b in part.bodies),
        )
    return ("call", part.function.name, id(part.function))


def lists(parts: list[Part]) -> Iterator[list[Part]]:
    """All lists of parts in a list of parts, itself last."""
    for part in parts:
        if isinstance(part, Row):
            yield from lists(part.parts)
        elif isinstance(part, Merge):
            for body in part.bodies:
                yield from lists(body.left)
                yield from lists(body.right)
    yield parts


def holders(part: Part) -> Iterator[Layer | Call]:
    """What holds values in a part: its layers and calls, in order."""
    if isinstance(part, Layer | Call):
        yield part
    elif isinstance(part, Row):
        for inner in part.parts:
            yield from holders(inner)
    else:
        for body in part.bodies:
            for inner in (*body.left, *body.right, body.join):
                yield from holders(inner)


def values_of(holder: Layer | Call) -> dict[str, Any]:
    """The values of a layer or a call, which may be replaced in it."""
    return holder.values if isinstance(holder, Layer) else holder.arguments


def default_of(holder: Layer | Call, name: str) -> Any:
    """What a value is when it is not written; ... for what must be."""
    if isinstance(holder, Call):
        (parameter,) = [one for one in holder.function.parameters if one.name == name]
        return parameter.default
    defaults: Mapping[str, Any] = KERAS_LAYERS[holder.kind].defaults
    if name == "activation" and holder.kind in SEPARATE_ACTIVATION:
        return None
    return defaults.get(name, ...)


def lines(part: Part) -> int:
    """About how many lines of code a part takes."""
    if isinstance(part, Layer):
        return 2 if part.kind in SEPARATE_ACTIVATION and part.values["activation"] is not None else 1
    if isinstance(part, Row):
        return sum(map(lines, part.parts))
    if isinstance(part, Merge):
        return 1 + sum(lines(inner) for body in part.bodies for inner in (*body.left, *body.right, body.join))
    return 1
