"""The one interface of everything that counts joules, and what each component's figure is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

MEASURED, MODELLED, CONSTANT, ABSENT = "measured", "modelled", "constant", "absent"

#: The components that a run's energy is made of.
COMPONENTS = ("cpu", "gpu", "ram")

#: Seconds between two readings of the sampler.
INTERVAL = 0.5


@dataclass(frozen=True)
class Source:
    """How a component's figures come about: `source` is measured, modelled, constant or absent."""

    source: str
    method: str


class PowerSource(Protocol):
    """Counts the joules of some components, from the moment it was made."""

    @property
    def sources(self) -> dict[str, Source]:
        """The components that it counts, and how."""

    def read(self) -> dict[str, float]:
        """Joules of each component since the source was made; never fewer than before.

        A component that cannot be read any more keeps its last value. Must be called more often than a counter wraps.
        """
