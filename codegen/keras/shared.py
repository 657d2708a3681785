"""What all convolutions of a network have in common, said once in a constant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnngen.codegen.keras.layers import KERAS_LAYERS, named
from cnngen.codegen.keras.literals import WIDTH
from cnngen.language import Node

#: Of a kind that has fewer layers, or shares fewer arguments, each is written with its layer.
FEWEST_LAYERS, FEWEST_ARGUMENTS = 4, 2

_KINDS = ("conv", "sepconv", "upconv")
_ARGUMENTS = ("padding", "activation", "use_bias", "kernel_initializer")


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant with the arguments, by their names in the language, that all layers of a kind share."""

    name: str
    arguments: Mapping[str, Any]

    def definition(self) -> str:
        """The constant as source."""
        entries = [f'"{key}": {value}' for key, value in named(self.arguments, self.name == "SEPCONV")]
        line = f"{self.name} = {{{', '.join(entries)}}}"
        if len(line) <= WIDTH:
            return line
        return "\n".join([f"{self.name} = {{", *(f"    {entry}," for entry in entries), "}"])


def shared_arguments(nodes: Sequence[Node]) -> dict[str, Constant]:
    """By kind of layer, what all its layers have in common and is no default of Keras."""
    by_kind: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        by_kind[node.kind].append(node)
    found = {}
    for kind in _KINDS:
        layers = by_kind[kind]
        if len(layers) < FEWEST_LAYERS:
            continue
        first, defaults = layers[0].args, KERAS_LAYERS[kind].defaults
        arguments = {
            name: first[name]
            for name in _ARGUMENTS
            if first[name] != defaults[name] and all(layer.args[name] == first[name] for layer in layers)
        }
        if len(arguments) >= FEWEST_ARGUMENTS:
            found[kind] = Constant(kind.upper(), arguments)
    return found
