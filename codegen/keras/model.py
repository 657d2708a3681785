"""`build_model()` in Keras' functional API, and the functions for what repeats in it."""

from __future__ import annotations

import re
from collections import Counter

from cnngen.codegen.keras.literals import call, literal
from cnngen.codegen.keras.parts import Constants, Function, Part, layer_of, parts_of
from cnngen.codegen.keras.repeats import extract
from cnngen.codegen.keras.statements import signature, written
from cnngen.codegen.keras.steps import Step, looped, steps_of
from cnngen.codegen.structure import NoLanes, structure
from cnngen.language import Network

#: What is larger or nested deeper is written layer by layer: nobody reads it, and it takes no time.
LARGEST = 3_000
DEEPEST = 20

_MODEL_NAME_LENGTH = 40

_NAMES = '''\
class Names:
    """Names layers in the order in which they are made: conv_1, conv_2, dense_1, and so on."""

    def __init__(self) -> None:
        """Begin with the first of each kind."""
        self._made: Counter[str] = Counter()

    def __call__(self, kind: str) -> str:
        """Return the name of the next layer of a kind."""
        self._made[kind] += 1
        return f"{kind}_{self._made[kind]}"
'''


def model_definitions(network: Network, constants: Constants | None = None) -> list[str]:
    """The source of what builds the model, `build_model` last. It uses the constant INPUT_SHAPE, and `constants`.

    With the class Names among them the file has to import Counter.
    """
    functions, steps = _planned(network, constants or {})
    numbered = bool(functions) or any(step.times > 1 for step in steps)
    definitions = [_NAMES] if numbered else []
    definitions += map(_function, functions)
    first = network.nodes[0].name
    statements, result = written(steps, start="inputs", numbered=numbered)
    lines = [
        "def build_model() -> keras.Model:",
        f'    """Return the network, not compiled: {_task(network)}."""',
        *(["    name = Names()"] if numbered else []),
        f"    inputs = keras.Input(shape=INPUT_SHAPE, name={literal(first)})",
        *statements,
        call("return keras.Model", ["inputs", result, f"name={literal(model_name(network.name))}"]),
    ]
    return [*definitions, "\n".join(lines) + "\n"]


def model_name(name: str) -> str:
    """A program's name as a name that Keras and TensorFlow take: ASCII letters, digits and underscores."""
    safe = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:_MODEL_NAME_LENGTH]
    return safe if safe[:1].isalpha() else f"network_{safe}".rstrip("_")


def _planned(network: Network, constants: Constants) -> tuple[list[Function], list[Step]]:
    """The functions of the file, and the steps of `build_model`."""
    nodes = network.nodes
    if len(nodes) > LARGEST or not _numbered_in_order(network):
        return [], _layer_by_layer(network, constants)
    try:
        parts: list[Part] = parts_of(structure(nodes, DEEPEST)[1:], network, constants)
    except NoLanes:
        return [], _layer_by_layer(network, constants)
    functions = extract(parts)
    return functions, looped(steps_of(parts))


def _layer_by_layer(network: Network, constants: Constants) -> list[Step]:
    place = {node.id: index for index, node in enumerate(network.nodes)}
    return [
        Step(place[node.id], tuple(place[source] for source in node.inputs), layer_of(node, network, constants))
        for node in network.nodes[1:]
    ]


def _numbered_in_order(network: Network) -> bool:
    """Whether layers have the names that `Names` would give them."""
    made: Counter[str] = Counter()
    for node in network.nodes[1:]:
        made[node.kind] += 1
        if node.name != f"{node.kind}_{made[node.kind]}":
            return False
    return True


def _function(function: Function) -> str:
    comments = len(function.body) > 1  # what a function for one block is, its name says
    steps = looped(steps_of(function.body))
    body, _ = written(steps, start="x", numbered=True, comments=comments, returns=True)
    lines = [signature(function.name, function.parameters), f'    """{function.doc}"""', *body]
    return "\n".join(lines) + "\n"


def _task(network: Network) -> str:
    last = network.nodes[-1]
    if last.kind != "dense":
        return f"images in, features of shape {literal(last.shape)} out"
    outputs = {"softmax": "probabilities", "linear": "logits"}.get(last.args["activation"], "scores")
    return f"images in, the {outputs} of {last.shape[0]} classes out"
