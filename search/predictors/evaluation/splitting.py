"""Parts of a set of networks to learn from and to be tested on, without twins on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cnngen.search.errors import SearchError
from cnngen.search.predictors.architecture import Architecture

if TYPE_CHECKING:
    from numpy.random import Generator

#: The paper's protocol (section 6): 80 % to learn from, 20 % for the test, ten times. Of what is learned from, a
#: predictor that needs it keeps 10 % to validate on.
TEST_SHARE = 0.2
REPETITIONS = 10


@dataclass(frozen=True, slots=True)
class Split:
    """Numbers of the networks to learn from and of those for the test."""

    train: tuple[int, ...]
    test: tuple[int, ...]


def splits(
    architectures: Sequence[Architecture],
    *,
    train: int | None = None,
    test: int | None = None,
    repetitions: int = REPETITIONS,
    seed: int = 0,
) -> Iterator[Split]:
    """Draw `repetitions` splits into at most `train` and `test` networks; by default 80 and 20 % of them.

    Networks of one family, the same operations connected in the same way, stay on one side: a twin of a network
    that was learned from is no test. With a number to learn from, these are drawn first, each network as likely as any
    other, and their twins are left out, as published tables are used; without one, whole families are dealt out.
    Raises SearchError where nothing is left to ask about.
    """
    import numpy as np

    for repetition in range(repetitions):
        chance = np.random.default_rng([seed, repetition])
        yield _drawn(architectures, train, test, chance) if train else _dealt(architectures, test, chance)


def _drawn(architectures: Sequence[Architecture], train: int, test: int | None, chance: Generator) -> Split:
    order = chance.permutation(len(architectures)).tolist()
    known = {architectures[number].family for number in order[:train]}
    others = (number for number in order[train:] if architectures[number].family not in known)
    asked = tuple(islice(others, test))
    if not asked:
        raise SearchError(f"All other networks are twins of the {train} to learn from: ask for fewer.")
    return Split(tuple(order[:train]), asked)


def _dealt(architectures: Sequence[Architecture], test: int | None, chance: Generator) -> Split:
    families: dict[str, list[int]] = {}
    for number, architecture in enumerate(architectures):
        families.setdefault(architecture.family, []).append(number)
    groups = list(families.values())
    wanted = test or round(TEST_SHARE * len(architectures))
    learned: list[int] = []
    asked: list[int] = []
    for place in chance.permutation(len(groups)):
        group = groups[place]
        # After the first, none that makes the test larger than wanted: so repetitions have as much to learn from.
        fits = not asked or len(asked) + len(group) <= wanted
        (asked if fits else learned).extend(group)
    return Split(tuple(learned), tuple(asked))
