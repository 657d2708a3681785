"""Write the tables of docs/predictors.md anew: python benchmarks/predictor_table.py

They are made of the results in benchmarks/data/predictors. With --ceiling it says instead how well energies of EC-NAS
could be ordered at best, by cells that no cost tells apart. CNNGEN_DATA names the folder of the tables.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean, stdev

from cnngen.search.predictors.evaluation.comparing import Summary, summaries
from cnngen.search.predictors.evaluation.experiment import Result, known_in, of
from cnngen.search.predictors.evaluation.plans import CURVE, CURVED, PUBLIC, of_set
from cnngen.search.predictors.features import groups
from cnngen.search.predictors.predictor import MODULES, named
from cnngen.search.predictors.tables.nasbench101 import ecnas

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/data/predictors/results.jsonl"
OWN_SET = ROOT / "benchmarks/data/cifar10-16px"
PAGE = ROOT / "docs/predictors.md"
STRONGEST, BASELINE = "ensemble", "neural"

#: By comparison and size: extra trees fitted on ranks, as measured before there was a predictor of ours.
FLOORS = {
    "NAS-Bench-101: validation accuracy after 108 epochs": (0.703, 0.723, 0.756, 0.775),
    "NAS-Bench-201: test accuracy on CIFAR-10 after 200 epochs": (0.738, 0.758, 0.832, 0.854),
    "EC-NAS 7V: energy of training": (0.862, 0.904, 0.927, 0.948),
}

HEAD = (
    "| table | learned from | parameters alone | `neural` | floor | bar | `ensemble` | best, worst | repetitions"
    " | within 50 % / 90 % intervals |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)

OWN_HEAD = (
    "| | accuracy: tau | mean absolute error | R² | within 90 % | times | energy: tau | R² | within 90 % | times"
    " | fit, s |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)

CURVE_HEAD = "| by size | "

#: Costs and counts of these groups make up what a device is given to do.
COSTS = ("built", "sizes", "traffic", "counts", "degrees")


def table(results: Iterable[Result]) -> Iterator[str]:
    """The lines of the table, for the sizes that have results of the predictor as it is now."""
    found: dict[tuple[str, str, int], list[Result]] = defaultdict(list)
    for one in _as_now(results):
        found[one.experiment, one.predictor, one.train].append(one)
    yield HEAD
    for plan in PUBLIC:
        if not plan.to_reach:
            continue
        experiment = next(name for name in FLOORS if name.startswith(plan.name))
        for size, bar, floor in zip(plan.sizes, plan.to_reach, FLOORS[experiment], strict=True):
            if size and (own := found[experiment, STRONGEST, size]):
                alone, baseline = (found[experiment, name, size] for name in ("parameters", BASELINE))
                yield row(experiment, size, bar, floor, own, alone, baseline)


def row(
    experiment: str,
    size: int,
    bar: float,
    floor: float,
    own: list[Result],
    alone: list[Result],
    baseline: list[Result],
) -> str:
    """One line: means over repetitions, of tau with its standard deviation."""
    taus = [one.scores.tau for one in own]
    spread = f" ± {stdev(taus):.3f}" if len(taus) > 1 else ""
    within = " / ".join(f"{mean(one.scores.coverage[level] for one in own):.0%}" for level in (0, 1))
    title = experiment.replace(":", ",")
    beside = f"{mean(one.scores.tau for one in baseline):.3f}" if baseline else ""
    return (
        f"| {title} | {size:,} | {mean(one.scores.tau for one in alone):.3f} | {beside} | {floor:.3f} | {bar:.2f} "
        f"| **{mean(taus):.3f}**{spread} | {max(taus):.3f}, {min(taus):.3f} | {len(taus)} | {within} |"
    )


def own_table(results: Iterable[Result]) -> Iterator[str]:
    """A line for each predictor as it is now on our own set: the best for accuracy first, those of costs alone last."""
    now = _as_now(results)
    accuracy, energy = (_by_size(figure, now)[None] for figure in CURVED)
    yield OWN_HEAD
    for name in [*accuracy, *(name for name in energy if name not in accuracy)]:
        told = accuracy.get(name), energy.get(name)
        first = [f"{told[0].mae:.3f}"] if told[0] else [""]
        seconds = mean(one.fit_cpu_s for one in told if one)
        columns = [*_half(told[0])[:1], *first, *_half(told[0])[1:], *_half(told[1]), f"{seconds:.1f}"]
        yield f"| `{name}` | {' | '.join(columns)} |"


def curve_table(results: Iterable[Result]) -> Iterator[str]:
    """A line for each predictor as it is now on our own set: tau by size of the training set."""
    now = _as_now(results)
    accuracy, energy = (_by_size(figure, now) for figure in CURVED)
    sizes = [size for size in (*CURVE, None) if accuracy[size]]
    names = [str(size) if size else "80 %" for size in sizes]
    yield (
        CURVE_HEAD + " | ".join([f"accuracy from {names[0]}", *names[1:], f"energy from {names[0]}", *names[1:]]) + " |"
    )
    yield "| --- |" + " ---: |" * 2 * len(sizes)
    for name in accuracy[None] | energy[None]:
        found = [figure[size].get(name) for figure in (accuracy, energy) for size in sizes]
        if sum(one is not None for one in found) > 2:
            yield f"| `{name}` | {' | '.join(f'{one.tau:.3f}' if one else '' for one in found)} |"


def _as_now(results: Iterable[Result]) -> list[Result]:
    """The results of predictors as they are now."""
    return [one for one in results if one.predictor in MODULES and one.version == named(one.predictor).version]


def _by_size(figure: str, results: list[Result]) -> dict[int | None, dict[str, Summary]]:
    """What the predictors reach for a figure of our own set by size of the training set, the best first; None: 80 %."""
    plan = next(plan for plan in of_set(OWN_SET) if plan.figure == figure)
    experiment = plan.experiment(plan.load(), list(MODULES), repetitions=1, seed=0)
    found = summaries(of(experiment, results)) if experiment else []
    most = max(one.train for one in found)
    return {size: {one.predictor: one for one in found if one.train == (size or most)} for size in (*CURVE, None)}


def _half(one: Summary | None) -> list[str]:
    if one is None:
        return [""] * 4
    spread = f" ± {one.tau_deviation:.3f}" if one.repetitions > 1 else ""
    return [f"{one.tau:.3f}{spread}", f"{one.r2:.2f}", f"{one.coverage[1]:.0%}", str(one.repetitions)]


def ceiling() -> str:
    """How far apart the energies of cells are that cost the same in every way, and which tau that leaves."""
    import numpy as np
    from scipy.stats import kendalltau

    cells = ecnas()
    logs = np.log(cells.columns["energy_kwh"].values)
    alike: dict[tuple[tuple[str, float], ...], list[int]] = defaultdict(list)
    for place, cell in enumerate(cells.architectures):
        told = groups(cell)
        alike[tuple(sorted((name, round(v, 9)) for group in COSTS for name, v in told[group].items()))].append(place)
    twins = [places for places in alike.values() if len(places) > 1]
    squares = sum(((logs[places] - logs[places].mean()) ** 2).sum() for places in twins)
    noise = float(np.sqrt(squares / sum(len(places) - 1 for places in twins)))
    chance = np.random.default_rng(0)
    tau = mean(kendalltau(logs, logs + chance.normal(0, noise, len(logs))).statistic for _ in range(10))
    count = sum(len(places) for places in twins)
    return (
        f"{count:,} of {len(cells):,} cells have others that cost the same in every way; their energies differ "
        f"from each other by {noise:.1%} (standard deviation). Noise of that size leaves a tau of {tau:.3f}."
    )


def main() -> None:
    """Write the table, or say the ceiling."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--ceiling", action="store_true", help="what noise leaves of EC-NAS")
    if asked.parse_args().ceiling:
        print(ceiling())
        return
    text = PAGE.read_text(encoding="utf-8")
    for begin, lines in (
        (r"\| table \| learned from ", table(known_in(RESULTS.parent))),
        (r"\| \| accuracy: tau ", own_table(known_in(RESULTS.parent))),
        (re.escape(CURVE_HEAD), curve_table(known_in(RESULTS.parent))),
    ):
        written = "\n".join(lines) + "\n\n"
        text, times = re.subn(begin + r".*?\n\n", lambda _, new=written: new, text, flags=re.DOTALL)  # type: ignore[misc]
        if times != 1:
            sys.exit(f"{PAGE.name} has {times} tables that begin with {begin}: there must be one to write anew.")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
