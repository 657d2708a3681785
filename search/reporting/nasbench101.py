"""The table of NAS-Bench-101 (Ying et al. 2019), where the user has it: accuracies, times and sizes of its networks."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnngen.search.errors import SearchError

#: Epochs after which the table has validation accuracies.
EPOCHS = (4, 12, 36, 108)

#: Layers of every network beside its nine cells: input, stem (a convolution with its normalisation), two poolings
#: between the stacks, the mean of each channel, the classifier.
_AROUND, _CELLS = 7, 9

#: The operation that is one layer; the convolutions have a normalisation.
_POOLING = 2


@dataclass(frozen=True)
class Table:
    """Columns of the table, an entry for each network: `accuracy` by the number of epochs, 0 to 1."""

    accuracy: dict[int, npt.NDArray[np.float64]]
    training_s: npt.NDArray[np.float64]
    parameters: npt.NDArray[np.int64]
    layers: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.layers)


def read_table(path: Path) -> Table:
    """The table in an .npz file with adjacency, ops, num_vertices, val_acc_4ep and so on. Raises SearchError."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Table(
                {epochs: arrays[f"val_acc_{epochs}ep"].astype(float) for epochs in EPOCHS},
                arrays["train_time_108ep_s"].astype(float),
                arrays["params"],
                layers(arrays["adjacency"], arrays["ops"], arrays["num_vertices"]),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise SearchError(
            f"{path} is no table of NAS-Bench-101: it must be an .npz file with adjacency, ops, num_vertices, params, "
            f"train_time_108ep_s and val_acc_4ep to val_acc_108ep ({error})."
        ) from error


def layers(
    adjacency: npt.NDArray[Any], operations: npt.NDArray[Any], vertices: npt.NDArray[Any]
) -> npt.NDArray[np.int64]:
    """Layers of each network, counted as `cnngen describe` counts: a node for each convolution, normalisation, pooling
    and join of two streams.

    `adjacency` is (networks, vertices, vertices); the first vertex of a cell is its input and the last its output.
    """
    counts = np.zeros(len(adjacency), np.int64)
    for size in np.unique(vertices):
        chosen = vertices == size
        edges = adjacency[chosen][:, :size, :size].astype(np.int64)
        inner = operations[chosen][:, 1 : size - 1]
        read = edges[:, :, 1 : size - 1].sum(axis=1)  # what each vertex reads; of several, the sum
        projected = edges[:, 0, 1 : size - 1].sum(axis=1)  # the input comes through a convolution
        ends = edges[:, 1 : size - 1, size - 1].sum(axis=1)  # are concatenated
        direct = edges[:, 0, size - 1]
        cell = np.where(inner == _POOLING, 1, 2).sum(axis=1) + (read - 1).sum(axis=1) + 2 * projected
        cell = np.where(ends > 0, cell + ends - 1 + 3 * direct, 2)
        counts[chosen] = _AROUND + _CELLS * cell
    return counts
