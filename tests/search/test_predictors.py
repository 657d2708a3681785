"""What every predictor reads, and what every predictor does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnngen.language import analyse
from cnngen.search.predictors.architecture import Architecture, Layer
from cnngen.search.predictors.predictor import MODULES, TARGETS, Prediction, PredictorError, load, named

TEXT = "input(shape=(8, 8, 3)) conv(filters={}, kernel_size={}) [ (convbn, Empty) ] global_avg_pooling dense output(classes=3)"


def program(filters: int, kernel: int = 3) -> Architecture:
    found = analyse(TEXT.format(filters, kernel))
    assert found.ok
    return Architecture.of(found.network)


@pytest.fixture(scope="module")
def networks() -> list[Architecture]:
    return [program(filters, kernel) for filters in range(2, 18) for kernel in (1, 3)]


@pytest.fixture(scope="module")
def energies(networks: list[Architecture]) -> list[float]:
    noise = np.random.default_rng(0).lognormal(0, 0.05, len(networks))
    return [1e-6 * n.costs["macs"] ** 0.5 * e for n, e in zip(networks, noise, strict=True)]


def test_an_architecture_has_the_layers_and_costs_of_its_network() -> None:
    made = program(4)
    network = made.network
    assert network is not None
    assert [layer.operation for layer in made.layers] == [node.kind for node in network.nodes]
    assert [layer.inputs for layer in made.layers] == [node.inputs for node in network.nodes]
    assert (
        sum(layer.attributes["parameters"] for layer in made.layers)
        == network.totals.params
        == made.costs["parameters"]
    )
    assert made.costs["macs"] == network.totals.macs
    assert made.identity == network.hash
    assert made.training["epochs"] == network.training.epochs
    conv = next(layer for layer in made.layers if layer.operation == "conv")
    assert (conv.attributes["kernel"], conv.attributes["channels"], conv.attributes["height"]) == (3, 4, 8)


def test_widths_make_another_identity_but_the_same_family() -> None:
    assert program(4).identity != program(8).identity
    assert program(4).family == program(8).family
    assert program(4) == program(4) != program(4, 1)
    other = analyse("input(shape=(8, 8, 3)) conv(filters=4) global_avg_pooling dense output(classes=3)").network
    assert Architecture.of(other).family != program(4).family


def test_layers_read_only_what_stands_before_them() -> None:
    with pytest.raises(ValueError, match="must stand before"):
        Architecture((Layer("input", ()), Layer("a", (2,)), Layer("b", (1,))), {})
    with pytest.raises(ValueError, match="needs layers"):
        Architecture((), {})


@pytest.mark.parametrize("name", sorted(name for name, home in MODULES.items() if not home.startswith("deep.")))
def test_a_predictor_finds_what_can_be_found(
    name: str, networks: list[Architecture], energies: list[float], tmp_path: Path
) -> None:
    """The order of networks that it has not seen, doubt of the right size, the same from the same seed and from its folder."""
    from scipy.stats import kendalltau

    predictor = named(name)(TARGETS["energy"], seed=3)
    assert predictor.name == name
    train, test = networks[0::2] + networks[1::4], networks[3::4]
    wanted = dict(zip((n.identity for n in networks), energies, strict=True))
    predictor.fit(train, [wanted[n.identity] for n in train])
    said = predictor.predict(test)
    truth = np.array([wanted[n.identity] for n in test])
    assert said.mean.shape == said.std.shape == (len(test),)
    assert (said.std > 0).all() and (said.mean > 0).all()
    assert kendalltau(said.mean, truth).statistic > 0.6
    low, high = said.interval(0.9)
    assert ((low < truth) & (truth < high)).mean() > 0.5

    again = named(name)(TARGETS["energy"], seed=3)
    again.fit(train, [wanted[n.identity] for n in train])
    predictor.save(tmp_path / "kept")
    for same in (again, load(tmp_path / "kept")):
        assert same.target == TARGETS["energy"]
        np.testing.assert_allclose(same.predict(test).mean, said.mean, rtol=1e-9)
        np.testing.assert_allclose(same.predict(test).std, said.std, rtol=1e-9)
    assert not list((tmp_path / "kept").glob("*.pkl"))


@pytest.mark.parametrize("name", sorted(MODULES))
def test_what_cannot_be_learned_from_is_refused_in_a_sentence(name: str, networks: list[Architecture]) -> None:
    predictor = named(name)(TARGETS["energy"])
    with pytest.raises(PredictorError, match="fit it first"):
        predictor.predict(networks)
    with pytest.raises(PredictorError, match="2 architectures but 1 targets"):
        predictor.fit(networks[:2], [1.0])
    with pytest.raises(PredictorError, match="needs 8 networks"):
        predictor.fit(networks[:2], [1.0, 2.0])
    with pytest.raises(PredictorError, match="not finite"):
        predictor.fit(networks[:9], [float("nan")] * 9)
    with pytest.raises(PredictorError, match="not positive"):
        predictor.fit(networks[:9], [0.0] * 9)


def test_names_that_are_none_and_folders_that_hold_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(PredictorError, match=r"no predictor 'oracle'; there are .*macs"):
        named("oracle")
    with pytest.raises(PredictorError, match="holds no predictor that can be read"):
        load(tmp_path)
    (tmp_path / "predictor.json").write_text("{")
    with pytest.raises(PredictorError, match="holds no whole predictor"):
        load(tmp_path)
    (tmp_path / "predictor.json").write_text(json.dumps({"format": 0}))
    with pytest.raises(PredictorError, match="another version"):
        load(tmp_path)


def test_an_interval_holds_its_share_of_a_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(5, 2, 20_000)
    said = Prediction(np.full(20_000, 5.0), np.full(20_000, 2.0))
    for level in (0.5, 0.9):
        low, high = said.interval(level)
        assert ((low < values) & (values < high)).mean() == pytest.approx(level, abs=0.01)
