"""Depth, receptive fields and memory follow from the network alone, and agree with what Keras does."""

import os
import types

import pytest
from hypothesis import given
from programs import programs

from cnngen.codegen import adjacency, keras_code
from cnngen.language import Training, analyse, costs, training_bytes


def fields(text: str) -> dict[str, tuple[int, int]]:
    network = analyse(text).network
    return dict(zip((node.name for node in network.nodes), costs(network).receptive_fields, strict=True))


def test_the_receptive_field_grows_by_each_window_and_faster_behind_a_stride() -> None:
    found = fields("input(dataset=cifar10) conv conv(strides=2) conv max_pooling conv flatten dense output")
    assert [found[name] for name in ("input", "conv_1", "conv_2", "conv_3", "max_pooling_1", "conv_4")] == [
        (1, 1), (3, 3), (5, 5), (9, 9), (11, 11), (19, 19),
    ]  # fmt: skip


def test_a_vector_sees_the_whole_image_and_nothing_sees_more() -> None:
    found = fields("input conv(kernel_size=7) conv(kernel_size=7) global_avg_pooling dense output")
    assert set(found.values()) == {(1, 1), (7, 7), (8, 8)}
    assert found["dense_1"] == (8, 8)


def test_a_join_sees_what_the_wider_of_its_lanes_sees() -> None:
    assert fields("input(dataset=mnist) conv [ (conv conv, Empty) ] flatten dense output")["add_1"] == (7, 7)


@pytest.mark.slow
@pytest.mark.parametrize(
    "features",
    [
        "conv(strides=2) avg_pooling conv(kernel_size=(3, 5))",
        "conv [ (conv avg_pooling, conv) ] sepconv",
        "conv avg_pooling upconv conv",
        "conv(kernel_size=4, strides=3, padding=valid) upconv(kernel_size=5, strides=3)",
    ],
)
def test_no_pixel_beyond_the_receptive_field_has_a_gradient(features: str) -> None:
    """Keras as oracle: the largest box of pixels that any one output depends on is the receptive field."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import numpy as np
    import tensorflow as tf

    found = analyse(f"defaults(activation=linear) input(shape=(31, 31, 1)) {features} output")
    assert found.ok
    module = types.ModuleType("generated")
    exec(keras_code(found), module.__dict__)
    model = module.build_model()
    widest = np.zeros(2, int)
    image = tf.Variable(np.random.default_rng(0).normal(size=(1, 31, 31, 1)).astype("float32"))
    height, width = found.network.nodes[-1].shape[:2]
    for row in range(height):
        for column in range(width):
            with tf.GradientTape() as tape:
                value = tf.reduce_sum(model(image)[0, row, column])
            places = np.argwhere(np.abs(tape.gradient(value, image).numpy()[0, :, :, 0]) > 0)
            if len(places):
                widest = np.maximum(widest, np.ptp(places, axis=0) + 1)
    field = costs(found.network).receptive_fields[-1]
    assert tuple(widest) == field


def test_the_longest_path_goes_through_the_longer_lane() -> None:
    network = analyse("input conv [ (conv conv conv, conv) ] flatten dense output").network
    assert costs(network).longest_path == 8


def test_training_memory_counts_weights_gradients_optimizer_and_the_outputs_of_a_batch() -> None:
    network = analyse("input convbn flatten dense output").network
    trainable = network.totals.params - 2 * 32
    for optimizer, values in (("sgd", 2), ("rmsprop", 3), ("adam", 4)):
        expected = 4 * (trainable * values + 2 * 32) + 10 * network.totals.activation_bytes
        assert training_bytes(network, Training(batch_size=10, optimizer=optimizer)) == expected


@given(programs())
def test_the_matrix_has_an_edge_where_a_layer_reads_another_and_is_upper_triangular(text: str) -> None:
    network = analyse(text).network
    found = adjacency(network)
    assert found["labels"] == [node.kind for node in network.nodes]
    edges = {(i, j) for i, row in enumerate(found["matrix"]) for j, value in enumerate(row) if value}
    assert edges == {(source, node.id) for node in network.nodes for source in node.inputs}
    assert all(i < j for i, j in edges)


@pytest.mark.slow
def test_the_optimizers_keep_as_many_values_as_the_memory_model_says() -> None:
    import keras

    from cnngen.language.costs import OPTIMIZER_SLOTS

    for name, slots in OPTIMIZER_SLOTS.items():
        optimizer = keras.optimizers.get(name)
        weight = keras.Variable([0.0] * 1000)
        optimizer.build([weight])
        values = sum(variable.shape[0] for variable in optimizer.variables if variable.shape == (1000,))
        assert values // 1000 == slots, name
