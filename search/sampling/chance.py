"""Chance that is the same on every machine.

Python promises that `Random.random` gives the same numbers for the same seed in every version; it promises nothing of
`choice`, `randrange`, `shuffle` and the rest, and they have changed. So only `random` is used, seeded with a whole
number that a hash of words gives, and every decision is made of it by a multiplication and a comparison, which IEEE
754 settles. Sums are plain additions: those of `sum` have changed too.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Choice(Generic[T]):
    """Values with weights, in the order in which they are written; all weigh the same where none are given."""

    values: tuple[T, ...]
    weights: tuple[float, ...] | None = None
    _parts: dict[object, Choice[T] | None] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def bounds(self) -> list[float] | None:
        """The sums of the weights up to each value."""
        return list(accumulate(self.weights)) if self.weights else None

    def among(self, key: object, allowed: Callable[[T], bool]) -> Choice[T] | None:
        """The part of the choice that is allowed, None where nothing is. `key` says what `allowed` depends on."""
        if key not in self._parts:
            kept = [index for index, value in enumerate(self.values) if allowed(value) and self.share(index)]
            part: Choice[T] | None = None
            if len(kept) == len(self.values):
                part = self
            elif kept:
                weights = tuple(self.weights[index] for index in kept) if self.weights else None
                part = Choice(tuple(self.values[index] for index in kept), weights)
            self._parts[key] = part
        return self._parts[key]

    def share(self, index: int) -> float:
        """The probability of a value."""
        if self.weights is None:
            return 1 / len(self.values)
        return self.weights[index] / sum(self.weights)

    def shares(self) -> dict[T, float]:
        """The probability of each value."""
        shares: dict[T, float] = {}
        for index, value in enumerate(self.values):
            shares[value] = shares.get(value, 0.0) + self.share(index)
        return shares


class Chance:
    """A stream of decisions that follows from the words it is made of, and from nothing else."""

    __slots__ = ("_next",)

    def __init__(self, *words: object) -> None:
        digest = hashlib.sha256("/".join(map(str, words)).encode()).digest()
        self._next = Random(int.from_bytes(digest, "big")).random

    def number(self) -> float:
        """A number from 0 up to 1."""
        return self._next()

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self._next() < probability

    def pick(self, choice: Choice[T]) -> T:
        """One of the values, by their weights."""
        values, bounds = choice.values, choice.bounds
        if bounds is None:
            return values[int(self._next() * len(values))]
        return values[bisect_right(bounds, self._next() * bounds[-1], 0, len(bounds) - 1)]

    def one_of(self, values: Sequence[T]) -> T:
        """One of the values, each as likely as the others."""
        return values[int(self._next() * len(values))]
