"""The predictor that cnngen carries along: made of the published set, asked in plain Python, silent elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngen.language import analyse
from cnngen.search.errors import SearchError
from cnngen.search.predictors.amounts import amounts
from cnngen.search.predictors.compact.card import CARD, card
from cnngen.search.predictors.compact.compact import Compact
from cnngen.search.predictors.compact.shipped import FILE, Shipped, shipped
from cnngen.search.predictors.compact.shipping import digest, ship, text_of
from cnngen.search.predictors.evaluation.comparing import Summary
from cnngen.search.predictors.evaluation.splitting import splits
from cnngen.search.predictors.features import built
from cnngen.search.predictors.tables.published import published
from cnngen.search.predictors.tables.table import Table

SET = Path(__file__).parent.parent.parent / "benchmarks" / "data" / "cifar10-16px"
OF_THE_SET = "input(shape=(16, 16, 3)) conv(filters=16) max_pooling conv(filters=32) flatten dense output(classes=10)"


@pytest.fixture(scope="module")
def table() -> Table:
    return published(SET)


@pytest.fixture(scope="module")
def made() -> Shipped:
    return ship(SET, "CIFAR-10")


def numbers(value: Any) -> list[float]:
    """All numbers of plain data, in their order."""
    if isinstance(value, dict):
        return [number for each in value.values() for number in numbers(each)]
    if isinstance(value, list | tuple):
        return [number for each in value for number in numbers(each)]
    return [float(value)] if isinstance(value, int | float) else []


def test_the_shipped_file_is_the_one_that_the_script_makes_of_the_committed_set(made: Shipped) -> None:
    """Run scripts/ship-predictor when the set has grown."""
    assert shipped().conditions.version.endswith(digest(SET)), "run scripts/ship-predictor: the set has changed"
    kept = json.loads(FILE.read_text("utf-8"))
    again = json.loads(text_of(made))
    assert (kept["conditions"], kept["seen"]["words"]) == (again["conditions"], again["seen"]["words"])
    np.testing.assert_allclose(numbers(kept), numbers(again), rtol=1e-4, atol=1e-9)
    assert Shipped.from_state(json.loads(text_of(made))) == made


def test_the_card_tells_of_the_shipped_file(made: Shipped) -> None:
    """Run scripts/ship-predictor when the set has grown."""
    kept = CARD.read_text("utf-8")
    one = Summary("compact", 256, 64, 10, 0.9, 0.0, 0.9, 0.1, 0.9, (), (0.5, 0.9), 0.1, 0.1)
    again = card(made, {"accuracy": one, "energy_cpu": one})
    assert made.conditions.version in kept
    assert _beside_figures(kept) == _beside_figures(again)


def _beside_figures(text: str) -> list[str]:
    return [
        line
        for line in text.splitlines()
        if not line.startswith("| ") and " repetitions" not in line and "to learn from" not in line
    ]


def test_plain_python_says_what_the_fitted_estimator_says(table: Table) -> None:
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    from cnngen.search.predictors.compact.compact import _ALPHAS

    column = table.columns["accuracy"]
    predictor = Compact(column.target)
    predictor.fit(table.architectures, list(column.values))
    line = predictor.line
    rows = np.array([[built(a).get(name, 0.0) for name in line.names] for a in table.architectures])
    x = StandardScaler().fit_transform(rows)
    ridge = RidgeCV(_ALPHAS).fit(x, column.values)
    np.testing.assert_allclose(predictor.predict(table.architectures).mean, ridge.predict(x), rtol=1e-8)
    leverage = np.einsum("ij,ij->i", x @ np.linalg.inv(x.T @ x + ridge.alpha_ * np.eye(x.shape[1])), x)
    np.testing.assert_allclose([line.leverage(line.standardised(built(a))) for a in table.architectures], leverage)


def test_of_a_cost_plain_python_says_the_bill_of_nnls_and_what_the_line_makes_of_it(table: Table) -> None:
    from scipy.optimize import nnls

    column = table.columns["energy_cpu"]
    predictor = Compact(column.target)
    predictor.fit(table.architectures, list(column.values))
    line = predictor.line
    work = [amounts(a.layers) for a in table.architectures]
    names = sorted({name for row in work for name in row})
    # The same problem with its columns otherwise scaled has the same bills.
    done = np.array([[row.get(name, 0.0) for name in names] for row in work])
    done /= done.max(axis=0)
    relative = done / column.values[:, None] * column.values.mean()
    prices, _ = nnls(relative, np.ones(len(done)), maxiter=10_000)
    bills = done @ prices * column.values.mean()
    billed = np.exp([line.billed(row) for row in work])
    np.testing.assert_allclose(billed, np.maximum(bills, line.least), rtol=1e-4)
    assert all(price > 0 for price in line.prices.values())
    lines = [line.told(built(a), {})[0] - line.billed({}) for a in table.architectures]
    np.testing.assert_allclose(predictor.predict(table.architectures).mean, billed * np.exp(lines), rtol=1e-8)


@pytest.mark.parametrize("figure", ["accuracy", "energy_cpu"])
def test_intervals_hold_about_nine_of_ten_networks_that_were_not_learned_from(table: Table, figure: str) -> None:
    column = table.columns[figure]
    held = []
    for split in splits(table.architectures, repetitions=10):
        predictor = Compact(column.target)
        predictor.fit([table.architectures[n] for n in split.train], column.values[list(split.train)].tolist())
        for n in split.test:
            one = table.architectures[n]
            estimate = predictor.line.estimate(built(one), amounts(one.layers))
            held.append(estimate.low <= column.values[n] <= estimate.high)
    assert 0.8 <= np.mean(held) <= 0.97


def test_nearly_all_networks_that_were_learned_from_are_answered(table: Table) -> None:
    answered = [shipped().of_network(a.network) is not None for a in table.architectures if a.network]
    assert len(answered) == len(table) and np.mean(answered) >= 0.97


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(OF_THE_SET.replace("filters=32", "filters=2048"), id="too wide"),
        pytest.param(OF_THE_SET.replace("filters=32", "filters=32, kernel_size=13"), id="a window never seen"),
        pytest.param(OF_THE_SET.replace("filters=32", "filters=32, activation=softsign"), id="an activation never seen"),
        pytest.param(OF_THE_SET.replace("flatten", "conv " * 200 + "flatten"), id="too deep"),
        pytest.param(OF_THE_SET.replace("flatten", "dropout " * 40 + "flatten"), id="too much of one kind"),
        pytest.param(OF_THE_SET.replace("conv(", "cnov("), id="errors"),
        pytest.param("input(shape=(64, 64, 3)) conv(padding=valid, kernel_size=30) flatten dense output", id="no place at 16 px"),
    ],
)  # fmt: skip
def test_it_says_nothing_of_networks_unlike_those_it_learned_from(text: str) -> None:
    assert shipped().predict(analyse(OF_THE_SET)) is not None
    assert shipped().predict(analyse(text)) is None


def test_of_other_images_it_speaks_about_the_same_layers_on_its_own() -> None:
    own = shipped().predict(analyse(OF_THE_SET))
    other = shipped().predict(
        analyse("input(dataset=mnist) conv(filters=16) max_pooling conv(filters=32) flatten dense output")
    )
    assert own and other
    assert (own.own_images, other.own_images) == (True, False)
    assert (own.accuracy, own.energy) == (other.accuracy, other.energy)


def test_an_estimate_has_its_interval_around_it_and_stays_possible() -> None:
    predicted = shipped().predict(analyse(OF_THE_SET))
    assert predicted
    for told in (predicted.accuracy, predicted.energy):
        assert 0 <= told.estimate.low < told.estimate.mean < told.estimate.high
        assert 0 <= told.above <= 1
    assert predicted.accuracy.estimate.high <= 1


def test_doubt_grows_away_from_what_was_learned_from(table: Table) -> None:
    line = shipped().lines["accuracy"]
    middle = dict(zip(line.names, line.means, strict=True))
    beyond = {name: mean + 3 * scale for name, mean, scale in zip(line.names, line.means, line.scales, strict=True)}
    assert line.told(middle, {})[1] == pytest.approx(line.deviation)
    assert line.told(beyond, {})[1] > 1.5 * line.deviation
    assert line.reaches(middle) and not line.reaches(beyond)


def test_a_set_without_energies_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnngen.search.predictors.compact import shipping

    monkeypatch.setattr(shipping, "FIGURES", ("accuracy", "carbon"))
    with pytest.raises(SearchError, match="has no carbon for each of its networks"):
        ship(SET, "CIFAR-10")
    with pytest.raises(SearchError, match="is no folder"):
        ship(tmp_path / "none", "CIFAR-10")
