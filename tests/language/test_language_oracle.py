"""Keras is the oracle: it refuses the layers in which we find an error, and agrees on all that we say of the others.

Most programs are judged without weights, in milliseconds; some are built whole, run and trained. More of each:
CNNGEN_ORACLE_EXAMPLES=20000.
"""

import math
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras_judge import Verdict, compiled, generated, model_of, operations, refuses_first, verdict
from programs import headed_programs

from cnngen.language import Analysis, Code, Node, analyse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # a minute each, but machines may be busy

EXAMPLES = int(os.environ.get("CNNGEN_ORACLE_EXAMPLES", "2500"))
IMAGES = 4  # of a training step


def small(found: Analysis) -> bool:
    """Whether a network with all its weights runs in a moment."""
    totals = found.network.totals
    return totals.macs < 20_000_000 and totals.params < 2_000_000


clean_programs = headed_programs().map(analyse).filter(lambda found: found.ok and small(found))


def faults(found: Analysis) -> dict[int, Code]:
    """The nodes in whose shape we find an error, by their number, with its code."""
    codes: dict[int, Code] = {}
    for error in found.diagnostics:
        if error.severity == "error":
            assert error.code in (Code.JOIN_SHAPES, Code.WINDOW_TOO_LARGE, Code.COST), error.message
            joins = error.code is Code.JOIN_SHAPES
            places = [node for node in found.network.nodes if (node.kind in ("add", "concat")) == joins]
            inside = [n for n in places if n.span.start <= error.span.start and error.span.end <= n.span.end]
            node = min(inside, key=lambda node: (node.span.end - node.span.start, "strides" not in node.args))
            codes[node.id] = error.code
    return codes


def broadcasts(node: Node, found: Analysis) -> bool:
    """Whether an addition is one that Keras would do by repeating a single row, column or channel.

    We refuse it all the same: docs/language.md says why.
    """
    if node.kind != "add":
        return False
    left, right = (found.network.nodes[source].shape for source in node.inputs)
    return all(a == b or 1 in (a, b) for a, b in zip(left, right, strict=True))


def agree(found: Analysis) -> None:
    """Keras' verdict on every layer is ours, and so are shape, parameters and multiply-accumulates."""
    faulty = faults(found)
    for node in found.network.nodes[1:]:
        given_by_keras = verdict(node, found.network)
        if node.id not in faulty:
            assert given_by_keras == Verdict(node.shape, node.params, node.macs), node
        elif faulty[node.id] is not Code.COST:  # that the network is too large for a machine, Keras does not ask
            assert given_by_keras is None or broadcasts(node, found), node


@settings(max_examples=EXAMPLES)
@given(headed_programs())
def test_keras_gives_the_same_verdict_shape_parameters_and_macs_for_every_layer(text: str) -> None:
    agree(analyse(text))


@pytest.mark.parametrize("right", ["conv(filters=1)", "conv(filters=4, strides=8)", "conv(filters=4, strides=(8, 1))"])
def test_only_an_addition_that_keras_would_broadcast_do_we_refuse_alone(right: str) -> None:
    found = analyse(
        f"input conv [ (conv(filters=4, kernel_size=3, strides=1, padding=same), {right}) ] flatten dense output"
    )
    ((join, code),) = faults(found).items()
    assert code is Code.JOIN_SHAPES
    assert verdict(found.network.nodes[join], found.network) is not None
    assert broadcasts(found.network.nodes[join], found)


@settings(max_examples=EXAMPLES // 3)
@given(headed_programs())
def test_keras_builds_the_generated_code_and_refuses_it_at_our_first_error(text: str) -> None:
    found = analyse(text)
    network, faulty = found.network, faults(found)
    if found.ok:
        model = model_of(found)
        assert model.count_params() == network.totals.params
        assert [model.get_layer(node.name).output.shape[1:] for node in network.nodes] == [
            n.shape for n in network.nodes
        ]
    elif faulty[min(faulty)] is not Code.COST:
        first = network.nodes[min(faulty)]
        assert refuses_first(first, network) or broadcasts(first, found)


@settings(max_examples=EXAMPLES // 16)
@given(clean_programs.filter(lambda found: found.trainable))
def test_a_clean_program_trains_a_step_with_a_finite_loss(
    tmp_path_factory: pytest.TempPathFactory, found: Analysis
) -> None:
    """As the generated program does: from its file of images to the loss, the gradients and the update of all weights."""
    import keras
    import numpy as np

    network, data = found.network, tmp_path_factory.getbasetemp() / "images.npz"
    images = np.random.default_rng(0).random((3 * IMAGES, *network.input_shape), dtype="float32")
    np.savez(data, x=images, y=np.arange(len(images)) % network.classes)
    model, images, labels = compiled(found, data)
    outputs = keras.Model(model.input, [model.get_layer(node.name).output for node in network.nodes])(images[:1])
    assert [tuple(output.shape[1:]) for output in outputs] == [node.shape for node in network.nodes]
    loss = model.train_on_batch(images[:IMAGES], labels[:IMAGES])
    assert all(map(math.isfinite, loss))
    assert model.optimizer.iterations == 1


@settings(max_examples=EXAMPLES // 25)
@given(clean_programs)
def test_macs_are_half_the_operations_that_tensorflow_counts(found: Analysis) -> None:
    """An operation is a multiplication or an addition. Those of biases, normalisation, pooling and activations are
    no multiply-accumulates, and those of a transposed convolution are only estimated, so these are left out.
    """
    macs = sum(node.macs for node in found.network.nodes if node.kind != "upconv")
    model = generated(found).build_model()
    assert operations(model, ("Conv2D", "DepthwiseConv2dNative", "MatMul")) == 2 * macs


SIDES = st.tuples(st.integers(1, 5), st.integers(1, 5))


@settings(max_examples=EXAMPLES // 5)
@given(
    st.sampled_from(["conv", "sepconv", "upconv", "avg_pooling", "max_pooling"]),
    SIDES,
    SIDES,
    st.sampled_from(["same", "valid"]),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
def test_keras_agrees_on_every_window_on_every_image(
    word: str, kernel: tuple[int, int], strides: tuple[int, int], padding: str, size: tuple[int, int]
) -> None:
    name = "pool_size" if "pooling" in word else "kernel_size"
    window = f"{word}({name}={kernel}, strides={strides}, padding={padding})"
    agree(analyse(f"input(shape=({size[0]}, {size[1]}, 2)) conv(filters=3, kernel_size=1) {window} output"))


@settings(max_examples=EXAMPLES // 25)
@given(
    st.sampled_from(["conv", "upconv"]),
    SIDES,
    SIDES,
    st.tuples(st.integers(5, 9), st.integers(5, 9), st.integers(1, 3)),
)
def test_where_all_is_1_each_multiply_accumulate_adds_1(
    word: str, kernel: tuple[int, int], strides: tuple[int, int], shape: tuple[int, int, int]
) -> None:
    """With padding the products with 0 would add nothing."""
    import numpy as np

    layer = f"{word}(filters=3, kernel_size={kernel}, strides={strides}, padding=valid, use_bias=false"
    found = analyse(f"input(shape={shape}) {layer}, activation=linear, kernel_initializer=ones) output")
    result = generated(found).build_model()(np.ones((1, *shape), "float32"))
    assert float(np.sum(result)) == found.network.totals.macs
