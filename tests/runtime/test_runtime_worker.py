"""The worker's parts that need no TensorFlow: images, countries, devices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngen.runtime.worker import data, devices
from cnngen.runtime.worker.country import find_country
from cnngen.runtime.worker.errors import RunError, brief

pytest.importorskip("codecarbon")


def test_the_digits_are_there_without_a_download() -> None:
    images = data.load("digits", (8, 8, 1), 10)
    assert (len(images.x), images.shape, images.classes) == (1797, (8, 8, 1), 10)
    assert (images.x.min(), images.x.max()) == (0.0, 1.0)
    assert images.sha256() == data.load("digits", (8, 8, 1), 10).sha256()


def test_a_split_is_the_seeds_and_leaves_nothing_out() -> None:
    one, same, other = (data.split(1000, 0.2, 0.2, seed) for seed in (1, 1, 2))
    assert [len(part) for part in (one.train, one.validation, one.test)] == [640, 160, 200]
    assert sorted(np.concatenate([one.train, one.validation, one.test])) == list(range(1000))
    assert (one.test == same.test).all()
    assert not (one.test == other.test).all()


def test_a_split_without_images_in_a_part_is_refused() -> None:
    with pytest.raises(RunError, match="too few"):
        data.split(3, 0.1, 0.2, 0)
    assert len(data.split(10, 0.2, 0.0, 0).validation) == 0


def test_the_real_images_load(images: Path) -> None:
    cifar = data.load(str(images / "cifar10_2k500.npz"), (32, 32, 3), 10)
    assert (len(cifar.x), cifar.x.dtype, cifar.classes) == (2500, np.uint8, 10)
    assert data.load(str(images / "mnist_2k500.npz"), (28, 28, 1), 10).shape == (28, 28, 1)
    with pytest.raises(RunError, match="32x32x3 but the program's input is 28x28x1"):
        data.load(str(images / "cifar10_2k500.npz"), (28, 28, 1), 10)
    with pytest.raises(RunError, match="10 classes but the program is for 5"):
        data.load(str(images / "cifar10_2k500.npz"), (32, 32, 3), 5)


def test_a_country_comes_with_intensity_and_year() -> None:
    france = find_country("fra")
    assert (france.iso3, france.name) == ("FRA", "France")
    assert 10 < france.intensity_g_per_kwh < 200
    assert france.year >= 2021


def test_only_the_gpu_that_trains_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices.expected_gpus("cpu") == []
    assert devices.expected_gpus("auto") == [0]
    assert devices.expected_gpus("gpu:2") == [2]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    assert devices.expected_gpus("gpu:1") == [5]


def test_a_long_or_empty_error_becomes_a_short_line() -> None:
    assert brief(ValueError("first.\nsecond")) == "first"
    assert brief(KeyError()) == "KeyError"
    assert len(brief(ValueError("x" * 1000))) == 300
