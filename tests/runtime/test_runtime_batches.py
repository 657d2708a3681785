"""The way of images to a training, by TensorFlow itself."""

from __future__ import annotations

import numpy as np
import pytest

from cnngen.runtime.worker.data import Images

pytestmark = pytest.mark.slow


def test_nobody_waits_for_tensorflow_to_tune_the_way_of_the_images() -> None:
    """It looks at a pipeline after 10 ms, 20, 40 and so on up to a minute, and its end has to wait for the next look."""
    from cnngen.runtime.worker.training import batches

    images = Images(np.zeros((8, 4, 4, 3), np.uint8), np.zeros(8, np.int32), 2)
    for made in (batches(images, np.arange(8), 4), batches(images, np.arange(8), 4, shuffle_seed=0).repeat()):
        assert made.options().autotune.enabled is False


def test_batches_are_all_images_once_an_epoch_with_values_from_0_to_1_in_a_new_order_each_time() -> None:
    from cnngen.runtime.worker.training import batches

    x = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1) * 25
    made = batches(Images(x, np.arange(10, dtype=np.int32), 10), np.arange(10), 4, shuffle_seed=3)
    epochs = [[(pictures.numpy(), labels.numpy()) for pictures, labels in made] for _ in range(2)]
    orders = [[int(label) for _, labels in epoch for label in labels] for epoch in epochs]
    assert orders[0] != orders[1]
    assert all(sorted(order) == list(range(10)) for order in orders)
    for pictures, labels in epochs[0]:
        assert np.allclose(pictures[:, 0, 0, 0], labels * 25 / 255)
