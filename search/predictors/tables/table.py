"""A table of networks that others have trained, and where its file lies."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, overload

from cnngen.search.errors import SearchError
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.predictor import Target

if TYPE_CHECKING:
    from cnngen.search.predictors.predictor import Vector


class NoTable(SearchError):
    """A table's file is not on this machine."""


@dataclass(frozen=True)
class Column:
    """One figure that each network of a table came to: what is told, as which kind of target.

    `noise` is the standard deviation of values of one network that was trained several times, where that is known: in
    the target's unit, or on a logarithmic scale as a share of the value.
    """

    title: str
    target: Target
    values: Vector
    noise: float | None = None


_Row = TypeVar("_Row")


class Rows(Sequence[Architecture]):
    """The architectures of a table, each made when it is first asked for."""

    def __init__(self, make: Callable[[_Row], Architecture], rows: Sequence[_Row]) -> None:
        self._made = cache(lambda place: make(rows[place]))
        self._places = range(len(rows))

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Architecture: ...
    @overload
    def __getitem__(self, place: slice) -> list[Architecture]: ...
    def __getitem__(self, place: int | slice) -> Architecture | list[Architecture]:
        places = self._places[place]
        return [self._made(each) for each in places] if isinstance(places, range) else self._made(places)


@dataclass(frozen=True)
class Table:
    """Networks and what they came to, row by row."""

    name: str
    source: str
    architectures: Sequence[Architecture]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.architectures)


def file(name: str) -> Path:
    """Where a table's file lies: in `nas/` of the folder that CNNGEN_DATA names, or else of ../shared/data.

    Raises NoTable.
    """
    folder = Path(os.environ.get("CNNGEN_DATA") or "../shared/data")
    path = folder / "nas" / name
    if not path.is_file():
        raise NoTable(f"The table {name} is not in {path.parent}: let CNNGEN_DATA name the folder that has nas/{name}.")
    return path
