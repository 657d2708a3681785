"""NAS-Bench-101 (Ying et al., ICML 2019): cells of at most seven vertices, trained on CIFAR-10 for 4 to 108 epochs.

A network is a convolution of 128 channels, then three stacks of three cells; each later stack has half the height
and width and twice the channels. The energy of 4,310 of these networks is from EC-NAS (Bakhtiarifard et al. 2024), 7V.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnngen.search.predictors.architecture import Architecture, Layer
from cnngen.search.predictors.predictor import TARGETS
from cnngen.search.predictors.tables.table import Column, Rows, Table, file

#: The codes of operations in the files.
OPERATIONS = {-1: "input", -2: "output", 0: "conv3x3", 1: "conv1x1", 2: "maxpool3x3"}
_PADDING = -9
_KERNELS = {"conv3x3": 3, "conv1x1": 1, "maxpool3x3": 3}

STEM, CELLS, IMAGE, CLASSES = 128, 3, 32, 10
STACKS = 3


class Cost(NamedTuple):
    """Trainable parameters, and multiply-accumulates of one forward pass of one image."""

    parameters: int
    macs: int


def channels(matrix: Sequence[Sequence[int]], wanted: int) -> list[int]:
    """The channels of each vertex of a cell that is to make so many; for its input as well, which may be given others.

    The output concatenates what it reads of the inner vertices, so these share its channels; every other vertex has
    as many as the widest that reads it, which takes the first ones of what it is given.
    """
    last = len(matrix) - 1
    found = [0] * (last + 1)
    found[0] = found[last] = wanted
    parts = [vertex for vertex in range(1, last) if matrix[vertex][last]]
    for place, vertex in enumerate(parts):
        found[vertex] = wanted // len(parts) + (place < wanted % len(parts))
    for vertex in range(last - 1, 0, -1):
        if not matrix[vertex][last]:
            found[vertex] = max(
                (found[reader] for reader in range(vertex + 1, last) if matrix[vertex][reader]), default=0
            )
    return found


def convolution(kernel: int, given: int, made: int, side: int) -> Cost:
    """A convolution without bias and its batch normalisation, whose moving averages are not trained."""
    weights = kernel * kernel * given * made
    return Cost(weights + 2 * made, weights * side * side)


def cell(matrix: Sequence[Sequence[int]], operations: Sequence[int], parameters: int | None = None) -> Architecture:
    """The architecture of a cell: its graph, and the costs of the whole network of nine such cells.

    A vertex that reads the input gets it through a convolution 1x1 of its own, which counts as a part of it, and so
    does the output. The channels of a vertex are those in the first stack. `parameters` is the published number: where
    channels cannot be shared equally, it depends on an order of vertices that the published matrix need not have.
    """
    words = [OPERATIONS[int(code)] for code in operations]
    costs = [Cost(0, 0)] * len(words)
    given, side = STEM, IMAGE
    for stack in range(STACKS):
        wanted = STEM * 2**stack
        widths = channels(matrix, wanted)
        for before, times in ((given, 1), (wanted, CELLS - 1)):
            costs = [
                Cost(cost.parameters + times * more.parameters, cost.macs + times * more.macs)
                for cost, more in zip(costs, _vertices(matrix, words, before, widths, side), strict=True)
            ]
        given, side = wanted, side // 2
    stem, head = convolution(3, 3, STEM, IMAGE), given * CLASSES
    first = channels(matrix, STEM)
    layers = []
    depths: list[int] = []
    for vertex, (word, cost) in enumerate(zip(words, costs, strict=True)):
        known: dict[str, float] = {"channels": first[vertex], "parameters": cost.parameters, "macs": cost.macs}
        if kernel := _KERNELS.get(word):
            known |= {"kernel": kernel, "stride": 1}
        inputs = tuple(source for source in range(vertex) if matrix[source][vertex])
        depths.append(1 + max((depths[source] for source in inputs), default=0))
        layers.append(Layer(word, inputs, known))
    around = STACKS + 2  # the first convolution, a pooling before each stack but the first, global pooling, dense layer
    totals = {
        "parameters": parameters or stem.parameters + sum(cost.parameters for cost in costs) + head + CLASSES,
        "macs": stem.macs + sum(cost.macs for cost in costs) + head,
        "layers": around + STACKS * CELLS * (len(words) - 2),
        "depth": around + STACKS * CELLS * (depths[-1] - 2),
    }
    return Architecture(tuple(layers), totals)


def _vertices(
    matrix: Sequence[Sequence[int]], words: Sequence[str], given: int, widths: Sequence[int], side: int
) -> list[Cost]:
    """What each vertex of one cell costs."""
    found = []
    for vertex, (word, width) in enumerate(zip(words, widths, strict=True)):
        parameters = macs = 0
        if word.startswith("conv"):
            parameters, macs = convolution(_KERNELS[word], width, width, side)
        if matrix[0][vertex]:
            projection = convolution(1, given, width, side)
            parameters, macs = parameters + projection.parameters, macs + projection.macs
        found.append(Cost(parameters, macs))
    return found


def nasbench101() -> Table:
    """A uniform sample of 20,001 cells, with validation accuracy after 4, 12, 36 and 108 epochs."""
    import numpy as np

    with np.load(file("nb101_20k.npz"), allow_pickle=False) as data:
        counts, matrices, codes = data["num_vertices"], data["adjacency"].tolist(), data["ops"].tolist()
        accuracy = TARGETS["accuracy"]
        columns = {
            f"val_acc_{epochs}ep": Column(
                f"validation accuracy after {epochs} epochs", accuracy, data[f"val_acc_{epochs}ep"].astype(np.float64)
            )
            for epochs in (4, 12, 36, 108)
        }
        columns["train_time_108ep_s"] = Column(
            "training time of 108 epochs", TARGETS["time"], data["train_time_108ep_s"].astype(np.float64)
        )
        parameters = data["params"].tolist()
    cells = Rows(_cut, list(zip(matrices, codes, counts.tolist(), parameters, strict=True)))
    return Table("nasbench101", "NAS-Bench-101, uniform sample", cells, columns)


def ecnas() -> Table:
    """EC-NAS 7V: the energy of training 4,310 of these networks, in kilowatt-hours, measured by Carbontracker."""
    import numpy as np

    with np.load(file("ecnas_7v_energy.npz"), allow_pickle=False) as data:
        matrices, codes = data["adjacency"].tolist(), data["ops"].tolist()
        energy = Column("energy of training", TARGETS["energy"], data["energy_kwh"].astype(np.float64))
        parameters = data["params"].tolist()
    counts = [sum(code != _PADDING for code in row) for row in codes]
    cells = Rows(_cut, list(zip(matrices, codes, counts, parameters, strict=True)))
    return Table("ecnas", "EC-NAS 7V", cells, {"energy_kwh": energy})


def _cut(row: tuple[list[list[int]], list[int], int, int]) -> Architecture:
    """A row's cell, without the padding."""
    matrix, codes, count, parameters = row
    return cell([row[:count] for row in matrix[:count]], codes[:count], parameters)
