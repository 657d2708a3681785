"""Comparisons of predictors: every predictor, at every size of training set, on the same splits.

What has been computed stays in a file, a line each, so an evaluation that was cut short goes on where it was. It goes
round by round: everything has its first repetition before anything has its second, so what is cut short is even.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from cnngen.search.json_lines import append_rows, read_rows
from cnngen.search.predictors import predictor as predictors
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.evaluation.measures import Scores, scores
from cnngen.search.predictors.evaluation.splitting import REPETITIONS, Split, splits
from cnngen.search.predictors.predictor import Target

#: The file of an evaluation's folder that new results are written to.
RESULTS = "results.jsonl"

#: Experiment, target, data, predictor and its version, number of networks learned from, repetition.
Key: TypeAlias = tuple[str, str, str, str, int, int, int]


@dataclass(frozen=True)
class Experiment:
    """What is compared: predictors by name, on networks and what they came to (`values`, in the target's unit).

    `sizes` are numbers of networks to learn from; none: the paper's 80 %. `test` is the most that are asked for.
    `noise` is by how much measurements of one network differ, where that is known (`Column.noise`).
    """

    name: str
    target: Target
    architectures: Sequence[Architecture]
    values: Sequence[float]
    predictors: Sequence[str]
    sizes: Sequence[int | None] = (None,)
    test: int | None = None
    repetitions: int = REPETITIONS
    seed: int = 0
    noise: float | None = None

    @cached_property
    def data(self) -> str:
        """A hash of the networks and their values: results of other data are not mixed with these."""
        told = hashlib.sha256()
        for architecture, value in zip(self.architectures, self.values, strict=True):
            told.update(f"{architecture.identity} {float(value)!r}\n".encode())
        return told.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Result:
    """One predictor, fitted once and tested once. Times are of the processor: fit in s, one prediction in ms."""

    experiment: str
    target: str
    data: str
    predictor: str
    version: int
    train: int
    test: int
    repetition: int
    fit_cpu_s: float
    predict_cpu_ms: float
    scores: Scores

    @property
    def key(self) -> Key:
        """What it is found by: results with the same key are of the same fit."""
        return (
            self.experiment,
            self.target,
            self.data,
            self.predictor,
            self.version,
            self.train,
            self.repetition,
        )


@dataclass(frozen=True, slots=True)
class Task:
    """One fit that belongs to an evaluation."""

    experiment: Experiment
    predictor: str
    size: int | None
    repetition: int
    split: Split

    @property
    def key(self) -> Key:
        """What its result is found by."""
        told = self.experiment
        version = predictors.named(self.predictor).version
        return (told.name, told.target.name, told.data, self.predictor, version, len(self.split.train), self.repetition)


def rounds(experiments: Sequence[Experiment]) -> Iterator[list[Task]]:
    """What is to be fitted, repetition by repetition: all comparisons, sizes and predictors in each."""
    drawn = {
        (place, size): splits(one.architectures, train=size, test=one.test, repetitions=one.repetitions, seed=one.seed)
        for place, one in enumerate(experiments)
        for size in one.sizes
    }
    for repetition in range(max((one.repetitions for one in experiments), default=0)):
        tasks = []
        for (place, size), parts in drawn.items():
            if split := next(parts, None):
                one = experiments[place]
                tasks += [Task(one, name, size, repetition, split) for name in one.predictors]
        yield tasks


def run(
    experiments: Sequence[Experiment],
    folder: Path,
    told: Callable[[Result, bool], None] = lambda result, computed: None,
    *,
    compute: bool = True,
) -> Iterator[list[Result]]:
    """After each round, all results of the experiments that there are by then.

    Those in the `.jsonl` files of `folder` are taken from there; new ones are appended to its RESULTS at once, so to be
    killed costs the fit that was under way. `told` hears of each result, and whether it has been computed just now.
    Without `compute` there are only those that have been there.

    Raises SearchError where results cannot be read or written.
    """
    known = {result.key: result for result in known_in(folder)}
    found = []
    for tasks in rounds(experiments):
        for task in tasks:
            key = task.key
            computed = compute and key not in known
            if computed:
                known[key] = _try(task)
                append_rows(folder / RESULTS, [asdict(known[key])])
            if key in known:
                found.append(known[key])
                told(known[key], computed)
        yield found


def of(experiment: Experiment, results: Sequence[Result]) -> list[Result]:
    """Those results that are of this experiment and of its data."""
    mine = experiment.name, experiment.target.name, experiment.data
    return [one for one in results if (one.experiment, one.target, one.data) == mine]


def _try(task: Task) -> Result:
    experiment, train, test = task.experiment, task.split.train, task.split.test
    kind = predictors.named(task.predictor)
    made = kind(experiment.target, seed=experiment.seed + task.repetition)
    began = time.process_time()
    made.fit([experiment.architectures[n] for n in train], [experiment.values[n] for n in train])
    fitted = time.process_time()
    prediction = made.predict([experiment.architectures[n] for n in test])
    ended = time.process_time()
    return Result(
        experiment=experiment.name,
        target=experiment.target.name,
        data=experiment.data,
        predictor=task.predictor,
        version=kind.version,
        train=len(train),
        test=len(test),
        repetition=task.repetition,
        fit_cpu_s=round(fitted - began, 4),
        predict_cpu_ms=round(1000 * (ended - fitted) / len(test), 4),
        scores=scores(experiment.target, prediction, [experiment.values[n] for n in test]),
    )


def known_in(folder: Path) -> list[Result]:
    """The results in all `.jsonl` files of a folder."""
    return [result for file in sorted(folder.glob("*.jsonl")) for result in read(file)]


def read(file: Path) -> list[Result]:
    """The results in a file, none where there is none. A line that was cut short is as if it were not there."""
    return read_rows(file, _result)


def _result(row: dict[str, Any]) -> Result:
    told = row.pop("scores")
    tuples = {key: tuple(told[key]) for key in ("regret", "coverage")}
    return Result(**row, scores=Scores(**(told | tuples)))
