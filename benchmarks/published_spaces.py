"""Write search/diversity/published.json: how diverse the networks of NAS-Bench-101 and -201 are.

    python benchmarks/published_spaces.py FOLDER

FOLDER holds the published tables as `nb101_20k.npz` (a uniform sample of 20,001 cells) and `nb201_accuracy.csv` (all
15,625). Each network is put together here as its paper describes it and counted as `cnngen describe` counts: a node for
each convolution, normalisation, pooling, join of two streams, dense; activations belong to their layer. The counts are
held against the tables: trainable parameters of the NAS-Bench-101 networks, MACs of the NAS-Bench-201 networks.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

TARGET = Path(__file__).parents[1] / "search" / "diversity" / "published.json"


class Stream(NamedTuple):
    """A square image that flows, and the layers on the longest way to it. Size 0: a vector."""

    size: int
    channels: int
    depth: int


class Counted:
    """A network while it is put together."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.parameters = self.trainable = self.macs = self.depth = self.width = 0
        self.skip = False

    def add(
        self, kind: str, stream: Stream, parameters: int = 0, trainable: int | None = None, macs: int = 0
    ) -> Stream:
        """Count a layer that gives this stream."""
        self.kinds[kind] += 1
        self.parameters += parameters
        self.trainable += parameters if trainable is None else trainable
        self.macs += macs
        self.depth = max(self.depth, stream.depth)
        self.width = max(self.width, stream.channels)
        return stream

    def conv_bn(self, before: Stream, channels: int, kernel: int, stride: int = 1) -> Stream:
        """A convolution without bias, and its normalisation."""
        size = -(-before.size // stride)
        weights = kernel * kernel * before.channels * channels
        behind = self.add("conv", Stream(size, channels, before.depth + 1), weights, macs=size * size * weights)
        return self.norm(behind)

    def norm(self, before: Stream) -> Stream:
        """A batch normalisation: of its four values a channel two are trained."""
        behind = before._replace(depth=before.depth + 1)
        return self.add("batch_norm", behind, 4 * before.channels, 2 * before.channels)

    def pool(self, kind: str, before: Stream, stride: int = 1) -> Stream:
        """A pooling."""
        return self.add(kind, Stream(-(-before.size // stride), before.channels, before.depth + 1))

    def join(self, kind: str, streams: list[Stream], channels: int) -> Stream:
        """Joins of two streams, one behind the other."""
        joined = streams[0]
        for other in streams[1:]:
            self.skip = True
            joined = self.add(kind, Stream(joined.size, channels, max(joined.depth, other.depth) + 1))
        return joined._replace(channels=channels)

    def head(self, before: Stream) -> None:
        """The mean of each channel, and the classifier."""
        vector = self.add("global_avg_pooling", Stream(0, before.channels, before.depth + 1))
        self.add("dense", Stream(0, 10, vector.depth + 1), vector.channels * 10 + 10, macs=vector.channels * 10)

    def figures(self) -> dict[str, int]:
        """What is compared."""
        return {"layers": sum(self.kinds.values()), "depth": self.depth, "width": self.width,
                "parameters": self.parameters, "macs": self.macs}  # fmt: skip


# -- NAS-Bench-101: Ying et al. 2019, section 2 and the authors' model builder ---------------------------------


def nasbench101(matrix: Any, operations: list[int]) -> Counted:
    """A network of 101's space: a stem, three stacks of three cells, halved in between."""
    net = Counted()
    stream = net.add("input", Stream(32, 3, 1))
    stream = net.conv_bn(stream, 128, 3)
    channels = 128
    for stack in range(3):
        if stack:
            stream = net.pool("max_pooling", stream, 2)
            channels *= 2
        for _ in range(3):
            stream = cell101(net, stream, channels, matrix, operations)
    net.head(stream)
    return net


def cell101(net: Counted, entry: Stream, channels: int, matrix: Any, operations: list[int]) -> Stream:
    """A cell of 101: any graph of up to seven vertices, whose last streams are concatenated."""
    last = len(operations) - 1
    widths = vertex_channels(entry.channels, channels, matrix, last)
    streams: dict[int, Stream] = {}
    for vertex in range(1, last):
        reads = [streams[source] for source in range(1, vertex) if matrix[source, vertex]]
        if matrix[0, vertex]:
            reads.append(net.conv_bn(entry, widths[vertex], 1))
        joined = net.join("add", reads, widths[vertex])
        if operations[vertex] == 2:
            streams[vertex] = net.pool("max_pooling", joined)
        else:
            streams[vertex] = net.conv_bn(joined, widths[vertex], 3 if operations[vertex] == 0 else 1)
    ends = [streams[vertex] for vertex in range(1, last) if matrix[vertex, last]]
    if not ends:
        return net.conv_bn(entry, channels, 1)
    end = net.join("concat", ends, channels)
    return net.join("add", [end, net.conv_bn(entry, channels, 1)], channels) if matrix[0, last] else end


def vertex_channels(before: int, behind: int, matrix: Any, last: int) -> list[int]:
    """The channels of each vertex, so that those that are concatenated sum up to the cell's."""
    widths = [before, *[0] * (last - 1), behind]
    into_last = sum(int(matrix[vertex, last]) for vertex in range(1, last))
    if last == 1 or not into_last:
        return widths
    share, rest = divmod(behind, into_last)
    for vertex in range(1, last):
        if matrix[vertex, last]:
            widths[vertex] = share + (1 if rest > 0 else 0)
            rest -= 1
    for vertex in range(last - 2, 0, -1):
        if not matrix[vertex, last]:
            widths[vertex] = max([widths[v] for v in range(vertex + 1, last) if matrix[vertex, v]], default=0)
    return widths


# -- NAS-Bench-201: Dong and Yang 2020, section 2 --------------------------------------------------------------


def nasbench201(architecture: str) -> Counted:
    """A network of 201's space: a stem, three stages of five cells, residual blocks in between."""
    edges = [[pair.split("~") for pair in node.strip("|").split("|")] for node in architecture.split("+")]
    into = [[(name, int(source)) for name, source in node if name != "none"] for node in edges]
    used = {3}
    for node in (3, 2, 1):  # what leads to the output
        if node in used:
            used |= {source for _, source in into[node - 1]}
    net = Counted()
    stream = net.conv_bn(net.add("input", Stream(32, 3, 1)), 16, 3)
    for stage, channels in enumerate((16, 32, 64)):
        if stage:
            left = net.conv_bn(net.conv_bn(stream, channels, 3, 2), channels, 3)
            pooled = net.pool("avg_pooling", stream, 2)
            weights = stream.channels * channels
            right = net.add("conv", Stream(pooled.size, channels, pooled.depth + 1), weights,
                            macs=pooled.size**2 * weights)  # fmt: skip
            stream = net.join("add", [left, right], channels)
            net.skip = False
        for _ in range(5):
            stream = cell201(net, stream, into, used)
    net.head(net.norm(stream))
    return net


def cell201(net: Counted, entry: Stream, into: list[list[tuple[str, int]]], used: set[int]) -> Stream:
    """A cell of 201: four nodes, each the sum of what its edges make of earlier ones."""
    streams: dict[int, Stream] = {0: entry}
    for node in (1, 2, 3):
        reads = []
        for name, source in into[node - 1]:
            if source not in streams or node not in used:
                continue
            stream = streams[source]
            if name == "avg_pool_3x3":
                stream = net.pool("avg_pooling", stream)
            elif name != "skip_connect":
                stream = net.conv_bn(stream, stream.channels, 3 if name == "nor_conv_3x3" else 1)
            reads.append(stream)
        if reads:
            streams[node] = net.join("add", reads, entry.channels)
    return streams.get(3, entry)  # a cell that gives nothing but zeros


# -- statistics ------------------------------------------------------------------------------------------------


def summary(networks: list[Counted], name: str, source: str) -> dict[str, Any]:
    """Percentiles of each measure, the mean share of each kind of layer, and how many networks have a skip."""
    measures: dict[str, list[int]] = {}
    kinds: Counter[str] = Counter()
    for net in networks:
        for measure, value in net.figures().items():
            measures.setdefault(measure, []).append(value)
        total = sum(net.kinds.values())
        for kind, count in net.kinds.items():
            kinds[kind] += count / total
    steps = np.arange(101)
    return {
        "name": name,
        "source": source,
        "networks": len(networks),
        "percentiles": {m: [round(float(v)) for v in np.percentile(values, steps)] for m, values in measures.items()},
        "kinds": {kind: round(share / len(networks), 4) for kind, share in kinds.most_common()},
        "skip_share": round(sum(net.skip for net in networks) / len(networks), 4),
    }


def main(folder: Path) -> None:
    """Read, count, compare with the tables, write."""
    table = np.load(folder / "nb101_20k.npz")
    of101: list[Counted] = []
    differ: list[float] = []
    for row in range(len(table["params"])):
        count = int(table["num_vertices"][row])
        net = nasbench101(table["adjacency"][row], [int(op) for op in table["ops"][row][:count]])
        of101.append(net)
        # Cells of which three vertices or more are concatenated share out a remainder of channels by the order of their
        # vertices, and the table's graphs are not always in the order in which they were trained.
        differ.append(abs(net.trainable - int(table["params"][row])) / int(table["params"][row]))
    assert max(differ) < 0.02 and sum(map(bool, differ)) < len(differ) * 0.06, (max(differ), sum(map(bool, differ)))
    print(f"101: {sum(map(bool, differ))} of {len(differ)} differ in parameters, by at most {max(differ):.2%}")
    of201 = []
    with (folder / "nb201_accuracy.csv").open() as file:
        for line in csv.DictReader(file):
            net = nasbench201(line["arch_str"])
            of201.append((net, float(line["flops_c10_M"]) * 1e6))
    far = sorted((abs(net.macs - told) / told, net.macs, told) for net, told in of201)
    print("201: MACs beside the table's FLOPs, relative difference:", far[0], far[len(far) // 2], far[-1])
    TARGET.write_text(
        json.dumps(
            {
                "how": "benchmarks/published_spaces.py, counted as cnngen describe counts",
                "spaces": [
                    summary(of101, "NAS-Bench-101", "Ying et al. 2019; a uniform sample of 20,001 of 423,624 cells"),
                    summary([net for net, _ in of201], "NAS-Bench-201", "Dong and Yang 2020; all 15,625 cells"),
                ],
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
