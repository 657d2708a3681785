"""The predictors in Keras: what each sees of a network, and that it learns, repeats itself and can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.codegen import keras_code
from cnngen.language import analyse
from cnngen.search.predictors.architecture import Architecture, Layer
from cnngen.search.predictors.deep.batches import batches, padded
from cnngen.search.predictors.deep.code import items
from cnngen.search.predictors.deep.grammar import Grammar
from cnngen.search.predictors.deep.image import Image
from cnngen.search.predictors.deep.items import UNKNOWN, Vocabulary
from cnngen.search.predictors.deep.neural import Neural
from cnngen.search.predictors.predictor import TARGETS, PredictorError, load, named

TEXT = "input(shape=(8, 8, 3)) conv(filters=4) [ (convbn, Empty) (max_pooling conv, conv(kernel_size=5)) ] flatten dense output"


def architecture(text: str) -> Architecture:
    found = analyse(text)
    assert found.ok, found.diagnostics
    return Architecture.of(found.network)


def test_neural_sees_labels_and_connections_alone() -> None:
    seen = Neural().graph(architecture(TEXT))
    assert {len(node) for node in seen.nodes} == {1}
    same = Neural().graph(architecture(TEXT.replace("filters=4", "filters=8")))
    assert seen == same
    assert ("add", 0.0) in [node[0] for node in seen.nodes]


def test_grammar_sees_the_parse_tree_with_every_hyper_parameter() -> None:
    nodes, edges = Grammar().graph(architecture(TEXT))
    words = [node[0][0] for node in nodes]
    assert words.count("merge") == 1
    assert words.count("body") == words.count("left") == words.count("right") == 2
    assert ("kernel_size", 5.0) in next(node for node in nodes if ("kernel_size", 5.0) in node)
    convolution = next(node for node in nodes if node[0][0] == "conv")
    assert ("filters", 4.0) in convolution
    parents = {target for _, target in edges}
    assert parents == set(range(1, len(nodes))), "every node but the program's has a parent"


def test_code_sees_the_calls_that_build_the_model() -> None:
    found = items(keras_code(analyse(TEXT)))
    calls = [item[0][0] for item in found]
    assert "layers.Conv2D" in calls and "layers.Add" in calls
    assert not any("compile" in call or "argparse" in call for call in calls)
    first = next(item for item in found if item[0][0] == "layers.Conv2D")
    assert ("0", 4.0) in first, "the first argument of a convolution is its filters"


def test_words_that_were_not_learned_are_unknown_and_numbers_are_seen_by_their_size() -> None:
    known = Vocabulary.of([[[("conv", 0.0), ("filters", 1.0)]]])
    arrays = known.arrays([[("conv", 0.0), ("filters", 3.0)], [("lstm", 0.0)]])
    assert arrays["words"].tolist() == [[0, 1, 1], [1, 0, 0]], "what was not learned has the first column"
    assert UNKNOWN == 0
    assert arrays["values"].tolist() == [[0, 0, 2], [0, 0, 0]]


def test_a_batch_has_zeros_behind_what_is_shorter() -> None:
    long, short = {"read": np.ones((3, 2))}, {"read": np.ones((1, 2))}
    assert padded([long, short])["read"].sum(axis=2).tolist() == [[2, 2, 2], [2, 0, 0]]


@given(st.lists(st.integers(1, 90), min_size=1, max_size=200), st.integers(1, 20), st.integers(0, 9))
def test_each_network_is_in_one_batch_of_a_round(sizes: list[int], batch_size: int, seed: int) -> None:
    drawn = [batch.tolist() for batch in batches(sizes, range(len(sizes)), batch_size, np.random.default_rng(seed))]
    assert sorted(n for batch in drawn for n in batch) == list(range(len(sizes)))
    assert max(map(len, drawn)) <= batch_size


def test_a_picture_is_learned_from_as_it_is_and_mirrored_and_never_otherwise() -> None:
    picture = np.arange(32 * 64 * 3, dtype=np.uint8).reshape(32, 64, 3)
    row = {"picture": picture, "ground": np.ones((1, 2, 1))}
    drawn = [Image()._varied(row, np.random.default_rng(seed)) for seed in range(20)]
    mirrored = [bool((one["picture"] == picture[:, ::-1]).all()) for one in drawn]
    assert 0 < sum(mirrored) < 20
    assert all((one["picture"] == picture).all() for one, turned in zip(drawn, mirrored, strict=True) if not turned)
    assert all(one["ground"] is row["ground"] for one in drawn)


def test_cells_of_a_table_have_no_program_to_read() -> None:
    cells = [Architecture((Layer("input", ()), Layer("output", (0,))), {})] * 8
    for name in ("image", "code", "grammar", "tensorboard"):
        with pytest.raises(PredictorError, match="reads programs"):
            named(name)().fit(cells, range(8))


@pytest.fixture(scope="module")
def networks() -> list[Architecture]:
    """Networks of one to six convolutions, some with a merge, in several widths."""
    merges = ("", "[ (conv, Empty) ]")
    return [
        architecture(f"input(shape=(8, 8, 3)) {f'conv(filters={filters}) ' * depth}{merge} flatten dense output")
        for depth in range(1, 7)
        for filters in (4, 8, 16)
        for merge in merges
    ]


def costs(networks: Sequence[Architecture]) -> list[float]:
    return [1e-9 * network.costs["macs"] for network in networks]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["code", "image", "neural", "tensorboard"])
def test_a_predictor_learns_is_the_same_again_from_its_folder_and_says_the_same_of_one_network_alone(
    name: str, networks: list[Architecture], tmp_path: Path
) -> None:
    made = named(name)(TARGETS["energy"], seed=1)
    made.epochs = 2  # type: ignore[attr-defined]
    made.fit(networks[::2], costs(networks[::2]))
    said = made.predict(networks[1::2])
    assert np.isfinite(said.mean).all() and (said.mean > 0).all() and (said.std > 0).all()
    made.save(tmp_path / name)
    again = load(tmp_path / name).predict(networks[1::2])
    np.testing.assert_allclose(again.mean, said.mean, rtol=1e-5)
    np.testing.assert_allclose(again.std, said.std, rtol=1e-5)
    smallest = min(range(len(said.mean)), key=lambda n: len(networks[1::2][n].layers))
    alone = made.predict([networks[1::2][smallest]])
    np.testing.assert_allclose(alone.mean, said.mean[[smallest]], rtol=1e-4)


@pytest.mark.slow
def test_the_tree_tells_cheap_networks_from_costly_ones(networks: list[Architecture]) -> None:
    from scipy.stats import kendalltau

    made = Grammar(TARGETS["energy"], seed=1)
    made.epochs = 40
    made.fit(networks[::2], costs(networks[::2]))
    assert kendalltau(made.predict(networks[1::2]).mean, costs(networks[1::2])).statistic > 0.6
