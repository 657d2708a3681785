"""NAS-Bench-201 (Dong and Yang, ICLR 2020): all 15,625 cells of four nodes whose six edges are one of five operations.

A network is a convolution of 16 channels, then three stages of five cells with a residual block before the second and
the third, which halves height and width and doubles the channels. Latencies on 27 devices are from HELP (Lee et al.
2021).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnngen.search.predictors.architecture import IDENTITY, Architecture, Layer
from cnngen.search.predictors.predictor import TARGETS
from cnngen.search.predictors.tables.table import Column, Rows, Table, file

if TYPE_CHECKING:
    from cnngen.search.predictors.predictor import Vector

#: Operations in the table's words and in ours; an edge `none` is no edge.
OPERATIONS = {
    "nor_conv_3x3": "conv3x3", "nor_conv_1x1": "conv1x1", "avg_pool_3x3": "avgpool3x3", "skip_connect": IDENTITY,
}  # fmt: skip
_KERNELS = {"conv3x3": 3, "conv1x1": 1, "avgpool3x3": 3}
NODES, STEM, STAGES, CELLS, IMAGE, CLASSES = 4, 16, 3, 5, 32, 10

#: What is around the cells, of parameters and of multiply-accumulates: first convolution with its normalisation, both
#: residual blocks (two convolutions 3x3 with normalisation, one 1x1 without), last normalisation and dense layer.
AROUND = {
    "parameters": 3 * 9 * 16 + 32
    + sum(9 * c // 2 * c + 9 * c * c + 4 * c + c // 2 * c for c in (32, 64))
    + 2 * 64 + 64 * CLASSES + CLASSES,
    "macs": 3 * 9 * 16 * 32**2 + sum((9 * c // 2 * c + 9 * c * c + c // 2 * c) * (512 // c) ** 2 for c in (32, 64))
    + 64 * CLASSES,
}  # fmt: skip
AROUND_LAYERS = 7  # on the longest way: the first convolution, two in each block, global pooling, dense layer


def edges(text: str) -> list[tuple[int, int, str]]:
    """The edges of a cell that are there: from, to, operation.

    The text is as published, `|op~from|+|op~from|op~from|+...`. Raises ValueError for another text.
    """
    found = []
    for node, part in enumerate(text.split("+"), start=1):
        for edge in part.strip("|").split("|"):
            word, _, source = edge.partition("~")
            if word != "none":
                if word not in OPERATIONS:
                    raise ValueError(f"{word!r} is no operation of NAS-Bench-201.")
                found.append((int(source), node, OPERATIONS[word]))
    return found


def cell(text: str) -> Architecture:
    """The architecture of a cell: its edges as layers, and the costs of the whole network of fifteen such cells.

    A layer reads all edges that end where it begins, summed. All edges cost, also those that lead nowhere: they are
    trained and run as others are. The channels of a layer are those in the first stage.
    """
    found = edges(text)
    layers = [Layer("input", (), {"channels": STEM})]
    ending: list[list[int]] = [[0], [], [], []]
    costs = dict(AROUND)
    depths = [0] * NODES
    for source, node, operation in found:
        parameters = macs = 0
        if operation.startswith("conv"):
            for stage in range(STAGES):
                wide, side = STEM * 2**stage, IMAGE // 2**stage
                weights = _KERNELS[operation] ** 2 * wide * wide
                parameters += CELLS * (weights + 2 * wide)
                macs += CELLS * weights * side * side
        known: dict[str, float] = {"channels": STEM, "parameters": parameters, "macs": macs}
        if kernel := _KERNELS.get(operation):
            known |= {"kernel": kernel, "stride": 1}
        ending[node].append(len(layers))
        layers.append(Layer(operation, tuple(ending[source]), known))
        costs["parameters"] += parameters
        costs["macs"] += macs
        depths[node] = max(depths[node], depths[source] + (operation != IDENTITY))
    layers.append(Layer("output", tuple(ending[-1]), {"channels": STEM}))
    counted = sum(operation != IDENTITY for _, _, operation in found)
    costs["layers"] = AROUND_LAYERS + 2 + STAGES * CELLS * counted
    costs["depth"] = AROUND_LAYERS + STAGES * CELLS * depths[-1]
    return Architecture(tuple(layers), costs)


def nasbench201() -> Table:
    """The whole space: accuracies on three data sets after 12 and 200 epochs, latencies in milliseconds."""
    rows, latencies = _rows("nb201_accuracy.csv"), _rows("nb201_latency.csv")
    columns = {
        name: Column(_title(name), TARGETS["accuracy"], _numbers(rows, name) / 100)
        for name in rows[0]
        if name.endswith("ep")
    }
    for name in latencies[0]:
        if name != "arch_index":
            columns[f"latency_{name}"] = Column(f"latency on {name}", TARGETS["latency"], _numbers(latencies, name))
    return Table("nasbench201", "NAS-Bench-201", Rows(cell, [row["arch_str"] for row in rows]), columns)


_SETS = {"c10": "CIFAR-10", "c100": "CIFAR-100", "in16": "ImageNet16-120"}
_PARTS = {"val": "validation", "test": "test"}


def _title(column: str) -> str:
    images, part, epochs = column.split("_")
    return f"{_PARTS[part]} accuracy on {_SETS[images]} after {epochs.removesuffix('ep')} epochs"


def _rows(name: str) -> list[dict[str, str]]:
    with file(name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _numbers(rows: Sequence[dict[str, str]], column: str) -> Vector:
    import numpy as np

    return np.array([float(row[column]) for row in rows])
