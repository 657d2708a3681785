"""Keras as the judge of a network: of one layer by itself, and of the generated code as a whole.

Variables get no values here (`keras.StatelessScope`), so that a verdict takes milliseconds whatever the network's size;
all else is Keras' own work on symbolic tensors. Keras is imported when it is first asked.
"""

from __future__ import annotations

import os
import sys
import types
from dataclasses import replace
from functools import cache
from math import prod
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from cnngen.codegen import keras_code
from cnngen.codegen.keras.layers import KERAS_LAYERS, layer_arguments
from cnngen.codegen.keras.model import model_definitions
from cnngen.language import Analysis, Network, Node
from cnngen.language.network import Shape

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


class Verdict(NamedTuple):
    """What Keras makes of a layer. `shape` is without the batch; `macs` are counted from the layer's own kernels."""

    shape: Shape
    params: int
    macs: int


def verdict(node: Node, network: Network) -> Verdict | None:
    """Keras' verdict on a node's layer, as it is generated, given the shapes that its inputs have; None: refused."""
    *arguments, _name = layer_arguments(node)
    source = f"{KERAS_LAYERS[node.kind].name}({', '.join(arguments)})"
    return _verdict(source, *(network.nodes[source].shape for source in node.inputs))


@cache  # most layers of most programs are alike
def _verdict(source: str, *inputs: Shape) -> Verdict | None:
    import keras

    layer = eval(source, vars(keras.layers))
    tensors = [keras.KerasTensor((None, *shape)) for shape in inputs]
    try:
        with keras.StatelessScope(initialize_variables=False):
            output = layer(tensors if len(tensors) > 1 else tensors[0])
    except ValueError:
        return None
    shape = tuple(output.shape[1:])
    return Verdict(shape, layer.count_params(), multiply_accumulates(layer, inputs[0], shape))


def multiply_accumulates(layer: Any, before: Shape, behind: Shape) -> int:
    """Count by definition: every weight of a kernel is multiplied once at each place on which the kernel is laid.

    A kernel is laid on the input once for each pixel of the output; a transposed one on the output, once for each
    pixel of the input; a matrix once.
    """
    import keras

    pixels = prod((before if isinstance(layer, keras.layers.Conv2DTranspose) else behind)[:-1])
    return sum(pixels * prod(weight.shape) for weight in layer.weights if weight.name.endswith("kernel"))


def operations(model: Any, kinds: tuple[str, ...]) -> int:
    """Floating-point operations of one forward pass of one image in TensorFlow's operations of these kinds.

    Counted by TensorFlow's profiler on the traced graph.
    """
    import tensorflow as tf

    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output().build()
    graph = tf.function(model).get_concrete_function(tf.TensorSpec((1, *model.input_shape[1:]))).graph
    found, table = 0, [profiler.profile(graph, options=options, cmd="op")]  # a chain: each kind is a child of the last
    while table:
        row = table.pop()
        found += row.float_ops if row.name in kinds else 0
        table += row.children
    return found


def generated(found: Analysis) -> types.ModuleType:
    """The generated code of a sound program, executed."""
    return _executed(keras_code(found))


def model_of(found: Analysis) -> Any:
    """The Keras model that the generated code builds, without values for its variables."""
    import keras

    with keras.StatelessScope(initialize_variables=False):
        return generated(found).build_model()


def refuses_first(node: Node, network: Network) -> bool:
    """Whether Keras refuses the code of the network's nodes up to this one."""
    import keras

    head = replace(network, grow=lambda: network.nodes[: node.id + 1])
    imports = "from collections import Counter\nimport keras\nfrom keras import layers\n"
    constants = f"INPUT_SHAPE = {network.input_shape}\n"
    module = _executed(imports + constants + "\n".join(model_definitions(head)))
    try:
        with keras.StatelessScope(initialize_variables=False):
            module.build_model()
    except ValueError:
        return True
    return False


class _Fitting(Exception):
    """What the generated `main` is about to fit."""


def compiled(found: Analysis, data: Path) -> tuple[Any, Any, Any]:
    """The model, images and labels that the generated `main` gives to `fit`, when it is run on an .npz file.

    The model is whole, with the first weights and the optimizer and loss of the program, but runs without tracing.
    """
    import keras

    def stop(model: Any, images: Any, labels: Any, **_: Any) -> None:
        raise _Fitting(model, images, labels)

    arguments = ["generated", "--epochs=1", f"--data={data}"]
    with (
        patch.object(keras.Model, "fit", stop),
        patch.object(keras.Model, "summary"),  # it would be most of the time
        patch.object(sys, "argv", arguments),
    ):
        try:
            generated(found).main()
        except _Fitting as fitting:
            model, images, labels = fitting.args
    model.run_eagerly = True
    return model, images, labels


def _executed(source: str) -> types.ModuleType:
    module = types.ModuleType("generated")
    exec(compile(source, "generated", "exec"), module.__dict__)
    return module
