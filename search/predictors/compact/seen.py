"""What a predictor has learned from, as far as it takes to say that a network is nothing like it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cnngen.language import Network

#: By so much of its range a figure may lie beyond what was seen.
MARGIN = 0.1


@dataclass(frozen=True)
class Seen:
    """The kinds of layers and of what they are set to, and the ranges of numbers: of features and hyper-parameters."""

    words: frozenset[str]
    ranges: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, networks: Iterable[Network], features: Sequence[Mapping[str, float]]) -> Seen:
        """What these networks are; `features` are theirs."""
        words: set[str] = set()
        numbers: dict[str, list[float]] = {name: [] for row in features for name in row}
        for name, found in numbers.items():
            found.extend(row.get(name, 0.0) for row in features)
        for network in networks:
            for name, value in _set(network):
                if isinstance(value, str):
                    words.add(f"{name}={value}")
                else:
                    numbers.setdefault(name, []).append(value)
        return cls(frozenset(words), {name: (min(each), max(each)) for name, each in numbers.items()})

    def holds(self, network: Network, features: Mapping[str, float]) -> bool:
        """Whether a network is made of what was seen, and no figure of it lies beyond."""
        if not all(self.within(name, value) for name, value in features.items()):
            return False
        return all(
            f"{name}={value}" in self.words if isinstance(value, str) else self.within(name, value)
            for name, value in _set(network)
        )

    def within(self, name: str, value: float) -> bool:
        """Whether a figure of this name is one that was seen, or hardly beyond."""
        if name not in self.ranges:
            return False
        low, high = self.ranges[name]
        margin = MARGIN * (high - low) + 1e-6 * abs(high)  # the file has rounded numbers
        return low - margin <= value <= high + margin

    def to_state(self) -> dict[str, Any]:
        """What was seen as plain data."""
        return asdict(self) | {"words": sorted(self.words), "ranges": dict(sorted(self.ranges.items()))}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Seen:
        """What was seen, from plain data."""
        ranges = {name: (low, high) for name, (low, high) in state["ranges"].items()}
        return cls(frozenset(state["words"]), ranges)


def _set(network: Network) -> Iterator[tuple[str, str | float]]:
    """The kind of each layer, and what it is set to: numbers, or text."""
    for node in network.nodes:
        yield "layer", node.kind
        for name, value in node.args.items():
            for part in value if isinstance(value, tuple) else (value,):
                number = isinstance(part, int | float) and not isinstance(part, bool)
                yield name, part if number else str(part)
