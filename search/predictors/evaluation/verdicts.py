"""Whether what was to be reached is reached: by how much not, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt

from cnngen.runtime.report.html import Html, table, tag
from cnngen.search.predictors.evaluation.comparing import SIGNIFICANT, Summary, ceiling, p_value, summaries, tau
from cnngen.search.predictors.evaluation.experiment import Experiment, Result

#: What must be beaten to be worth anything.
ALONE = ("parameters", "macs")

_HEAD = ("Learned from", "best", "τ", "times", "parameters alone", "MACs alone", "to reach", "")


def told(experiment: Experiment, results: Sequence[Result], to_reach: Mapping[int | None, float]) -> Html:
    """The best predictor of a comparison at each size, beside the bar and costs alone; and why a bar is missed."""
    found = summaries(results)
    sizes = sorted({one.train for one in found})
    whole = sizes[-1] if None in experiment.sizes else None  # the largest is what 80 % comes to
    rows, missed = [], []
    for size in sizes:
        at = [one for one in found if one.train == size]
        bar = to_reach.get(size, to_reach.get(None) if size == whole else None)
        mine = [one for one in results if one.train == size]
        rows.append(_row(at, bar, mine))
        if bar is not None and at[0].tau < bar:
            missed.append((at[0], bar))
    sentences = [tag("p", sentence, class_="quiet") for sentence in _why(experiment, missed)]
    return tag("div", table(experiment.name, _HEAD, rows, text=(1, 7)), *sentences)


def _row(at: Sequence[Summary], bar: float | None, results: Sequence[Result]) -> list[str]:
    best = at[0]
    known = {one.predictor: one.tau for one in at}
    costs = []
    for name in ALONE:
        p = p_value(results, best.predictor, name, tau) if name in known and name != best.predictor else None
        beside = "" if p is None else f" (p = {p:.1g})" if p < SIGNIFICANT else f" (p = {p:.2f}, no difference shown)"
        costs.append(f"{known[name]:.3f}{beside}" if name in known else "")
    doubt = f" ± {best.tau_deviation:.3f}" if best.repetitions > 1 else ""
    verdict = ""
    if bar is not None:
        verdict = f"reached, by {best.tau - bar:.3f}" if best.tau >= bar else f"missed, by {bar - best.tau:.3f}"
    wanted = "" if bar is None else f"{bar:.2f}"
    return [f"{best.train:,}", best.predictor, f"{best.tau:.3f}{doubt}", str(best.repetitions), *costs, wanted, verdict]


def _why(experiment: Experiment, missed: Sequence[tuple[Summary, float]]) -> Iterator[str]:
    """Sentences about bars that are missed, each from the figures themselves."""
    for best, bar in missed:
        gap = bar - best.tau
        if best.repetitions == 1:
            yield f"From {best.train:,}: one repetition says little about a gap of {gap:.3f}."
        elif gap < 2 * best.tau_deviation / sqrt(best.repetitions):
            yield (
                f"From {best.train:,}: the gap of {gap:.3f} lies within two standard errors of {best.repetitions} "
                f"repetitions ({2 * best.tau_deviation / sqrt(best.repetitions):.3f})."
            )
    if missed and experiment.noise:
        most = ceiling(experiment.target, experiment.values, experiment.noise)
        apart = (
            f"{experiment.noise:.1%}"
            if experiment.target.scale == "log"
            else f"{experiment.noise:.3g} ({experiment.target.unit})"
        )
        yield (
            f"Trainings of one and the same network differ by {apart} (standard deviation), so not even the truth "
            f"would have a tau above {most:.3f} with what was measured; what is missed of that could be learned."
        )
