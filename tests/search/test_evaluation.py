"""How predictors are compared: splits without twins, measures as published, results that survive an interruption."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.search.errors import SearchError
from cnngen.search.predictors.architecture import Architecture, Layer
from cnngen.search.predictors.evaluation.comparing import ceiling, p_value, summaries, tau
from cnngen.search.predictors.evaluation.experiment import Experiment, Result, known_in, of, read, rounds
from cnngen.search.predictors.evaluation.experiment import run as rounds_of
from cnngen.search.predictors.evaluation.measures import regret, scores
from cnngen.search.predictors.evaluation.progress import Progress, duration
from cnngen.search.predictors.evaluation.report import Shown, compose
from cnngen.search.predictors.evaluation.splitting import splits
from cnngen.search.predictors.predictor import TARGETS, Prediction
from cnngen.search.predictors.tables.published import published

pytest.importorskip("pandas")


def chain(*operations: str, parameters: float = 1.0) -> Architecture:
    layers = [Layer(operation, (place - 1,) if place else ()) for place, operation in enumerate(operations)]
    return Architecture(tuple(layers), {"parameters": parameters, "macs": parameters**2})


@given(st.lists(st.integers(0, 12), min_size=10, max_size=60), st.integers(0, 5))
def test_twins_stay_on_one_side_of_a_split(kinds: list[int], seed: int) -> None:
    networks = [chain("input", *["conv"] * kind, "output") for kind in kinds]
    for split in splits(networks, repetitions=3, seed=seed):
        assert not set(split.train) & set(split.test)
        assert not {kinds[n] for n in split.train} & {kinds[n] for n in split.test}
        assert split.test
    if len(set(kinds)) > 5:
        for split in splits(networks, train=5, repetitions=3, seed=seed):
            assert len(split.train) == 5
            assert not {kinds[n] for n in split.train} & {kinds[n] for n in split.test}
            assert len(split.test) == sum(kind not in {kinds[n] for n in split.train} for kind in kinds)


def test_in_the_published_set_no_network_stands_on_both_sides_in_other_widths_either() -> None:
    networks = published(Path(__file__).parents[2] / "benchmarks/data/cifar10-16px").architectures
    families = [network.family for network in networks]
    assert len(set(families)) < len(networks), "there are networks that differ in widths and windows alone"
    for split in splits(networks):
        assert sorted(split.train + split.test) == list(range(len(networks)))
        assert not {families[n] for n in split.train} & {families[n] for n in split.test}
        assert len(split.test) == round(0.2 * len(networks))


def test_where_all_others_are_twins_there_is_no_test() -> None:
    with pytest.raises(SearchError, match="twins of the 5 to learn from: ask for fewer"):
        next(splits([chain("input", "conv", "output")] * 9, train=5))


def test_a_split_has_the_sizes_that_were_asked_for_and_differs_from_the_next() -> None:
    networks = [chain("input", *f"{number:b}", "output") for number in range(200)]
    first, second = splits(networks, repetitions=2)
    assert (len(first.train), len(first.test)) == (160, 40)
    assert first != second
    (asked,) = splits(networks, train=30, test=100, repetitions=1)
    assert (len(asked.train), len(asked.test)) == (30, 100)
    (rest,) = splits(networks, train=30, repetitions=1)
    assert (len(rest.train), len(rest.test)) == (30, 170)
    assert next(splits(networks, seed=1)) == next(splits(networks, seed=1)) != next(splits(networks, seed=2))


def test_measures_of_a_perfect_and_of_a_turned_around_prediction() -> None:
    measured = np.linspace(0.1, 0.9, 30)
    accuracy = TARGETS["accuracy"]
    right = scores(accuracy, Prediction(measured, np.full(30, 0.1)), measured)
    assert (right.tau, right.rho, right.mae, right.r2) == pytest.approx((1, 1, 0, 1))
    assert right.regret == (0, 0, 0) and right.coverage == (1, 1)
    wrong = scores(accuracy, Prediction(measured[::-1].copy(), np.full(30, 1e-9)), measured)
    assert (wrong.tau, wrong.rho) == pytest.approx((-1, -1))
    assert wrong.regret[0] == pytest.approx(0.8) and wrong.coverage == (0, 0)


def test_a_prediction_that_tells_nothing_apart_has_a_tau_of_0() -> None:
    measured = np.linspace(0.1, 0.9, 10)
    assert scores(TARGETS["accuracy"], Prediction(np.full(10, 0.5), np.ones(10)), measured).tau == 0


def test_regret_is_what_a_choice_by_the_prediction_loses() -> None:
    measured = np.array([3.0, 1.0, 2.0])
    predicted = np.array([2.0, 3.0, 1.0])
    assert regret(TARGETS["accuracy"], predicted, measured, 1) == 2.0  # takes the second, the best is the first
    assert regret(TARGETS["accuracy"], predicted, measured, 2) == 0.0
    assert regret(TARGETS["energy"], predicted, measured, 1) == 1.0  # less is better: takes the third


def test_intervals_of_the_right_width_hold_what_they_promise() -> None:
    draw = np.random.default_rng(0)
    mean = draw.uniform(size=4000)
    told = scores(TARGETS["accuracy"], Prediction(mean, np.full(4000, 0.2)), mean + draw.normal(0, 0.2, 4000))
    assert told.coverage == pytest.approx((0.5, 0.9), abs=0.03)


def experiment(name: str = "chains", **changes: object) -> Experiment:
    networks = [chain("input", *f"{number:b}", "output", parameters=number + 1.0) for number in range(60)]
    values = [0.1 + 0.01 * network.costs["parameters"] for network in networks]
    told: dict[str, object] = {"predictors": ("parameters", "macs"), "repetitions": 3} | changes
    return Experiment(name, TARGETS["accuracy"], networks, values, **told)  # type: ignore[arg-type]


def run(*experiments: Experiment, folder: Path, compute: bool = True) -> tuple[list[Result], list[Result]]:
    """All results, and those that were computed for it."""
    computed: list[Result] = []

    def told(result: Result, now: bool) -> None:
        if now:
            computed.append(result)

    *_, results = rounds_of(experiments, folder, told, compute=compute)
    return results, computed


def test_an_evaluation_goes_on_where_it_was_cut_short(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    whole, _ = run(experiment(), folder=tmp_path)
    assert len(whole) == 6 == len(read(file))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:4]) + lines[4][:50])  # the process died while it wrote

    again, computed = run(experiment(), folder=tmp_path)
    assert [r.scores for r in again] == [r.scores for r in whole]
    assert [r.key for r in computed] == [r.key for r in whole[4:]], "what had been computed was not computed again"
    assert len(read(file)) == 6


def test_everything_is_fitted_once_before_anything_is_fitted_again(tmp_path: Path) -> None:
    found, _ = run(experiment("one"), experiment("two", sizes=(10, None), repetitions=2), folder=tmp_path)
    assert [r.repetition for r in found] == sorted(r.repetition for r in found)
    first = {(r.experiment, r.train, r.predictor) for r in found if not r.repetition}
    assert len(first) == 6 and {(r.experiment, r.repetition) for r in found[-2:]} == {("one", 2)}


def test_results_in_any_file_of_the_folder_are_gone_on_from(tmp_path: Path) -> None:
    run(experiment(repetitions=1), folder=tmp_path)
    (tmp_path / "results.jsonl").rename(tmp_path / "of_before.jsonl")
    found, computed = run(experiment(repetitions=2), folder=tmp_path)
    assert len(found) == 4 and {r.repetition for r in computed} == {1}


def test_who_only_wants_a_report_has_nothing_computed(tmp_path: Path) -> None:
    run(experiment(repetitions=1), folder=tmp_path)
    found, computed = run(experiment(), folder=tmp_path, compute=False)
    assert len(found) == 2 and not computed


def test_results_of_other_data_are_not_mixed_in(tmp_path: Path) -> None:
    first, other = experiment(), experiment()
    changed = replace(other, values=[2 * value for value in other.values])
    run(first, folder=tmp_path)
    run(changed, folder=tmp_path)
    found = known_in(tmp_path)
    assert len(found) == 12
    assert len(of(first, found)) == len(of(changed, found)) == 6


def test_the_time_that_is_left_is_what_such_fits_have_cost(tmp_path: Path) -> None:
    whole = experiment(sizes=(10, 40))
    done, _ = run(replace(whole, repetitions=1), folder=tmp_path)
    costly = [replace(r, fit_cpu_s=8.0 if r.predictor == "macs" else 2.0, predict_cpu_ms=0.0) for r in done]
    progress = Progress((task for tasks in rounds([whole]) for task in tasks), costly)
    assert len(progress) == 8 and progress.left() is None
    progress.add(replace(costly[0], repetition=1))
    one = progress.left()
    progress.add(replace(costly[1], repetition=1))
    assert one and progress.left() and len(progress) == 6
    assert (duration(59), duration(600), duration(9000)) == ("59 s", "10 min", "2.5 h")


def test_each_size_of_training_set_is_tested_on_the_same_number(tmp_path: Path) -> None:
    found, _ = run(experiment(sizes=(10, 20), test=30), folder=tmp_path)
    assert {(result.train, result.test) for result in found} == {(10, 30), (20, 30)}


def test_two_predictors_differ_when_their_results_do_by_more_than_chance(tmp_path: Path) -> None:
    """Parameters alone order these networks rightly in every repetition, and so do their squares: no difference."""
    found, _ = run(experiment(repetitions=10), folder=tmp_path)
    same = p_value(found, "macs", "parameters", tau)
    assert same is not None and same > 0.05
    worse = [
        replace(r, scores=replace(r.scores, tau=r.scores.tau - 0.5)) if r.predictor == "macs" else r for r in found
    ]
    differ = p_value(worse, "macs", "parameters", tau)
    assert differ is not None and differ < 0.001
    assert p_value([r for r in found if r.repetition < 3], "macs", "parameters", tau) is None, "too few to tell"


def test_no_prediction_orders_measurements_better_than_their_noise_allows() -> None:
    values = list(np.geomspace(1e-5, 1e-3, 200))
    energy = TARGETS["energy"]
    assert ceiling(energy, values, 1e-9) == pytest.approx(1)
    assert 0.5 < ceiling(energy, values, 0.5) < ceiling(energy, values, 0.05)


def test_a_page_says_by_how_much_a_bar_is_missed_and_what_stands_in_the_way(tmp_path: Path) -> None:
    asked = replace(experiment(repetitions=4), noise=0.2)
    found, _ = run(asked, folder=tmp_path)
    low = [replace(r, scores=replace(r.scores, tau=0.8 + 0.01 * r.repetition)) for r in found]
    missed = compose([Shown(asked, low, {None: 0.9})], "cnngen predictor evaluate")
    assert "0.90<" in missed and "missed by 0.085" in missed and "differ by 0.2 (fraction)" in missed
    reached = compose([Shown(asked, low, {None: 0.3})], "cnngen predictor evaluate")
    assert "0.30<" in reached and "+0.515" in reached and "differ by 0.2" not in reached


def test_a_summary_is_the_mean_over_repetitions_and_the_best_comes_first(tmp_path: Path) -> None:
    found, _ = run(experiment(), folder=tmp_path)
    best, *_ = told = summaries(found)
    assert {one.repetitions for one in told} == {3}
    assert best.tau == max(one.tau for one in told)
    mine = [r.scores.tau for r in found if r.predictor == best.predictor]
    assert best.tau == pytest.approx(sum(mine) / 3)
