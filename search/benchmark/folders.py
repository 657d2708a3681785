"""The run folders of trials: made whole or not at all, and where they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngen.language import analyse
from cnngen.runtime import TrainOptions, datasets, record
from cnngen.runtime.driving.interpreter import ask, missing
from cnngen.runtime.driving.preparation import Plan, fill_run_folder
from cnngen.runtime.errors import CannotTrain
from cnngen.search.benchmark.making import Benchmark, remove
from cnngen.search.benchmark.trials import Trial
from cnngen.search.errors import SearchError


@dataclass(frozen=True)
class Folders:
    """Makes the folders of a benchmark's trials; `country` is what the worker knows of the country, if any."""

    benchmark: Benchmark
    interpreter: str
    country: dict[str, Any] | None

    def path(self, trial: Trial) -> Path:
        """Where a trial's folder is."""
        return self.benchmark.trials / trial.id

    def make(self, trial: Trial) -> Path:
        """Make the folder that a worker can start on, anew. Raises SearchError."""
        with self._beginning(trial) as beginning:
            fill_run_folder(beginning, self._plan(trial), name=trial.id, pictures=False)
        return self.path(trial)

    def bring(self, trial: Trial, files: Mapping[str, bytes]) -> Path:
        """Put the folder of a trial that was trained elsewhere in its place. Raises SearchError."""
        with self._beginning(trial) as beginning:
            for name, content in files.items():
                record.write_bytes(beginning / Path(name).name, content)
        return self.path(trial)

    def remove(self, trial: Trial) -> None:
        """Remove a trial's folder, if there is one: what is to be done again has none."""
        remove(self.path(trial))

    @contextmanager
    def _beginning(self, trial: Trial) -> Iterator[Path]:
        """A new folder, which takes its place when it is whole. Raises SearchError."""
        path, beginning = self.path(trial), self.benchmark.trials / f".{trial.id}"
        try:
            remove(beginning)
            remove(path)
            beginning.mkdir(parents=True)
            yield beginning
            beginning.rename(path)
        except OSError as error:
            raise SearchError(
                f"The trial {trial.id} cannot be written: {error.strerror or error}; make room and run again."
            ) from error

    def _plan(self, trial: Trial) -> Plan:
        """All that is settled for a trial. What the interpreter could be asked was asked once for all."""
        spec, images = self.benchmark.specification, self.benchmark.images
        text = self.benchmark.program(trial.network)
        analysis = analyse(text, name=trial.id, dataset=images.dataset)
        named = images.sha256.startswith("name:")
        choice = datasets.Choice(images.source, None if named else Path(images.source))
        training = spec.training
        options = TrainOptions(
            epochs=training.epochs,
            batch_size=training.batch_size,
            optimizer=training.optimizer,
            learning_rate=training.learning_rate,
            seed=trial.seed,
            test_split=training.test_split,
            validation_split=training.validation_split,
            country=spec.measuring.country or None,
            device=spec.measuring.device,
            runs_dir=self.benchmark.trials,
            interpreter=self.interpreter,
            jit_compile=training.jit_compile,
            idle_s=spec.measuring.idle_s,
            inference_s=spec.measuring.inference_s,
        )
        return Plan(analysis, options.training(analysis.network.training), choice, options, self.country)


def folders(benchmark: Benchmark, interpreter: str = sys.executable) -> Folders:
    """What makes the folders, when the interpreter can train. Asks it, which takes about a second.

    Raises SearchError.
    """
    country = benchmark.specification.measuring.country
    named = benchmark.images.sha256.startswith("name:")
    questions = ["--dataset", benchmark.images.source] if named else []
    questions += ["--country", country] if country else []
    try:
        found = ask(interpreter, None, "probe", *questions, "--")
        if found["missing"]:
            raise CannotTrain(missing(interpreter, found["missing"]))
        if found["error"]:
            raise CannotTrain(found["error"])
    except CannotTrain as error:
        raise SearchError(str(error)) from error
    return Folders(benchmark, interpreter, found.get("country"))
