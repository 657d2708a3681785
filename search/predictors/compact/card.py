"""The card of the shipped predictor: what it learned from, what it says how well, and where it is silent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cnngen.search.predictors.compact.shipped import FILE, Shipped
from cnngen.search.predictors.compact.shipping import FIGURES
from cnngen.search.predictors.evaluation.comparing import Summary, summaries
from cnngen.search.predictors.evaluation.experiment import run
from cnngen.search.predictors.evaluation.plans import of_set

CARD = FILE.with_name("README.md")

#: Features of the whole network whose ranges are told, each with its name for people.
_COSTS = {"log layers": "layers", "log parameters": "parameters", "log macs": "multiply-accumulates"}

_TITLES = {"accuracy": "test accuracy, a fraction", "energy_cpu": "energy of the processor while training, kWh"}


def measured(export: Path, repetitions: int = 10) -> dict[str, Summary]:
    """How good the predictor is, figure by figure: means over repetitions of the protocol of docs/predictors.md."""
    found = {}
    for plan in of_set(export):
        experiment = plan.experiment(plan.load(), ["compact"], repetitions, 0) if plan.figure in FIGURES else None
        if experiment:
            with TemporaryDirectory() as folder:
                *_, results = run([experiment], Path(folder))
            (found[plan.figure],) = summaries(results)
    return found


def card(model: Shipped, figures: dict[str, Summary]) -> str:
    """The card as Markdown."""
    told = model.conditions
    height, width, channels = told.shape
    ranges = [_between(title, model.seen.ranges[name]) for name, title in _COSTS.items()]
    kinds = sorted(word.removeprefix("layer=") for word in model.seen.words if word.startswith("layer="))
    rows = [
        f"| {_TITLES[name]} | {one.tau:.3f} ± {one.tau_deviation:.3f} | {one.mae:.2g} | {one.coverage[1]:.0%} |"
        for name, one in figures.items()
    ]
    first = next(iter(figures.values()))
    return f"""\
# The predictor that comes with cnngen

`shipped.json`, version {told.version}: the date of the last training that it learned from,
and a hash of the data. It and this page are written by `scripts/ship-predictor` from
`benchmarks/data/cifar10-16px`.

- **What it says** of a program: the test accuracy, and the energy of the processor while training,
  each with the interval that holds nine of ten measured values. The editor shows it on hovering over
  `input`, in the lens above it and in the diagram.
- **Under these conditions**: {told.images} at {height}x{width}x{channels}, {told.classes} classes,
  {told.training_images:,} training images, {told.epochs} epochs, batches of {told.batch_size}, {told.optimizer},
  learning rate {told.learning_rate:g}. A program for other images is asked about with its layers on these.
  It says nothing about other trainings, such as longer ones.
- **What it learned from**: {told.networks} networks drawn from the grammar, trained on {told.host}.
  The processor's energy is {told.energy_source}{_source(told.energy_source)}.
- **What it is**: ridge regression on the logarithms of costs and on counts of layers (`compact`). For energy
  it corrects a bill: what each amount of work costs, found by non-negative least squares, added up.
  It is evaluated in plain Python.

## How good it is

By the protocol of [docs/predictors.md](../../../docs/predictors.md): {first.train} networks to learn from,
{first.test} for the test, {first.repetitions} repetitions. What is shipped has learned from all.

| | Kendall's tau | mean absolute error | within the 90 % interval |
| --- | ---: | ---: | ---: |
{_lines(rows)}

## Where it is silent

- On programs with errors, and on layers, activations and other settings that it has not seen. Seen are
  {", ".join(kinds)}.
- Where a cost, a count or a hyper-parameter lies outside what was seen, by more than a tenth of its range.
  Seen are {", ".join(ranges)}.
- Where a network lies further from those learned from than any of them from the others (leverage).
"""


def _lines(rows: Sequence[str]) -> str:
    return "\n".join(rows)


def _between(title: str, logarithms: tuple[float, float]) -> str:
    from math import expm1

    low, high = (expm1(value) for value in logarithms)
    return f"{low:,.0f} to {high:,.0f} {title}"


def _source(source: str) -> str:
    return (
        ": processor time times the rated power of a thread, good for comparing networks"
        if source == "modelled"
        else ""
    )
