"""Counting what was drawn, in the texts themselves and by the language's own parser; and judging the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from scipy.stats import chisquare

from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.tree import Item, Layer, Merge, Program, Scalar
from cnngen.search.sampling.configuration import CONVOLUTIONS, Configuration, configuration
from cnngen.search.sampling.drawing import draw
from cnngen.search.sampling.sketch import Rejected

POOLINGS = ("avg_pooling", "max_pooling")
#: By chance alone a sound sampler gets a lower value once in a thousand times; seeds are fixed, so it does or does not.
LEAST_P = 0.001


def configured(**sections: dict[str, Any]) -> Configuration:
    """A configuration with some keys of its own."""
    return configuration(sections, "the test")


def trees(rules: Configuration, number: int, seed: int = 1) -> list[Program]:
    """The trees of so many draws, none left out."""
    found = []
    for index in range(number):
        try:
            found.append(parse(draw(rules, seed, index).text)[0])
        except Rejected as rejected:
            raise AssertionError(
                f"draw {index} was too large ({rejected}), which makes small networks too common"
            ) from None
    return found


def features(program: Program) -> Iterator[list[Item]]:
    """The features of a program: a convolution or merge with what follows it."""
    feature: list[Item] = []
    for item in program.items:
        if isinstance(item, Merge) or word(item) in CONVOLUTIONS:
            if feature:
                yield feature
            feature = [item]
        elif feature and word(item) in ("dropout", *POOLINGS):
            feature.append(item)
        elif feature:
            yield feature
            return


def merges(programs: Iterable[Program], top: bool = False) -> list[Merge]:
    """All merges, or those outside of others."""
    items = [item for program in programs for item in (program.items if top else program.walk())]
    return [item for item in items if isinstance(item, Merge)]


def layers(programs: Iterable[Program], *words: str) -> list[Layer]:
    """All layers with one of these words."""
    return [item for program in programs for item in program.walk() if isinstance(item, Layer) and word(item) in words]


def word(item: Item) -> str:
    return item.word.text if isinstance(item, Layer) else ""


def value(layer: Layer | None, name: str) -> str:
    """An argument as it is written; the first of a pair."""
    assert layer
    for argument in layer.arguments:
        if argument.name and argument.name.text == name and argument.value:
            return argument.value.text if isinstance(argument.value, Scalar) else argument.value.items[0].text
    raise AssertionError(f"{name} is not written in {layer.word.text}")


def assert_drawn_as(shares: dict[Any, float], drawn: Iterable[Any]) -> None:
    """The counts are those that these probabilities give, as far as chance lets one tell (chi-square)."""
    counts = Counter(str(item) for item in drawn)
    expected = {str(item): share for item, share in shares.items() if share}
    total, whole = sum(counts.values()), sum(expected.values())
    assert set(counts) <= set(expected), counts
    assert total * min(expected.values()) / whole >= 5, f"{total} are too few to judge"
    statistic = chisquare([counts[item] for item in expected], [total * s / whole for s in expected.values()])
    assert statistic.pvalue > LEAST_P, f"{dict(counts)} of {total}, where the shares are {expected}"


def assert_happens(probability: float, drawn: Iterable[bool]) -> None:
    assert_drawn_as({True: probability, False: 1 - probability}, drawn)
