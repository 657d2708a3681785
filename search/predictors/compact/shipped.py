"""The predictor that cnngen carries along, for the editor: it says nothing of networks unlike those it learned from.

`shipped.json` is made by `scripts/ship-predictor`. Reading and asking it takes the standard library alone.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from math import log1p
from pathlib import Path
from typing import Any

from cnngen.language import Analysis, Network, analyse
from cnngen.search.predictors.amounts import amounts
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.compact.line import Estimate, Line
from cnngen.search.predictors.compact.seen import Seen
from cnngen.search.predictors.features import built

FILE = Path(__file__).with_name("shipped.json")

#: Raised whenever a file of before cannot be read any more.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a prediction is about: on what, for how long and how networks were trained, and where.

    `version` follows from the data. `images` is the data set's name, `shape` that of one image, `training_images` how
    many were learned from; `energy_source` tells where the processor's energy came from: measured or modelled.
    """

    version: str
    networks: int
    images: str
    shape: tuple[int, int, int]
    classes: int
    training_images: int
    epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float
    host: str
    energy_source: str


@dataclass(frozen=True, slots=True)
class Told:
    """One figure of a network: what is expected, and the share of the networks learned from that have less of it."""

    estimate: Estimate
    above: float


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a program is predicted to come to under the `conditions`: test accuracy as a fraction, and the energy of the
    processor while training, in kWh. `own_images` is false where the program's images are others than those of the
    conditions: the prediction is then about the same layers on these.
    """

    accuracy: Told
    energy: Told
    conditions: Conditions
    own_images: bool


@dataclass(frozen=True)
class Shipped:
    """The model: for each figure its line, and quantiles of what the networks came to that it learned from."""

    conditions: Conditions
    seen: Seen
    lines: Mapping[str, Line]
    quantiles: Mapping[str, Sequence[float]]

    def predict(self, analysis: Analysis) -> Predicted | None:
        """What a program is predicted to come to; None for one unlike those learned from, or with errors."""
        if not analysis.ok or not self._may_hold(analysis.network):
            return None
        own = (analysis.network.input_shape, analysis.network.classes) == (
            self.conditions.shape,
            self.conditions.classes,
        )
        network = analysis.network if own else self._translated(analysis)
        told = self.of_network(network) if network else None
        return Predicted(told["accuracy"], told["energy_cpu"], self.conditions, own) if told else None

    def of_network(self, network: Network) -> dict[str, Told] | None:
        """The figures of a network that takes the images of the conditions; None for one unlike those learned from."""
        architecture = Architecture.of(network)
        features = built(Architecture(architecture.layers, architecture.costs))
        if not self.seen.holds(network, features) or not all(line.reaches(features) for line in self.lines.values()):
            return None
        work = amounts(architecture.layers)
        return {name: self._told(name, line.estimate(features, work)) for name, line in self.lines.items()}

    def _told(self, name: str, estimate: Estimate) -> Told:
        quantiles = self.quantiles[name]
        return Told(estimate, bisect_left(quantiles, estimate.mean) / len(quantiles))

    def _may_hold(self, network: Network) -> bool:
        """Whether there are as many layers as in networks that were seen: it spares looking into large programs."""
        return self.seen.within("log layers", log1p(len(network.nodes)))

    def _translated(self, analysis: Analysis) -> Network | None:
        """The same layers on the images of the conditions; None where they do not fit there."""
        images, end = analysis.tree.input, analysis.tree.first("output")
        if images is None or end is None:
            return None
        text = analysis.text
        shape = ", ".join(map(str, self.conditions.shape))
        written = f"input(shape=({shape}))", f"output(classes={self.conditions.classes})"
        changed = (
            text[: images.span.start] + written[0] + text[images.span.end : end.span.start]
            + written[1] + text[end.span.end :]
        )  # fmt: skip
        found = analyse(changed)
        return found.network if found.ok else None

    def to_state(self) -> dict[str, Any]:
        """The model as plain data."""
        return {
            "format": FORMAT,
            "conditions": asdict(self.conditions),
            "seen": self.seen.to_state(),
            "lines": {name: line.to_state() for name, line in self.lines.items()},
            "quantiles": dict(self.quantiles),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Shipped:
        """The model of plain data."""
        told = state["conditions"]
        height, width, channels = told["shape"]
        return cls(
            Conditions(**{**told, "shape": (height, width, channels)}),
            Seen.from_state(state["seen"]),
            {name: Line.from_state(line) for name, line in state["lines"].items()},
            state["quantiles"],
        )


@cache
def shipped() -> Shipped:
    """The model that came with cnngen."""
    return Shipped.from_state(json.loads(FILE.read_text(encoding="utf-8")))
