"""Fewer and smaller images, cut from a set in a way that is the same on every machine."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnngen.search.benchmark.specification import Data
from cnngen.search.errors import SearchError
from cnngen.search.sampling.chance import Chance


@dataclass(frozen=True)
class Cut:
    """The images that a benchmark trains on: their shape, their classes, and the SHA-256 of pixels and labels."""

    shape: tuple[int, int, int]
    classes: int
    sha256: str


def cut(source: Path, wanted: Data, target: Path) -> Cut:
    """Write the images of an .npz file, as few and as small as wanted, to another. Raises SearchError and OSError."""
    x, y = _read(source)
    if wanted.images:
        if wanted.images > len(x):
            raise SearchError(f"data.images is {wanted.images:,}, but {source.name} has {len(x):,}; give fewer.")
        chance = Chance("images", wanted.seed)
        numbers = [chance.number() for _ in range(len(x))]
        chosen = sorted(range(len(x)), key=numbers.__getitem__)[: wanted.images]
        x, y = x[chosen], y[chosen]
    if wanted.size:
        x = _smaller(x, wanted.size, source)
    digest = hashlib.sha256()
    digest.update(str((x.shape, str(x.dtype))).encode())
    digest.update(np.ascontiguousarray(x).tobytes())
    digest.update(y.astype("<i4").tobytes())
    temporary = target.with_name(f".{target.name}")
    np.savez(temporary.with_suffix(".npz"), x=x, y=y)
    temporary.with_suffix(".npz").replace(target)
    height, width, channels = x.shape[1:]
    return Cut((height, width, channels), int(y.max()) + 1, digest.hexdigest())


def _read(source: Path) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """All images and labels of a file, those for the test behind those for the training."""
    try:
        with np.load(source, allow_pickle=False) as arrays:
            if "x" in arrays.files:
                x, y = arrays["x"], arrays["y"]
            else:
                x = np.concatenate([arrays["x_train"], arrays["x_test"]])
                y = np.concatenate([arrays["y_train"].reshape(-1), arrays["y_test"].reshape(-1)])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise SearchError(
            f"{source} cannot be read as images: it must be an .npz file with x and y, or x_train, y_train, x_test and "
            f"y_test ({error})."
        ) from error
    if x.ndim == 3:
        x = x[..., np.newaxis]
    return x, y.reshape(-1)


def _smaller(x: npt.NDArray[Any], size: int, source: Path) -> npt.NDArray[Any]:
    """Images whose pixels are the means of squares of pixels, rounded half up."""
    count, height, width, channels = x.shape
    if height != width or height % size:
        raise SearchError(f"data.size must divide the {height}x{width} pixels of {source.name}; it is {size}.")
    step = height // size
    squares = x.reshape(count, size, step, size, step, channels)
    if x.dtype == np.uint8:
        sums = squares.sum(axis=(2, 4), dtype=np.uint32)
        smaller: npt.NDArray[Any] = ((2 * sums + step * step) // (2 * step * step)).astype(np.uint8)
        return smaller
    means: npt.NDArray[Any] = squares.mean(axis=(2, 4)).astype(x.dtype)
    return means
