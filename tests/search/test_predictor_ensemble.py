"""The parts of the ensemble are what the books say, and what is kept is what was fitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import kendalltau

from cnngen.search.predictors.ensemble.encoding import Encoding
from cnngen.search.predictors.ensemble.forest import SETTINGS, Forest
from cnngen.search.predictors.ensemble.process import Process
from cnngen.search.predictors.ensemble.scores import Line
from cnngen.search.predictors.predictor import TARGETS, Target

THETA = np.log([1.3, 2.0, 0.5, 0.1])
GROUPS = ["a", "a", "b"]


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(60, 3))


@pytest.fixture(scope="module")
def scores(rows: np.ndarray) -> np.ndarray:
    return np.sin(rows[:, 0]) + 0.1 * np.random.default_rng(1).normal(size=len(rows))


def test_the_process_is_that_of_scikit_learn(rows: np.ndarray, scores: np.ndarray) -> None:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    lengths = np.sqrt([2.0 * 2, 2.0 * 2, 0.5])  # squared lengths of a group, times the features in it
    theirs = ConstantKernel(1.3) * Matern(lengths, nu=2.5) + WhiteKernel(0.1)
    known = GaussianProcessRegressor(theirs, optimizer=None).fit(rows[:40], scores[:40])
    mean, std = Process(GROUPS, THETA, rows[:40], scores[:40]).predict(rows[40:])
    expected, deviation = known.predict(rows[40:], return_std=True)
    np.testing.assert_allclose(mean, expected, rtol=1e-6)
    np.testing.assert_allclose(std, deviation, rtol=1e-6)


def test_what_is_said_of_one_left_out_is_what_a_process_without_it_says(rows: np.ndarray, scores: np.ndarray) -> None:
    means, stds = Process(GROUPS, THETA, rows, scores).left_out()
    for out in (0, 17):
        others = np.arange(len(rows)) != out
        mean, std = Process(GROUPS, THETA, rows[others], scores[others]).predict(rows[[out]])
        assert (means[out], stds[out]) == (pytest.approx(mean[0]), pytest.approx(std[0]))


def test_who_is_left_out_takes_its_kin_along(rows: np.ndarray, scores: np.ndarray) -> None:
    kin = np.arange(len(rows))
    kin[[3, 8, 21]] = 3
    means, stds = Process(GROUPS, THETA, rows, scores).left_out(kin)
    alone = Process(GROUPS, THETA, rows, scores).left_out()
    others = kin != 3
    mean, std = Process(GROUPS, THETA, rows[others], scores[others]).predict(rows[~others])
    np.testing.assert_allclose(means[~others], mean)
    np.testing.assert_allclose(stds[~others], std)
    np.testing.assert_allclose(means[others], alone[0][others])


def test_a_group_that_tells_nothing_gets_the_greater_length(rows: np.ndarray, scores: np.ndarray) -> None:
    found = Process.of(GROUPS, rows, scores)
    assert found.theta[1] < found.theta[2]
    assert np.exp(found.theta[-1]) < 0.1


def test_kept_trees_say_what_scikit_learn_says(rows: np.ndarray, scores: np.ndarray) -> None:
    from sklearn.ensemble import ExtraTreesRegressor

    theirs = ExtraTreesRegressor(**SETTINGS, random_state=4).fit(rows, scores)
    np.testing.assert_allclose(Forest.of(rows, scores, seed=4).predict(rows), theirs.predict(rows), rtol=1e-9)


@pytest.mark.parametrize("name", ["accuracy", "energy"])
@pytest.mark.parametrize("make", [Line.by_rank, Line.straight])
def test_scores_keep_the_order_and_lead_back(name: str, make: Callable[[Target, np.ndarray], Any]) -> None:
    values = np.random.default_rng(2).lognormal(size=200)
    line, scores = make(TARGETS[name], values)
    assert kendalltau(values, scores).statistic == pytest.approx(1)
    assert np.abs(np.log(line.back(scores) / values)).max() < 0.5
    assert np.median(np.abs(line.back(scores) - values)) < 0.02
    beyond = line.back(np.linspace(-6, 6, 500))
    assert (np.diff(beyond) > 0).all(), "beyond all that was seen the order goes on"
    said = line.prediction(np.array([-1.0, 0.0, 1.0]), np.full(3, 0.3))
    low, high = said.interval(0.9)
    assert (low < said.mean).all() and (said.mean < high).all() and (said.std > 0).all()


def test_equal_targets_have_one_score_and_rising_predictions() -> None:
    line, scores = Line.by_rank(TARGETS["accuracy"], np.array([0.1] * 20 + [0.9] * 20))
    assert len(set(scores.tolist())) == 2
    assert (np.diff(line.back(np.linspace(-2, 2, 50))) > 0).all()


def test_only_what_tells_networks_apart_is_looked_at() -> None:
    made = [
        {"counts": {"same": 3.0, "once": float(n == 0), "size": float(n)}, "paths": {f"p{n % 2}": 7.0}}
        for n in range(6)
    ]
    encoding = Encoding.of(made)
    assert encoding.names == ["size", "p0", "p1"]
    again = Encoding.from_state(encoding.to_state())
    table = again.rows(made)
    np.testing.assert_allclose(table, encoding.rows(made))
    np.testing.assert_allclose(table.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(table.std(axis=0), 1)
    far = again.rows([{"counts": {"size": 1e9, "new": 5.0}}])
    assert far[0, 0] == 4
