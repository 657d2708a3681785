"""Parts of a set of networks to learn from and to be tested on, without twins on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngen.search.predictors.architecture import Architecture

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
    that was learned from is no test.
    """
    import numpy as np

    families: dict[str, list[int]] = {}
    for number, architecture in enumerate(architectures):
        families.setdefault(architecture.family, []).append(number)
    groups = list(families.values())
    most = len(architectures)
    wanted_test = min(test or most, most - train) if train else test or round(TEST_SHARE * most)
    for repetition in range(repetitions):
        chance = np.random.default_rng([seed, repetition])
        order = chance.permutation(len(groups))
        learned: list[int] = []
        asked: list[int] = []
        for place in order:
            group = groups[place]
            if len(asked) < wanted_test:
                asked.extend(group)
            else:
                learned.extend(group)
        if train is not None:  # each as likely as any other, with a twin or without
            learned = [learned[place] for place in chance.permutation(len(learned))[:train]]
        yield Split(tuple(learned), tuple(asked))
