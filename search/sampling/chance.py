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
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """Values with weights, in the order in which they are written; all weigh the same where none are given.

    `bounds` are the sums of the weights up to each value but for the last, and `whole` is the sum of all.
    """

    values: tuple[T, ...]
    weights: tuple[float, ...] | None = None
    bounds: list[float] | None = field(init=False, compare=False, repr=False)
    whole: float = field(init=False, compare=False, repr=False)
    _parts: dict[object, Choice[T] | None] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Slots, made here: each layer picks some times, and a property takes longer than the pick.
        *bounds, whole = accumulate(self.weights or [1] * len(self.values))
        object.__setattr__(self, "bounds", bounds if self.weights else None)
        object.__setattr__(self, "whole", whole)

    def at_most(self: Choice[int], limit: int) -> Choice[int] | None:
        """The part of the choice that is no larger, None where nothing is."""
        try:
            return self._parts[limit]
        except KeyError:
            return self.among(limit, lambda value: value <= limit)

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

    __slots__ = ("number",)

    def __init__(self, *words: object) -> None:
        digest = hashlib.sha256("/".join(map(str, words)).encode()).digest()
        #: Gives a number from 0 up to 1. The generator's own method: a network takes hundreds of numbers.
        self.number: Callable[[], float] = Random(int.from_bytes(digest, "big")).random

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.number() < probability

    def pick(self, choice: Choice[T]) -> T:
        """One of the values, by their weights."""
        bounds, place = choice.bounds, self.number() * choice.whole
        return choice.values[int(place) if bounds is None else bisect_right(bounds, place)]

    def one_of(self, values: Sequence[T]) -> T:
        """One of the values, each as likely as the others."""
        return values[int(self.number() * len(values))]
