"""The data sets: loading, checking and splitting images and their classes.

Images come as an array (number, height, width, channels). Whole numbers of 8 bits stay so in memory, a quarter of the
size of floats, and are scaled to 0..1 batch by batch; floats are taken as they are.
"""

from __future__ import annotations

import hashlib
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnngen.runtime.image_sets import cache
from cnngen.runtime.worker.errors import RunError, brief

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Images:
    """Images (number, height, width, channels) and the class of each, 0 up to `classes` - 1."""

    x: Array
    y: Array
    classes: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one image."""
        return tuple(int(extent) for extent in self.x.shape[1:])

    def sha256(self) -> str:
        """A digest of every pixel and label, with their types and shapes."""
        digest = hashlib.sha256()
        for array in (self.x, self.y):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Split:
    """The images of each part, as positions in the whole set."""

    train: npt.NDArray[np.int64]
    validation: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]


def load(source: str, shape: tuple[int, ...], classes: int) -> Images:
    """The whole data set `source`: a name, an .npz file or a folder of images by class.

    `shape` is the program's input (height, width, channels) and `classes` its number of classes: a folder's pictures
    are resized to the shape, everything else must have it. Raises RunError.
    """
    path = Path(source)
    if source == "digits":
        images = _digits()
    elif source in {"mnist", "fashion_mnist", "cifar10", "cifar100"}:
        images = _known(source)
    elif path.is_dir():
        images = _folder(path, shape)
    elif path.exists():
        images = read_npz(path)
    else:
        raise RunError(f"There is no data set at {source}.")
    if images.shape != tuple(shape):
        raise RunError(
            f"The images of {source} are {_by(images.shape)} but the program's input is {_by(shape)}; "
            f"write input(shape={tuple(images.shape)}) or choose another data set."
        )
    if images.classes > classes:
        raise RunError(f"{source} has {images.classes} classes but the program is for {classes}.")
    return images


def split(count: int, test_split: float, validation_split: float, seed: int) -> Split:
    """The protocol of the CNNGen paper: shuffle the whole set, cut off the test part, then the validation part of the
    rest. Raises RunError when a part that is asked for would be empty.

    The parts are those of the generated code, whose `fit` takes the last of the rest for validation.
    """
    order = np.random.default_rng(seed).permutation(count)
    tests = round(count * test_split)
    rest = order[tests:]
    trained = math.floor(len(rest) * (1 - validation_split))
    parts = Split(rest[:trained], rest[trained:], order[:tests])
    if not trained or (test_split and not tests) or (validation_split and not len(parts.validation)):
        raise RunError(
            f"{count} images are too few for the split: {trained} to train, {len(parts.validation)} to validate, "
            f"{tests} to test."
        )
    return parts


def read_npz(path: Path) -> Images:
    """The images of an .npz file with the arrays x and y, or x_train, y_train, x_test, y_test. Raises RunError."""
    if not zipfile.is_zipfile(path):
        raise RunError(f"{path} is no .npz file, or only a part of one.")
    try:
        # Objects would have to be unpickled, and a pickle can run any code.
        with np.load(path, allow_pickle=False) as arrays:
            names = set(arrays.files)
            if {"x_train", "y_train", "x_test", "y_test"} <= names:
                x = np.concatenate([arrays["x_train"], arrays["x_test"]])
                y = np.concatenate([_labels(arrays["y_train"], path), _labels(arrays["y_test"], path)])
            elif {"x", "y"} <= names:
                x, y = arrays["x"], _labels(arrays["y"], path)
            else:
                raise RunError(
                    f"{path} must hold the arrays x and y, or x_train, y_train, x_test and y_test; "
                    f"it holds {', '.join(sorted(names)) or 'none'}."
                )
            named = len(arrays["class_names"]) if "class_names" in names else 0
    except (OSError, ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise RunError(f"{path} cannot be read as an .npz file: {brief(error)}.") from error
    return _checked(x, y, named, str(path))


def _labels(y: Array, path: Path) -> Array:
    """Labels as one whole number an image; Keras' own sets have them in a column."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise RunError(f"The labels of {path} must be one whole number an image, not {y.dtype} of shape {y.shape}.")
    return y


def _checked(x: Array, y: Array, named: int, source: str) -> Images:
    """Images of the one form that the rest relies on."""
    if x.ndim == 3:
        x = x[..., np.newaxis]
    if x.ndim != 4 or x.dtype.kind not in "uif" or not len(x):
        raise RunError(
            f"The images of {source} must be numbers in the shape (number, height, width, channels), "
            f"not {x.dtype} of shape {x.shape}."
        )
    if len(x) != len(y):
        raise RunError(f"{source} has {len(x)} images but {len(y)} labels.")
    if y.min() < 0:
        raise RunError(f"The labels of {source} must count from 0; the smallest is {y.min()}.")
    if x.dtype != np.uint8:
        x = x.astype(np.float32)
        if not np.isfinite(x).all():
            raise RunError(f"Some images of {source} hold values that are no numbers (NaN or infinity).")
    return Images(x, y.astype(np.int32), max(int(y.max()) + 1, named))


def _digits() -> Images:
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise RunError("The data set digits comes with scikit-learn: pip install scikit-learn.") from error
    digits = load_digits()
    # Sixteen grey levels; like every other set, scaled to 0..1.
    return _checked(digits.images / 16.0, digits.target, len(digits.target_names), "digits")


def _known(name: str) -> Images:
    """A set from Keras' cache, where `fetching` has put it."""
    import keras

    try:
        (x, y), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:  # whatever the reading of a broken file may raise
        raise RunError(
            f"The data set {name} cannot be read ({brief(error)}); delete it from {cache()} and train again."
        ) from error
    path = Path(name)
    labels = np.concatenate([_labels(y, path), _labels(y_test, path)])
    return _checked(np.concatenate([x, x_test]), labels, 0, name)


def _folder(path: Path, shape: tuple[int, ...]) -> Images:
    """Pictures in one sub-folder a class, resized to the program's input."""
    import keras

    height, width, channels = shape
    modes = {1: "grayscale", 3: "rgb", 4: "rgba"}
    if channels not in modes:
        raise RunError(f"Pictures have 1, 3 or 4 channels; the program's input has {channels}.")
    try:
        pictures = keras.utils.image_dataset_from_directory(
            str(path),
            image_size=(height, width),
            color_mode=modes[channels],
            batch_size=None,
            shuffle=False,
            verbose=False,
        )
        pairs = list(pictures.as_numpy_iterator())
    except MemoryError:
        raise
    except Exception as error:  # TensorFlow's own error classes, for pictures that cannot be decoded
        raise RunError(f"The pictures in {path} cannot be read: {brief(error)}.") from error
    x = np.stack([image for image, _ in pairs]).round().clip(0, 255).astype(np.uint8)
    y = np.array([label for _, label in pairs])
    return _checked(x, y, len(pictures.class_names), str(path))


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(str(extent) for extent in shape)
