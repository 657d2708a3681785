"""Features are what they say, of any graph, and do not depend on how its layers are numbered."""

from __future__ import annotations

import random
from math import log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.language import analyse
from cnngen.search.predictors.architecture import Architecture, Layer
from cnngen.search.predictors.features import Features, features, groups, paths, traffic


def graph(edges: dict[int, tuple[int, ...]], words: str, **costs: float) -> Architecture:
    layers = [
        Layer(word, edges.get(number, ()), {"kernel": 3} if word == "c" else {}) for number, word in enumerate(words)
    ]
    return Architecture(tuple(layers), costs)


#: i -> c -> c -> o, with a skip around both and a p beside the second.
KNOWN = graph({1: (0,), 2: (1,), 3: (1,), 4: (0, 2, 3)}, "iccpo", parameters=100)


def test_ways_and_paths_of_a_known_graph() -> None:
    found = features(KNOWN)
    assert found["ways"] == log1p(3)
    assert {name: n for name, n in found.items() if name.startswith("path")} == {
        "path ": 1,
        "path c c ": 1,
        "path c p ": 1,
    }
    assert [found[f"{which} layers"] for which in ("least", "most", "mean")] == [2, 4, pytest.approx(10 / 3)]
    assert [found[f"{which} c"] for which in ("least", "most", "mean", "walk")] == [0, 2, 1, 1]
    assert found["most sight"] == 4
    assert (found["count c"], found["edges"], found["read by output"], found["read input"]) == (2, 6, 3, 2)
    assert found["around1 c(i;c,p)"] == 1
    assert found["log parameters"] == log1p(100)


def test_traffic_of_a_known_graph() -> None:
    wide, narrow = {"channels": 8, "height": 2, "width": 2, "macs": 70}, {"channels": 3, "height": 2, "width": 2}
    layers = (
        Layer("i", (), narrow),
        Layer("c", (0,), wide),
        Layer("p", (1,), narrow),
        Layer("o", (0, 1, 2), {"channels": 14}),
    )
    found = traffic(layers)
    assert (found["all macs c"], found["values c"], found["values p"], found["values o"]) == (70, 32, 12, 14)
    assert found["values read"] == 12 + 32 + (12 + 32 + 12)
    assert found["values along edges"] == 32 + 12 + 3 * 14
    assert (found["values added c"], found["values added o"]) == (0, 2 * 14)
    assert found["values cut"] == 12 + 14  # p reads more than it makes, o does of c
    assert found["values from input"] == 32 + 14
    assert (found["values at least"], found["values at most"]) == (12, 32)


def test_features_are_worked_out_once() -> None:
    assert groups(KNOWN) is groups(KNOWN)
    again = Architecture(KNOWN.layers, KNOWN.costs)
    assert groups(again) == groups(KNOWN) and groups(again) is not groups(KNOWN)


@given(st.integers(0, 10_000))
def test_another_order_of_the_layers_gives_the_same(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.randint(3, 8)
    edges = {n: tuple(s for s in range(n) if s == n - 1 or chance.random() < 0.4) for n in range(1, size)}
    words = "i" + "".join(chance.choice("cp") for _ in range(size - 2)) + "o"
    first = graph(edges, words)
    order = [0]
    while len(order) < size:
        free = [n for n in range(1, size) if n not in order and all(s in order for s in edges[n])]
        order.append(chance.choice(free))
    place = {number: at for at, number in enumerate(order)}
    moved = {place[n]: tuple(chance.sample([place[s] for s in sources], len(sources))) for n, sources in edges.items()}
    second = graph(moved, "".join(words[n] for n in order))
    assert second.identity == first.identity
    assert near(features(second), features(first))


def near(one: Features, other: Features) -> bool:
    return one.keys() == other.keys() and all(one[name] == pytest.approx(other[name]) for name in one)


def test_what_leads_nowhere_counts_only_as_built() -> None:
    dead = graph({1: (0,), 2: (0,), 3: (1,)}, "icpo")
    found = features(dead)
    assert found["built p"] == 1
    assert "count p" not in found


def test_an_output_that_nothing_reaches_has_no_way() -> None:
    found = features(graph({}, "io"))
    assert found["ways"] == 0
    assert not [name for name in found if name.startswith("path")]


def test_a_network_with_exponentially_many_ways_is_told_in_no_time() -> None:
    fork = "[ (conv(filters=8), Empty) ] " * 1200
    found = features(Architecture.of(analyse(f"input(shape=(8, 8, 8)) {fork}flatten dense output(classes=3)").network))
    assert found["ways"] == pytest.approx(1200 * log1p(1), rel=1e-6)
    assert (found["least conv"], found["mean conv"], found["most conv"]) == (0, pytest.approx(600), 1200)
    assert not [name for name in found if name.startswith("path")]


def test_paths_are_left_out_beyond_their_bound() -> None:
    layers = KNOWN.layers
    assert len(paths(layers, most=3)) == 3
    assert paths(layers, most=2) == {}
