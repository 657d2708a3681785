"""What an export holds, before it is files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cnngen.search.benchmark.making import Images
from cnngen.search.benchmark.specification import Specification
from cnngen.search.publishing.columns import EPOCHS, LATENCIES, NETWORKS, POWER, TRIALS, Table
from cnngen.search.publishing.tables import Row


@dataclass(frozen=True)
class Publisher:
    """Who publishes the set, under which licence (a name of SPDX, or an address), and where; each may be unknown."""

    creator: str = ""
    license: str = ""
    url: str = ""


@dataclass(frozen=True)
class Content:
    """The rows of all tables, and what they were made from."""

    specification: Specification
    images: Images
    trials: list[Row]
    epochs: list[Row]
    power: list[Row]
    networks: list[Row]
    publisher: Publisher
    latencies: list[Row] = field(default_factory=list)

    def tables(self) -> Iterator[tuple[Table, list[Row]]]:
        """Each table with its rows; that of latencies where some have been measured."""
        yield TRIALS, self.trials
        yield EPOCHS, self.epochs
        yield POWER, self.power
        if self.latencies:
            yield LATENCIES, self.latencies
        yield NETWORKS, self.networks

    @property
    def last_ended_utc(self) -> str | None:
        """When the last trial ended; None where none has."""
        return max((str(row["ended_utc"]) for row in self.trials if row.get("ended_utc")), default=None)
