"""Work as amounts that add up, and the predictor that finds out what each costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngen.language import analyse
from cnngen.search.predictors.amounts import amounts
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.evaluation.measures import scores
from cnngen.search.predictors.evaluation.plans import Plan
from cnngen.search.predictors.evaluation.splitting import splits
from cnngen.search.predictors.predictor import TARGETS, PredictorError, named
from cnngen.search.predictors.tables.published import published
from cnngen.search.predictors.tables.table import Column, Table

SET = Path(__file__).parent.parent.parent / "benchmarks" / "data" / "cifar10-16px"
TEXT = "input(shape=(8, 8, 3)) conv(filters={}, kernel_size={}) [ (convbn, Empty) ] global_avg_pooling dense output(classes=3)"


def of(text: str) -> Architecture:
    found = analyse(text)
    assert found.ok
    return Architecture.of(found.network)


def test_amounts_of_a_known_network() -> None:
    found = amounts(
        of(
            "input(shape=(8, 8, 3)) conv(filters=20, kernel_size=3, strides=2, activation=gelu) max_pooling(pool_size=2)"
            " flatten dense output(classes=3)"
        ).layers
    )
    assert (found["training"], found["conv"], found["max_pooling"]) == (1, 1, 1)
    assert (found["read conv"], found["made conv"], found["made gelu"]) == (8 * 8 * 3, 4 * 4 * 20, 4 * 4 * 20)
    assert (found["windows conv"], found["gathered conv"]) == (4 * 4 * 9, 4 * 4 * 9 * 3)
    assert found["macs conv 3"] == 4 * 4 * 9 * 3 * 32  # 20 channels are made up to 32
    assert found["gathered max_pooling"] == 2 * 2 * 4 * 20
    assert found["biases"] == 2
    assert found["weights"] == (9 * 3 * 20 + 20) + (2 * 2 * 20 * 3 + 3)


def test_it_finds_what_work_costs_and_tells_networks_much_larger_than_it_has_seen() -> None:
    """A cost that is a sum of amounts is found exactly, far beyond those learned from too."""
    chance = np.random.default_rng(0)
    drawn = [of(TEXT.format(filters, kernel)) for filters in range(2, 40, 3) for kernel in (1, 3, 5)]
    costs = [1e-6 * (2.0 * a["training"] + 1e-3 * a["weights"] + 1e-6 * a["made conv"]) for a in map(_done, drawn)]
    predictor = named("work")(TARGETS["energy"])
    predictor.fit(drawn, (np.array(costs) * chance.lognormal(0, 0.001, len(costs))).tolist())
    large = of(TEXT.format(256, 5))
    wanted = 1e-6 * (2.0 + 1e-3 * _done(large)["weights"] + 1e-6 * _done(large)["made conv"])
    assert predictor.predict([large]).mean[0] == pytest.approx(wanted, rel=0.1)


def _done(architecture: Architecture) -> dict[str, float]:
    return amounts(architecture.layers)


def test_of_accuracies_it_says_that_they_are_no_cost_and_is_not_compared_on_them() -> None:
    with pytest.raises(PredictorError, match="accuracy is no cost: choose another, such as boosting"):
        named("work")(TARGETS["accuracy"]).fit([of(TEXT.format(n, 3)) for n in range(2, 12)], [0.1] * 10)
    drawn = [of(TEXT.format(n, 3)) for n in (2, 3)]
    columns = {name: Column(name, TARGETS[name], np.array([0.1, 0.2])) for name in ("accuracy", "energy")}
    table = Table("two", "made", drawn, columns)
    compared = [Plan("two", lambda: table, name).experiment(table, ["work", "macs"], 1, 0) for name in columns]
    assert [each.predictors for each in compared if each] == [["macs"], ["work", "macs"]]


def test_on_the_published_set_it_orders_energies_and_its_intervals_hold_nine_of_ten() -> None:
    table = published(SET)
    column = table.columns["energy_cpu"]
    (split,) = splits(table.architectures, repetitions=1)
    predictor = named("work")(column.target)
    predictor.fit([table.architectures[n] for n in split.train], column.values[list(split.train)].tolist())
    said = predictor.predict([table.architectures[n] for n in split.test])
    told = scores(column.target, said, column.values[list(split.test)])
    low, high = said.interval(0.9)
    assert told.tau > 0.83
    assert told.coverage[1] > 0.78  # of nine tenths of some 60 networks
    assert np.median(high / low) < 2.2
