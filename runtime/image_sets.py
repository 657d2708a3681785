"""The data sets that are known by name: where they come from, under which licence, and where they lie once fetched.

Shapes and classes are the language's (`cnngen.language.DATASETS`), for a program is checked with them. Shared by the
command line and the worker, so it needs the standard library only.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImageSet:
    """A data set by name.

    `megabytes` is the size of the download, 0 where there is none. `place` is the file or folder in which Keras keeps
    it, below its `datasets`; `files` are digests of what has to be there, by their paths below `datasets`: a SHA-256,
    which Keras knows of its archives, or an MD5, from the makers. `licence` is what its makers say, in short.
    """

    name: str
    images: int
    licence: str
    home: str
    megabytes: float = 0.0
    place: str | None = None
    files: dict[str, str] = field(default_factory=dict)


SETS: dict[str, ImageSet] = {
    known.name: known
    for known in (
        ImageSet("digits", 1_797, "CC BY 4.0", "https://archive.ics.uci.edu/dataset/80"),
        ImageSet(
            "mnist",
            70_000,
            "CC BY-SA 3.0",
            "https://keras.io/api/datasets/mnist",
            megabytes=11.5,
            place="mnist.npz",
            files={"mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"},
        ),
        ImageSet(
            "fashion_mnist",
            70_000,
            "MIT",
            "https://github.com/zalandoresearch/fashion-mnist",
            megabytes=30.9,
            place="fashion-mnist",
            # From the makers' own page.
            files={
                "fashion-mnist/train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "fashion-mnist/train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
                "fashion-mnist/t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
                "fashion-mnist/t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
            },
        ),
        ImageSet(
            "cifar10",
            60_000,
            "none stated",
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            megabytes=170.5,
            # Keras unpacks it anew each time, and would fetch it again were only the unpacked folder there.
            place="cifar-10-batches-py-target_archive",
            files={
                "cifar-10-batches-py-target_archive": "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
            },
        ),
        ImageSet(
            "cifar100",
            60_000,
            "none stated",
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            megabytes=169.0,
            place="cifar-100-python-target_archive",
            files={
                "cifar-100-python-target_archive": "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"
            },
        ),
    )
}


def cache() -> Path:
    """The folder in which Keras keeps data sets: KERAS_HOME, else `.keras` in the home folder."""
    given = os.environ.get("KERAS_HOME")
    home = Path(given).expanduser() if given is not None else Path.home() / ".keras"
    return home / "datasets"


def cached(known: ImageSet) -> Path | None:
    """Where a data set lies on this machine; None when it would have to be fetched, or comes with a package."""
    if known.place is None:
        return None
    return cache() / known.place if all((cache() / name).exists() for name in known.files) else None


def broken(known: ImageSet) -> tuple[Path, str] | None:
    """The first file of a cached data set that is not what it should be, with the digest found. Raises OSError."""
    for name, expected in known.files.items():
        path = cache() / name
        kind = hashlib.sha256 if len(expected) == 64 else partial(hashlib.md5, usedforsecurity=False)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, kind).hexdigest()
        if found != expected:
            return path, found
    return None
