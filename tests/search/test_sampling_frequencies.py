"""What is drawn is as common as the configuration says. The tool of the paper's authors got three of these wrong."""

from __future__ import annotations

import pytest
from search_counts import (
    POOLINGS,
    assert_drawn_as,
    assert_happens,
    configured,
    features,
    layers,
    merges,
    trees,
    value,
    word,
)

from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.tree import Merge, Program
from cnngen.search.sampling.configuration import CONVOLUTIONS, Configuration, preset
from cnngen.search.sampling.population import Population

#: Nothing here makes a choice impossible: strides of 1 leave the image large, and it does not become too wide.
FREE = configured(
    network={"input": [12, 12, 3], "features": [1, 2, 3, 4], "smallest_image": 1, "same": []},
    feature={"merge": 0.4, "dropout": 0.2, "pooling": 0.66},
    convolution={"strides": 1, "padding": "same"},
    pooling={"strides": 1, "padding": "same"},
    filters={"first": [4, 8], "factor": 1, "lane_factor": 1},
    merge={"right": {"Empty": 1, "convolutions": 1}, "bodies": {1: 3, 2: 2}, "nested": 0.2, "join": "concat"},
    conditions={"parameters": [0, float("inf")], "macs": [0, float("inf")]},
)


@pytest.fixture(scope="module")
def drawn() -> list[Program]:
    return trees(FREE, 900)


def test_features(drawn: list[Program]) -> None:
    """Their number, merge or convolution, dropout behind it, pooling behind that."""
    found = [feature for program in drawn for feature in features(program)]
    assert_drawn_as(FREE.network.features.shares(), (len(list(features(program))) for program in drawn))
    assert_happens(0.4, (isinstance(feature[0], Merge) for feature in found))
    assert_happens(0.2, ("dropout" in map(word, feature) for feature in found))
    assert_happens(0.66, (word(feature[-1]) in POOLINGS for feature in found))


def test_words(drawn: list[Program]) -> None:
    assert_drawn_as(FREE.feature.convolution.shares(), map(word, layers(drawn, *CONVOLUTIONS)))
    assert_drawn_as(FREE.pooling.kind.shares(), map(word, layers(drawn, *POOLINGS)))
    bridges = layers(drawn, *FREE.head.bridge.values)
    assert len(bridges) == len(drawn)
    assert_drawn_as(FREE.head.bridge.shares(), map(word, bridges))


@pytest.mark.parametrize("name", ["kernel_size", "activation", "use_bias", "kernel_initializer"])
def test_hyper_parameters_of_convolutions(drawn: list[Program], name: str) -> None:
    shares = {str(key).replace("True", "true").replace("False", "false"): share for key, share in
              getattr(FREE.convolution, name).shares().items()}  # fmt: skip
    assert_drawn_as(shares, (value(layer, name) for layer in layers(drawn, *CONVOLUTIONS)))


@pytest.mark.parametrize("name", ["epsilon", "momentum", "activate"])
def test_hyper_parameters_of_normalisations(drawn: list[Program], name: str) -> None:
    found = (value(layer, name) for layer in layers(drawn, "convbn", "bnconv"))
    assert_drawn_as(getattr(FREE.convolution, name).shares(), found)


def test_hyper_parameters_of_other_layers(drawn: list[Program]) -> None:
    assert_drawn_as(FREE.dropout.rate.shares(), (value(layer, "rate") for layer in layers(drawn, "dropout")))
    assert_drawn_as(FREE.merge.activation.shares(), (value(merge.join, "activation") for merge in merges(drawn)))
    hidden = [layer for program in drawn for layer in layers([program], "dense")[:-1]]
    assert_drawn_as(FREE.head.units.shares(), (value(layer, "units") for layer in hidden))


def test_merges(drawn: list[Program]) -> None:
    """Bodies, right lanes, and merges in left lanes."""
    outer = merges(drawn, top=True)
    assert_drawn_as(FREE.merge.bodies.shares(), (len(merge.bodies) for merge in outer))
    rights = [("Empty" if word(merge.bodies[0].lanes[1].items[0]) == "Empty" else "convolutions")
              for merge in outer if len(merge.bodies) == 1]  # fmt: skip
    assert_drawn_as(FREE.merge.right.shares(), rights)
    lanes = [body.lanes[0].items for merge in outer for body in merge.bodies]
    assert_happens(0.2, (any(isinstance(item, Merge) for item in lane) for lane in lanes))
    assert_happens(0.1, (word(lane[0]) in POOLINGS for lane in lanes))
    assert_happens(0.1, (word(lane[-1]) in POOLINGS for lane in lanes))


def test_heads(drawn: list[Program]) -> None:
    assert_drawn_as(FREE.head.hidden.shares(), (len(layers([program], "dense")) - 1 for program in drawn))
    before = [
        word(program.items[index - 1]) == "dropout"
        for program in drawn
        for index, item in enumerate(program.items)
        if word(item) == "dense"
    ]
    assert_happens(0.25, before)


def test_strides_and_paddings_of_windows_that_always_fit() -> None:
    rules = configured(
        network={"input": [512, 512, 1], "features": 3, "smallest_image": 1},
        feature={"merge": 0, "pooling": 0, "convolution": "conv"},
        convolution={"kernel_size": 4, "strides": {1: 3, 2: 2, 4: 1}, "padding": ["same", "valid"]},
        filters={"first": 4, "factor": 1},
        head={"bridge": "global_avg_pooling"},
        conditions={"macs": [0, float("inf")]},
    )
    found = layers(trees(rules, 700), "conv")
    assert_drawn_as({1: 3, 2: 2, 4: 1}, (value(layer, "strides") for layer in found))
    assert_drawn_as({"same": 1, "valid": 1}, (value(layer, "padding") for layer in found))


def test_filters_grow_by_the_configured_factors() -> None:
    rules = configured(
        network={"features": 2}, feature={"merge": 0, "pooling": 0, "convolution": "conv"},
        filters={"first": 16, "factor": {"0.5": 1, "1": 2, "2": 3}, "multiple": 2},
    )  # fmt: skip
    found = [layers([program], "conv") for program in trees(rules, 800)]
    assert {value(first, "filters") for first, _ in found} == {"16"}
    assert_drawn_as({8: 1, 16: 2, 32: 3}, (value(second, "filters") for _, second in found))


def test_the_preset_of_the_paper_draws_what_its_tool_was_meant_to_draw() -> None:
    """There a pooling was always drawn, a dropout too often, and right lanes of single bodies were always Empty."""
    paper = preset("paper")
    found = _kept(paper, 400)
    slots = [feature for program in found for feature in features(program)]
    assert_happens(0.2, ("dropout" in map(word, feature) for feature in slots))
    # Behind images of one pixel no pooling can be drawn, so only the first features are judged.
    first = [next(features(program)) for program in found]
    assert_happens(0.66, (word(feature[-1]) in POOLINGS for feature in first if not isinstance(feature[0], Merge)))
    # A skip over the raw image is not drawn, nor one in a concatenation that has to keep its channels.
    later = [feature[0] for program in found for feature in list(features(program))[1:]]
    single = [merge.bodies[0] for merge in later if isinstance(merge, Merge) and len(merge.bodies) == 1]
    assert_happens(0.5, (word(body.lanes[1].items[0]) == "Empty" for body in single))
    assert_drawn_as(paper.network.features.shares(), (len(list(features(program))) for program in found))


def _kept(rules: Configuration, number: int) -> list[Program]:
    """Trees of a configuration that makes a layer too large now and then."""
    return [parse(draw.text)[0] for draw in Population(rules, number, 5)]


def test_what_is_drawn_once_for_a_network_is_the_same_in_all_its_layers() -> None:
    found = _kept(preset("paper"), 150)
    for program in found:
        activations = {value(layer, "activation") for layer in layers([program], *CONVOLUTIONS)}
        assert len(activations) == 1
        assert len({merge.join.word.text for merge in merges([program]) if merge.join}) <= 1
    chosen = [value(layers([program], *CONVOLUTIONS)[0], "activation") for program in found]
    assert_drawn_as(preset("paper").convolution.activation.shares(), chosen)
