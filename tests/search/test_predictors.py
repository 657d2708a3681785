"""What every predictor reads, and what every predictor does."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from cnngen.language import analyse
from cnngen.search.predictors.architecture import Architecture, Layer
from cnngen.search.predictors.calibration import deviation
from cnngen.search.predictors.evaluation.measures import scores
from cnngen.search.predictors.evaluation.splitting import splits
from cnngen.search.predictors.predictor import MODULES, TARGETS, Prediction, PredictorError, load, named
from cnngen.search.predictors.tables.published import published
from cnngen.search.predictors.tables.table import Table

SET = Path(__file__).parent.parent.parent / "benchmarks" / "data" / "cifar10-16px"
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


@pytest.mark.parametrize(
    "name", sorted(name for name, home in MODULES.items() if not home.startswith(("deep.", "curve")))
)
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


@cache
def table(epochs: int) -> Table:
    return published(SET, epochs)


def test_what_another_version_has_saved_is_refused(
    tmp_path: Path, networks: list[Architecture], energies: list[float]
) -> None:
    predictor = named("parameters")(TARGETS["energy"])
    predictor.fit(networks, energies)
    predictor.save(tmp_path)
    card = tmp_path / "predictor.json"
    told = json.loads(card.read_text())
    card.write_text(json.dumps(told | {"version": told["version"] + 1}))
    with pytest.raises(PredictorError, match="another version of cnngen: fit the predictor again"):
        load(tmp_path)


def test_where_a_curve_will_end_is_told_by_its_beginning_better_than_by_the_network(tmp_path: Path) -> None:
    """On the published set, two of eight epochs."""
    taus: dict[str, list[float]] = {"curve": [], "compact": []}
    begun, before = table(2), table(0)
    values = begun.columns["accuracy"].values
    for split in splits(before.architectures, repetitions=2):
        for name, asked in (("curve", begun), ("compact", before)):
            predictor = named(name)()
            predictor.fit([asked.architectures[n] for n in split.train], values[list(split.train)].tolist())
            said = predictor.predict([asked.architectures[n] for n in split.test])
            taus[name].append(scores(predictor.target, said, values[list(split.test)]).tau)
            predictor.save(tmp_path / name)
            again = load(tmp_path / name).predict([asked.architectures[n] for n in split.test])
            np.testing.assert_allclose(again.mean, said.mean, rtol=1e-9)
    assert np.mean(taus["curve"]) > np.mean(taus["compact"]) + 0.1
    with pytest.raises(PredictorError, match="reads the first epochs of a training; of these none is known"):
        named("curve")().fit(before.architectures, values.tolist())


def test_what_is_known_of_a_training_that_has_begun_are_its_first_epochs_alone() -> None:
    rows = [a.training for a in table(2).architectures]
    assert all(
        {f"curve {name} {epoch}" for name in ("accuracy", "val_accuracy", "val_loss") for epoch in (1, 2)} <= set(row)
        for row in rows
    )
    assert not any("3" in name for row in rows for name in row)
    assert not any("curve" in name for a in table(0).architectures for name in a.training)


@pytest.mark.parametrize(("count", "share"), [(8, 8 / 9), (9, 0.9), (30, 0.9), (200, 0.9)])
def test_a_calibrated_interval_holds_nine_of_ten_errors_never_seen_whatever_their_distribution(
    count: int, share: float
) -> None:
    chance = np.random.default_rng(0)
    for draw in (chance.standard_normal, chance.standard_cauchy):
        held = []
        for _ in range(3000):
            *learned, new = draw(count + 1).tolist()
            reach = NormalDist().inv_cdf(0.95) * deviation(learned)
            held.append(abs(new) <= reach * (1 + 1e-12))
        assert share - 0.02 <= np.mean(held) <= share + 0.03


def test_an_interval_holds_its_share_of_a_normal_distribution() -> None:
    values = np.random.default_rng(0).normal(5, 2, 20_000)
    said = Prediction(np.full(20_000, 5.0), np.full(20_000, 2.0))
    for level in (0.5, 0.9):
        low, high = said.interval(level)
        assert ((low < values) & (values < high)).mean() == pytest.approx(level, abs=0.01)
