"""Runs generated code in milliseconds: a stand-in for Keras that only notes which layer was made of what.

What it notes is all that the code says, and the real Keras is asked in the slow tests.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest.mock import patch

from cnngen.codegen.keras.layers import KERAS_LAYERS
from cnngen.language import Network

CLASSES = {layer.name: layer for layer in KERAS_LAYERS.values()}
PAIRS = {"kernel_size", "strides", "pool_size"}


@dataclass
class Made:
    """A layer that was made: its class, its arguments, and the names of the layers that it reads."""

    layer: str
    name: str
    arguments: dict[str, Any]
    inputs: list[str] = field(default_factory=list)

    def __call__(self, stream: Any) -> Made:
        assert not self.inputs, f"{self.name} is called twice"
        self.inputs = [one.name for one in (stream if isinstance(stream, list) else [stream])]
        return self


def made_by(code: str) -> list[Made]:
    """The layers that the `build_model` of generated code makes, in its order, the input first."""
    made: list[Made] = []

    def layer(name: str) -> Any:
        positional = CLASSES[name].positional if name in CLASSES else ("activation",)

        def make(*values: Any, **named: Any) -> Made:
            arguments = dict(zip(positional, values, strict=False)) | named
            made.append(Made(name, arguments.pop("name"), arguments))
            return made[-1]

        return make

    keras, layers, numpy = ModuleType("keras"), ModuleType("keras.layers"), ModuleType("numpy")
    for name in (*CLASSES, "Activation"):
        setattr(layers, name, layer(name))
    keras.layers, keras.KerasTensor, numpy.ndarray = layers, Made, list  # type: ignore[attr-defined]
    keras.Input = lambda shape, name: layer("Input")(shape=shape, name=name)  # type: ignore[attr-defined]
    keras.Model = lambda inputs, outputs, name: outputs  # type: ignore[attr-defined]
    learn = ModuleType("sklearn.datasets")
    learn.load_digits = None  # type: ignore[attr-defined]
    standing_in = {"keras": keras, "keras.layers": layers, "numpy": numpy, "sklearn": learn, "sklearn.datasets": learn}
    with patch.dict(sys.modules, standing_in):
        module = ModuleType("generated")
        exec(compile(code, "generated.py", "exec"), module.__dict__)
        module.build_model()
    return made


def expected(network: Network) -> list[Made]:
    """The layers that code for a network has to make."""
    layers: list[Made] = []
    outputs: dict[int, str] = {}
    for node in network.nodes:
        inputs = [outputs[source] for source in node.inputs]
        outputs[node.id] = node.name
        if node.kind == "input":
            layers.append(Made("Input", node.name, {"shape": network.input_shape}, inputs))
            continue
        known = KERAS_LAYERS[node.kind]
        written = {name: node.args[name] for name in (*known.positional, *known.defaults)}
        if network.training.mixed and node is network.nodes[-1]:
            written["dtype"] = "float32"  # the output's, whatever the layers before compute with
        layers.append(Made(known.name, node.name, written, inputs))
        if node.kind in ("batch_norm", "add", "concat") and node.args.get("activation") not in (None, "linear"):
            outputs[node.id] = f"{node.name}_activation"
            layers.append(Made("Activation", outputs[node.id], {"activation": node.args["activation"]}, [node.name]))
    return layers


def completed(made: Made) -> Made:
    """A layer with the arguments that Keras takes when they are not written."""
    if made.layer not in CLASSES:
        return made
    arguments = dict(made.arguments)
    for part in ("depthwise", "pointwise"):
        if f"{part}_initializer" in arguments:
            arguments["kernel_initializer"] = arguments.pop(f"{part}_initializer")
    for name, default in CLASSES[made.layer].defaults.items():
        arguments.setdefault(name, arguments["pool_size"] if default is None else default)
        if arguments[name] is None and name == "strides":
            arguments[name] = arguments["pool_size"]
    for name in PAIRS & arguments.keys():
        if isinstance(arguments[name], int):
            arguments[name] = (arguments[name],) * 2
    if made.layer == "SeparableConv2D":
        arguments.setdefault("kernel_initializer", "glorot_uniform")
    return Made(made.layer, made.name, arguments, made.inputs)
