"""What is counted of networks, one by one and all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnngen.language import Network, analyse, costs
from cnngen.search.errors import SearchError

#: What is measured, and what it is called. Width is the most channels of an image within.
MEASURES = {
    "layers": "Layers",
    "depth": "Depth",
    "width": "Width",
    "parameters": "Parameters",
    "macs": "MACs",
}


@dataclass(frozen=True)
class Space:
    """Networks together: percentiles 0 to 100 of each measure, the mean share of each kind of layer, and the share of
    networks with a skip, that is a join.
    """

    name: str
    source: str
    networks: int
    percentiles: dict[str, list[float]]
    kinds: dict[str, float]
    skip_share: float


def measured(network: Network) -> dict[str, float]:
    """The measures of one network."""
    totals = network.totals
    width = max(node.shape[2] for node in network.nodes if len(node.shape) == 3)
    depth = costs(network).longest_path
    return {"layers": totals.layers, "depth": depth, "width": width, "parameters": totals.params, "macs": totals.macs}


def space(name: str, source: str, networks: Iterable[Network]) -> Space:
    """The figures of a population. Raises SearchError for an empty one."""
    columns: dict[str, list[float]] = {measure: [] for measure in MEASURES}
    kinds: dict[str, float] = {}
    count = skips = 0
    for network in networks:
        count += 1
        for measure, value in measured(network).items():
            columns[measure].append(value)
        skips += any(node.kind in ("add", "concat") for node in network.nodes)
        for kind, number in Counter(node.kind for node in network.nodes).items():
            kinds[kind] = kinds.get(kind, 0.0) + number / len(network.nodes)
    if not count:
        raise SearchError("There are no networks to tell about.")
    shares = {kind: kinds[kind] / count for kind in sorted(kinds, key=lambda kind: -kinds[kind])}
    return Space(name, source, count, {m: percentiles(values) for m, values in columns.items()}, shares, skips / count)


def space_of_files(name: str, source: str, paths: Iterable[Path]) -> Space:
    """The figures of the networks in files. Raises SearchError for one that is unsound or cannot be read."""
    return space(name, source, (_network(path) for path in paths))


def percentiles(values: list[float]) -> list[float]:
    """The percentiles 0 to 100, with straight lines between neighbouring values."""
    ordered, last = sorted(values), len(values) - 1
    found = []
    for percent in range(101):
        whole, rest = divmod(percent * last, 100)
        below = ordered[whole]
        found.append(below + (ordered[min(whole + 1, last)] - below) * rest / 100)
    return found


def _network(path: Path) -> Network:
    try:
        analysis = analyse(path.read_text(encoding="utf-8"), name=path.stem)
    except (OSError, UnicodeDecodeError) as error:
        raise SearchError(f"{path} cannot be read: {error}.") from error
    if not analysis.ok:
        raise SearchError(f"{path} has errors; look with: cnngen check {path}.")
    return analysis.network
