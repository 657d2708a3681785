"""The data sets that are known by name: where they come from, under which licence, and where they lie once fetched.

Shapes and classes are the language's (`cnngen.language.DATASETS`), for a program is checked with them. Shared by the
command line and the worker, so it needs the standard library only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImageSet:
    """A data set by name.

    `megabytes` is the size of the download, 0 where there is none. `folder` is where Keras keeps it, below its
    `datasets`; `files` are the MD5 sums of files in there that Keras itself does not check (it knows a SHA-256 of the
    others' archives). `licence` is what its makers say, in short.
    """

    name: str
    images: int
    licence: str
    home: str
    megabytes: float = 0.0
    folder: str | None = None
    files: dict[str, str] = field(default_factory=dict)


SETS: dict[str, ImageSet] = {
    known.name: known
    for known in (
        ImageSet("digits", 1_797, "CC BY 4.0", "https://archive.ics.uci.edu/dataset/80"),
        ImageSet(
            "mnist", 70_000, "CC BY-SA 3.0", "https://keras.io/api/datasets/mnist", megabytes=11.5, folder="mnist.npz"
        ),
        ImageSet(
            "fashion_mnist",
            70_000,
            "MIT",
            "https://github.com/zalandoresearch/fashion-mnist",
            megabytes=30.9,
            folder="fashion-mnist",
            # From the makers' own page.
            files={
                "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
                "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
                "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
            },
        ),
        ImageSet(
            "cifar10",
            60_000,
            "none stated",
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            megabytes=170.5,
            folder="cifar-10-batches-py-target",
        ),
        ImageSet(
            "cifar100",
            60_000,
            "none stated",
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            megabytes=169.0,
            folder="cifar-100-python-target",
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
    if known.folder is None:
        return None
    place = cache() / known.folder
    needed = [place / name for name in known.files] or [place]
    return place if all(path.exists() for path in needed) else None
