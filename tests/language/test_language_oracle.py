"""Keras is the oracle: where we find no error it builds and trains, where we find one in the shapes it refuses."""

import os
import types

import pytest
from hypothesis import given, settings
from programs import programs

from cnngen.language import Analysis, Code, analyse

pytestmark = pytest.mark.slow

SHAPE_ERRORS = {Code.JOIN_SHAPES, Code.WINDOW_TOO_LARGE}


def built(found: Analysis):
    """The Keras model of the generated code."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    from cnngen.codegen import keras_code

    module = types.ModuleType("generated")
    exec(compile(keras_code(found), "generated", "exec"), module.__dict__)
    return module.build_model()


@settings(max_examples=int(os.environ.get("CNNGEN_ORACLE_EXAMPLES", "60")))
@given(programs(arguments=True))
def test_our_verdict_shapes_and_parameters_are_those_of_keras(text: str) -> None:
    import keras

    found = analyse(text)
    codes = {d.code for d in found.diagnostics if d.severity == "error"}
    if found.network.totals.macs > 50_000_000:
        return  # sound or not, it would take this test too long
    keras.backend.clear_session()
    if found.ok:
        model = built(found)
        assert model.count_params() == found.network.totals.params
        for node in found.network.nodes:
            assert model.get_layer(node.name).output.shape[1:] == node.shape, node
    else:
        assert codes <= SHAPE_ERRORS
        assert refused(found)


def refused(found: Analysis) -> bool:
    """Whether Keras refuses the network at one of the layers with an error: built layer by layer, as it stands."""
    import keras
    from keras import layers

    windows = {"conv": layers.Conv2D, "sepconv": layers.SeparableConv2D, "upconv": layers.Conv2DTranspose}
    pools = {"avg_pooling": layers.AveragePooling2D, "max_pooling": layers.MaxPooling2D}
    for node in found.network.nodes:
        inputs = [keras.Input(found.network.nodes[source].shape) for source in node.inputs]
        shape = {key: node.args.get(key) for key in ("strides", "padding") if node.args.get(key)}
        try:
            if node.kind in windows:
                windows[node.kind](node.args["filters"], node.args["kernel_size"], **shape)(inputs[0])
            elif node.kind in pools:
                pools[node.kind](node.args["pool_size"], **shape)(inputs[0])
            elif node.kind == "add" and _broadcast(*inputs):
                return True  # Keras would broadcast a single row, column or channel: the language page says why not
            elif node.kind in ("add", "concat"):
                (layers.Add() if node.kind == "add" else layers.Concatenate())(inputs)
        except ValueError:
            return True
    return False


def _broadcast(left, right) -> bool:
    """Whether the shapes differ only where one of them is 1."""
    pairs = list(zip(left.shape[1:], right.shape[1:], strict=True))
    return left.shape != right.shape and all(a == b or 1 in (a, b) for a, b in pairs)
