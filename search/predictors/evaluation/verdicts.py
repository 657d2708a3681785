"""Whether what was to be reached is reached: by how much not, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from cnngen.runtime.report.html import Html, table, tag
from cnngen.search.predictors.evaluation.comparing import ENOUGH, SIGNIFICANT, Summary, ceiling, p_value, summaries, tau
from cnngen.search.predictors.evaluation.experiment import Experiment, Result

#: What must be beaten to be worth anything.
ALONE = {"parameters": "parameters alone", "macs": "multiply-accumulates alone"}

_HEAD = ("Comparison", "learned from", "best", "τ", "times", "parameters alone", "MACs alone", "to reach")


@dataclass(frozen=True)
class Verdict:
    """Rows for the table of all comparisons, and sentences about what they do not show."""

    rows: list[list[str]]
    sentences: list[str]


def overview(verdicts: Sequence[Verdict]) -> Iterator[Html]:
    """The table of all comparisons, and what is to be said of them."""
    rows = [row for one in verdicts for row in one.rows]
    if rows:
        yield table("The best predictor of each comparison", _HEAD, rows, text=(2, 7))
    sentences = [tag("li", sentence) for one in verdicts for sentence in one.sentences]
    if sentences:
        yield tag("ul", *sentences)


def verdict(experiment: Experiment, results: Sequence[Result], to_reach: Mapping[int | None, float]) -> Verdict:
    """The best predictor of a comparison at each size, beside the bar and costs alone; and why a bar is missed."""
    found = summaries(results)
    sizes = sorted({one.train for one in found})
    rows: list[list[str]] = []
    sentences: list[str] = []
    missed = False
    for size in sizes:
        at = [one for one in found if one.train == size]
        # The largest is what 80 % comes to.
        bar = to_reach.get(size, to_reach.get(None) if size == sizes[-1] else None)
        rows.append([experiment.name, *_row(at, bar)])
        if bar is not None:
            sentences += _beside(experiment, at[0], [one for one in results if one.train == size])
            if at[0].tau < bar:
                missed = True
                sentences += _doubt(experiment, at[0], bar)
    if missed and experiment.noise:
        sentences.append(_noise(experiment, experiment.noise))
    return Verdict(rows, sentences)


def _row(at: Sequence[Summary], bar: float | None) -> list[str]:
    best = at[0]
    known = {one.predictor: f"{one.tau:.3f}" for one in at}
    doubt = f" ± {best.tau_deviation:.3f}" if best.repetitions > 1 else ""
    wanted = ""
    if bar is not None:
        gap = best.tau - bar
        wanted = f"{bar:.2f}, reached by {gap:.3f}" if gap >= 0 else tag("strong", f"{bar:.2f}, missed by {-gap:.3f}")
    costs = [known.get(name, "") for name in ALONE]
    return [f"{best.train:,}", best.predictor, f"{best.tau:.3f}{doubt}", str(best.repetitions), *costs, wanted]


def _beside(experiment: Experiment, best: Summary, results: Sequence[Result]) -> Iterator[str]:
    """Whether the best is better than costs alone."""
    beside = []
    for name, words in ALONE.items():
        p = p_value(results, best.predictor, name, tau) if name != best.predictor else None
        if p is not None:
            beside.append(f"{'better' if p < SIGNIFICANT else 'not shown to be better'} than {words} (p = {p:.1g})")
    if beside:
        yield f"{experiment.name}, from {best.train:,}: {best.predictor} is {' and '.join(beside)}."


def _doubt(experiment: Experiment, best: Summary, bar: float) -> Iterator[str]:
    """Where the gap may be chance."""
    gap, of = bar - best.tau, f"{experiment.name}, from {best.train:,}"
    error = best.tau_deviation / sqrt(best.repetitions)
    if best.repetitions < ENOUGH:
        times = "one repetition" if best.repetitions == 1 else f"{best.repetitions} repetitions"
        yield f"{of}: {times} cannot settle a gap of {gap:.3f}." if gap < 0.03 else f"{of}: only {times} so far."
    elif gap < 2 * error:
        yield f"{of}: the gap of {gap:.3f} lies within two standard errors of the mean ({2 * error:.3f})."


def _noise(experiment: Experiment, noise: float) -> str:
    most = ceiling(experiment.target, experiment.values, noise)
    unit = experiment.target.unit
    apart = f"{noise:.1%}" if experiment.target.scale == "log" else f"{noise:.3g} ({unit})"
    return (
        f"{experiment.name}: trainings of one and the same network differ by {apart} (standard deviation), so not even "
        f"the truth would have a tau above {most:.3f} with what was measured; what is missed of that could be learned."
    )
