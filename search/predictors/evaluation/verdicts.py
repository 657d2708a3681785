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

_HEAD = ("Comparison", "from", "best", "τ", "times", "parameters", "MACs", "p", "bar", "above it by")
_MEANING = (
    "From: networks learned from. Parameters, MACs: the τ of either cost alone. p: of the Mann-Whitney test between "
    "the best and that of the two it differs from least. Bar: the τ that was to be reached."
)


@dataclass(frozen=True)
class Verdict:
    """Rows for the table of all comparisons, and sentences about what they do not show."""

    rows: list[list[str]]
    sentences: list[str]


def overview(verdicts: Sequence[Verdict]) -> Iterator[Html]:
    """The table of all comparisons, and what is to be said of them."""
    rows = [row for one in verdicts for row in one.rows]
    if rows:
        yield table("The best predictor of each comparison", _HEAD, rows, text=(2,))
        yield tag("p", _MEANING, class_="quiet")
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
        beside = _beside(at[0], [one for one in results if one.train == size])
        rows.append([experiment.name, *_row(at, beside, bar)])
        if bar is not None:
            sentences += [
                f"{experiment.name}, from {size:,}: {at[0].predictor} is not shown to be better than {ALONE[name]} "
                f"(p = {p:.1g})."
                for name, p in beside.items()
                if p >= SIGNIFICANT
            ]
            if at[0].tau < bar:
                missed = True
                sentences += _doubt(experiment, at[0], bar)
    if missed and experiment.noise:
        sentences.append(_noise(experiment, experiment.noise))
    return Verdict(rows, sentences)


def _row(at: Sequence[Summary], beside: Mapping[str, float], bar: float | None) -> list[str]:
    best = at[0]
    known = {one.predictor: f"{one.tau:.3f}" for one in at}
    doubt = f" ± {best.tau_deviation:.3f}" if best.repetitions > 1 else ""
    costs = [known.get(name, "") for name in ALONE]
    p = f"{max(beside.values()):.1g}" if beside else ""
    wanted = ["", ""] if bar is None else [f"{bar:.2f}", _gap(best.tau - bar)]
    return [f"{best.train:,}", best.predictor, f"{best.tau:.3f}{doubt}", str(best.repetitions), *costs, p, *wanted]


def _gap(gap: float) -> str:
    """How far above the bar, with a digit that tells: bold where it is below."""
    size = f"{abs(gap):.3f}" if abs(gap) >= 0.001 else f"{abs(gap):.4f}"
    return f"+{size}" if gap >= 0 else tag("strong", f"missed by {size}")


def _beside(best: Summary, results: Sequence[Result]) -> dict[str, float]:
    """How likely the best would differ so much from either cost alone by chance; of those that can be tested."""
    found = {name: p_value(results, best.predictor, name, tau) for name in ALONE if name != best.predictor}
    return {name: p for name, p in found.items() if p is not None}


def _doubt(experiment: Experiment, best: Summary, bar: float) -> Iterator[str]:
    """Where the gap may be chance."""
    gap, of = bar - best.tau, f"{experiment.name}, from {best.train:,}"
    error = best.tau_deviation / sqrt(best.repetitions)
    if best.repetitions < ENOUGH:
        times = "one repetition" if best.repetitions == 1 else f"{best.repetitions} repetitions"
        yield f"{of}: {times} cannot settle a gap of {gap:.2g}." if gap < 0.03 else f"{of}: only {times} so far."
    elif gap < 2 * error:
        yield f"{of}: the gap of {gap:.2g} lies within two standard errors of the mean ({2 * error:.2g})."


def _noise(experiment: Experiment, noise: float) -> str:
    most = ceiling(experiment.target, experiment.values, noise)
    unit = experiment.target.unit
    apart = f"{noise:.1%}" if experiment.target.scale == "log" else f"{noise:.3g} ({unit})"
    return (
        f"{experiment.name}: trainings of one and the same network differ by {apart} (standard deviation), so not even "
        f"the truth would have a tau above {most:.3f} with what was measured; what is missed of that could be learned."
    )
