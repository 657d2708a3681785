"""One comparison of predictors: every predictor, at every size of training set, on the same splits.

What has been computed stays in a file, a line each, so an evaluation that was cut short goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cnngen.search.errors import SearchError
from cnngen.search.predictors import predictor as predictors
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.evaluation.measures import Scores, scores
from cnngen.search.predictors.evaluation.splitting import REPETITIONS, splits
from cnngen.search.predictors.predictor import Target


@dataclass(frozen=True)
class Experiment:
    """What is compared: predictors by name, on networks and what they came to (`values`, in the target's unit).

    `sizes` are numbers of networks to learn from; none: the paper's 80 %. `test` is the most that are asked for.
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

    @property
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


def run(experiment: Experiment, file: Path, told: Callable[[Result], None] = lambda result: None) -> list[Result]:
    """All results of the experiment; those in `file` are taken from there, new ones are appended to it.

    Raises SearchError where the file cannot be read or written.
    """
    known = {_key(result): result for result in read(file)}
    found = []
    for size in experiment.sizes:
        drawn = splits(
            experiment.architectures,
            train=size,
            test=experiment.test,
            repetitions=experiment.repetitions,
            seed=experiment.seed,
        )
        for repetition, split in enumerate(drawn):
            for name in experiment.predictors:
                kind = predictors.named(name)
                key = (
                    experiment.name,
                    experiment.target.name,
                    experiment.data,
                    name,
                    kind.version,
                    len(split.train),
                    repetition,
                )
                if key not in known:
                    known[key] = _try(experiment, name, split.train, split.test, repetition)
                    _append(file, known[key])
                found.append(known[key])
                told(known[key])
    return found


def _try(experiment: Experiment, name: str, train: Sequence[int], test: Sequence[int], repetition: int) -> Result:
    kind = predictors.named(name)
    made = kind(experiment.target, seed=experiment.seed + repetition)
    began = time.process_time()
    made.fit([experiment.architectures[n] for n in train], [experiment.values[n] for n in train])
    fitted = time.process_time()
    prediction = made.predict([experiment.architectures[n] for n in test])
    ended = time.process_time()
    return Result(
        experiment=experiment.name,
        target=experiment.target.name,
        data=experiment.data,
        predictor=name,
        version=kind.version,
        train=len(train),
        test=len(test),
        repetition=repetition,
        fit_cpu_s=round(fitted - began, 4),
        predict_cpu_ms=round(1000 * (ended - fitted) / len(test), 4),
        scores=scores(experiment.target, prediction, [experiment.values[n] for n in test]),
    )


def read(file: Path) -> list[Result]:
    """The results in a file, none where there is none. A line that was cut short is as if it were not there."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SearchError(f"The results in {file} cannot be read: {error.strerror or error}.") from error
    return list(_results(lines))


def _results(lines: Sequence[str]) -> Iterator[Result]:
    for line in lines:
        try:
            row = json.loads(line)
            told = row.pop("scores")
            tuples = {key: tuple(told[key]) for key in ("regret", "coverage")}
            yield Result(**row, scores=Scores(**(told | tuples)))
        except (ValueError, KeyError, TypeError):
            continue


def _append(file: Path, result: Result) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        torn = file.exists() and not file.read_bytes().endswith(b"\n") and file.stat().st_size > 0
        with file.open("a", encoding="utf-8") as opened:
            opened.write(("\n" if torn else "") + json.dumps(asdict(result)) + "\n")
    except OSError as error:
        raise SearchError(f"The results cannot be written to {file}: {error.strerror or error}.") from error


def _key(result: Result) -> tuple[str, str, str, str, int, int, int]:
    return (
        result.experiment,
        result.target,
        result.data,
        result.predictor,
        result.version,
        result.train,
        result.repetition,
    )
