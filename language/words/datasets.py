"""The data sets that a program can name, with the facts the resolver needs: image shape and classes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set of labelled images. `shape` is (height, width, channels)."""

    name: str
    shape: tuple[int, int, int]
    classes: int
    doc: str = ""


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("digits", (8, 8, 1), 10, "1,797 handwritten digits; comes with scikit-learn, no download"),
        Dataset("mnist", (28, 28, 1), 10, "70,000 handwritten digits (LeCun et al., 1998)"),
        Dataset("fashion_mnist", (28, 28, 1), 10, "70,000 pictures of clothes (Xiao et al., 2017)"),
        Dataset("cifar10", (32, 32, 3), 10, "60,000 photographs in 10 classes (Krizhevsky, 2009)"),
        Dataset("cifar100", (32, 32, 3), 100, "60,000 photographs in 100 classes (Krizhevsky, 2009)"),
    )
}

#: What a bare `input` means: real images that every installation has.
DEFAULT_DATASET = DATASETS["digits"]
