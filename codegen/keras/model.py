"""`build_model()`: the network in Keras' functional API, one statement per layer."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator

from cnngen.codegen.keras.layers import KERAS_LAYERS, layer_arguments, separate_activation
from cnngen.codegen.keras.literals import call, literal
from cnngen.language import Network, Node

_MODEL_NAME_LENGTH = 40


def build_model_source(network: Network) -> str:
    """The source of the function `build_model`, which uses the constant INPUT_SHAPE."""
    variables = _Variables(network.nodes)
    lines = [
        "def build_model() -> keras.Model:",
        f'    """Return the network, not compiled: {_task(network)}."""',
        *_statements(network.nodes, variables),
    ]
    result = variables.holder[network.nodes[-1].id]
    lines.append(call("return keras.Model", ["inputs", result, f"name={literal(model_name(network.name))}"]))
    return "\n".join(lines) + "\n"


def model_name(name: str) -> str:
    """A program's name as a name that Keras and TensorFlow take: ASCII letters, digits and underscores."""
    safe = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:_MODEL_NAME_LENGTH]
    return safe if safe[:1].isalpha() else f"network_{safe}".rstrip("_")


def _task(network: Network) -> str:
    last = network.nodes[-1]
    if last.kind != "dense":
        return f"images in, features of shape {literal(last.shape)} out"
    outputs = {"softmax": "probabilities", "linear": "logits"}.get(last.args["activation"], "scores")
    return f"images in, the {outputs} of {last.shape[0]} classes out"


def _statements(nodes: tuple[Node, ...], variables: _Variables) -> Iterator[str]:
    """One statement per layer, with a blank line before each fork and behind each join."""
    blank = False
    for node in nodes:
        if node.kind == "input":
            yield f"    inputs = keras.Input(shape=INPUT_SHAPE, name={literal(node.name)})"
            continue
        sources = [variables.holder[source] for source in node.inputs]
        saved, target = variables.assign(node)
        if saved is not None:
            if not blank:
                yield ""
            yield f"    {saved} = {sources[0]}"
        arguments = f"[{', '.join(sources)}]" if len(sources) > 1 else sources[0]
        layer = KERAS_LAYERS[node.kind].name
        yield call(f"{target} = layers.{layer}", layer_arguments(node), f"({arguments})")
        activation = separate_activation(node)
        if activation is not None:
            yield call(f"{target} = layers.Activation", activation, f"({target})")
        blank = len(sources) > 1
        if blank:
            yield ""


class _Variables:
    """Which variable holds which node's output.

    The stream is `x` from one end of the network to the other. What a fork hands to a right lane is kept in a
    `shortcut` (`shortcut_2` inside of it, and so on) until the join has read it, as one would write it by hand.
    """

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.holder: dict[int, str] = {nodes[0].id: "inputs"}
        self._readers: dict[int, int] = {node.id: 0 for node in nodes}  # that are still to come
        for node in nodes:
            for source in node.inputs:
                self._readers[source] += 1
        self._in_x: int | None = None  # the node whose output `x` holds
        self._shortcuts = 0
        self._free: list[int] = []  # a heap of the shortcut numbers that can be used again

    def assign(self, node: Node) -> tuple[str | None, str]:
        """Choose the variable of the node's output.

        Returns the shortcut in which the node's first input has to be saved before (None where it need not),
        and the variable.
        """
        for source in node.inputs:
            self._readers[source] -= 1
        first, *others = node.inputs
        saved = None
        target = self.holder[first]
        if self._readers[first] and target == "x":
            saved = self.holder[first] = self._new_shortcut()
        elif self._readers[first] or target == "inputs":  # stays where it is
            x_is_free = self._in_x is None or not self._readers[self._in_x]
            target = "x" if x_is_free else self._new_shortcut()
        for source in dict.fromkeys(others):
            if not self._readers[source]:
                self._release(self.holder[source])
        self.holder[node.id] = target
        if target == "x":
            self._in_x = node.id
        return saved, target

    def _new_shortcut(self) -> str:
        if self._free:
            number = heapq.heappop(self._free)
        else:
            self._shortcuts += 1
            number = self._shortcuts
        return "shortcut" if number == 1 else f"shortcut_{number}"

    def _release(self, variable: str) -> None:
        if variable.startswith("shortcut"):
            heapq.heappush(self._free, int(variable.removeprefix("shortcut").removeprefix("_") or 1))
