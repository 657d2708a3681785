"""From a program and options to a run folder that a worker can start on."""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from cnngen.codegen import DiagramUnavailable, diagram, keras_code, network_json, recipe
from cnngen.language import DATASETS, Analysis, Dataset, Severity, Training, analyse, training_bytes
from cnngen.runtime import datasets, record
from cnngen.runtime.driving.interpreter import ask, missing
from cnngen.runtime.driving.options import TrainOptions
from cnngen.runtime.errors import CannotTrain, ProgramNotTrainable
from cnngen.runtime.runs import folder_name

_PICTURES: tuple[Literal["svg", "png"], ...] = ("svg", "png")


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is settled before a run folder is made."""

    analysis: Analysis
    training: Training
    data: datasets.Choice
    options: TrainOptions
    country: dict[str, Any] | None


def plan(text: str, name: str, options: TrainOptions) -> Plan:
    """Settle data set, training and country, and see that the interpreter can train.

    Raises CannotTrain or ProgramNotTrainable; nothing is written.
    """
    analysis = analyse(text, name=name)
    if not analysis.ok and not (options.dataset or analysis.network.dataset):
        raise _with_errors(analysis)
    choice = datasets.choose(analysis, options.dataset, options.base_dir)
    dataset = DATASETS.get(choice.spec)
    if dataset is None and choice.path and choice.path.is_dir():
        dataset = datasets.of_folder(choice, analysis)
    if dataset is not None:
        # What can be told without the interpreter is told first.
        analysis = _trainable(text, name, dataset)
    training = options.training(analysis.network.training)
    questions = ["--dataset", choice.spec] if choice.path is None else []
    questions += ["--country", options.country] if options.country else []
    questions += ["--", str(choice.path)] if dataset is None else []
    found = ask(options.interpreter, options.python_path, "probe", *questions)
    if found["missing"]:
        raise CannotTrain(missing(options.interpreter, found["missing"]))
    if found["error"]:
        raise CannotTrain(found["error"])
    if dataset is None:
        height, width, channels = found["images"]["shape"]
        dataset = Dataset(choice.source, (height, width, channels), found["images"]["classes"])
        analysis = _trainable(text, name, dataset)
    return Plan(analysis, training, choice, options, found.get("country"))


def _trainable(text: str, name: str, dataset: Dataset) -> Analysis:
    """The analysis with the data set's shape and classes. Raises ProgramNotTrainable or CannotTrain."""
    analysis = analyse(text, name=name, dataset=dataset)
    if not analysis.ok:
        raise _with_errors(analysis)
    written = datasets.written_shape(analyse(text, name=name))
    if written and written != dataset.shape:
        raise CannotTrain(
            f"The images of {dataset.name} are {_by(dataset.shape)} but the program's input is {_by(written)}; "
            f"write input(shape={dataset.shape}) or choose another data set."
        )
    if not analysis.trainable:
        raise ProgramNotTrainable(f"{name} is no classifier: it needs a bridge such as flatten, and a dense.", analysis)
    return analysis


def _with_errors(analysis: Analysis) -> ProgramNotTrainable:
    count = sum(diagnostic.severity is Severity.ERROR for diagnostic in analysis.diagnostics)
    return ProgramNotTrainable(f"{analysis.network.name} has {count} error{'s' if count > 1 else ''}.", analysis)


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(str(extent) for extent in shape)


def make_run_folder(plan: Plan) -> Path:
    """Make the run's folder with everything that the worker needs, and a record that says unfinished.

    Raises CannotTrain when it cannot be written; what was begun is then removed.
    """
    folder: Path | None = None
    try:
        folder = _new_folder(plan)
        fill_run_folder(folder, plan, name=folder.name)
    except OSError as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise CannotTrain(
            f"The run cannot be kept in {plan.options.runs_dir}: {error.strerror or error}; "
            "choose another folder (--runs-dir)."
        ) from error
    return folder


def _new_folder(plan: Plan) -> Path:
    network, now = plan.analysis.network, datetime.now()
    runs = plan.options.runs_dir.expanduser().resolve()
    runs.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = runs / folder_name(network.name, network.hash, now, number)
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def fill_run_folder(folder: Path, plan: Plan, *, name: str, pictures: bool = True) -> None:
    """Write what the worker needs, and the first record, into a folder that will bear this name. Raises OSError.

    The pictures take longer than all else.
    """
    # The record comes first: a folder without one is no run.
    request = _request(plan)
    record.write_json(folder / record.RESULT, _first_record(name, plan, request))
    record.write_text(folder / record.PROGRAM, plan.analysis.lines.text)
    # Options may have changed what the program says of its training.
    network = replace(plan.analysis.network, training=plan.training)
    record.write_text(folder / record.MODEL, keras_code(replace(plan.analysis, network=network)))
    record.write_json(folder / record.NETWORK, network_json(plan.analysis))
    for kind in _PICTURES if pictures else ():
        try:
            record.write_bytes(folder / f"diagram.{kind}", diagram(plan.analysis.network, kind))
        except DiagramUnavailable:
            break  # A run is complete without its picture; `doctor` tells how to get one.
    record.write_json(folder / record.REQUEST, request)


def _request(plan: Plan) -> dict[str, Any]:
    """What the worker is asked to do. It reads this and `model.py`, and never the program."""
    network = plan.analysis.network
    activation = network.nodes[-1].args.get("activation")
    return {
        "schema": record.RESULT_SCHEMA,
        "name": network.name,
        "hash": network.hash,
        # The queue's order, and whom to tell the end: a worker outlives the process that asked.
        "asked_ns": time.time_ns(),
        "file": str(plan.options.file) if plan.options.file else None,
        "data": {
            "name": plan.data.spec,
            "source": plan.data.source,
            "shape": list(network.input_shape),
            "classes": network.classes,
        },
        "training": {
            **plan.training.resolved(),
            "loss": f"{'' if plan.training.label_smoothing else 'sparse_'}categorical_crossentropy",
            "from_logits": activation == "linear",
            "deterministic": plan.options.deterministic,
            "arguments": plan.options.arguments or None,
        },
        "recipe": recipe(plan.training).to_json(),
        "training_bytes": training_bytes(network, plan.training),
        "measuring": {
            "idle_s": plan.options.idle_s,
            "inference_s": plan.options.inference_s,
            "max_energy_wh": plan.options.max_energy_wh,
            "max_time_s": plan.options.max_time_s,
        },
        "country": plan.country["iso3"] if plan.country else None,
        "device": plan.options.device,
    }


def _first_record(run_id: str, plan: Plan, request: dict[str, Any]) -> dict[str, Any]:
    network = plan.analysis.network
    totals, jit = network.totals, plan.training.jit_compile
    return {
        "schema": record.RESULT_SCHEMA,
        "status": "unfinished",
        "error": None,
        "run": {
            "id": run_id,
            "started_utc": None,
            "ended_utc": None,
            "duration_s": None,
            "epochs_executed": 0,
            "stopped_by": None,
            "forked": None,
            "weights_sha256": None,
            "repeat": asdict(plan.options.repeat) if plan.options.repeat else None,
            "device": None,
            "device_name": None,
        },
        "program": {"name": network.name, "hash": network.hash},
        "network": {"layers": totals.layers, "parameters": totals.params, "macs": totals.macs},
        "data": {
            **request["data"],
            "images_train": None,
            "images_validation": None,
            "images_test": None,
            "sha256": None,
        },
        "training": {
            **request["training"],
            # What "auto" comes to, and how many steps are done at once, is decided where the images are counted.
            "jit_compile": None if jit == "auto" else jit,
            "jit_compile_asked": jit,
            "steps_per_execution": None,
        },
        "measuring": request["measuring"],
        "quality": {"test_accuracy": None, "test_loss": None},
        "history": [],
        "forecast": [],
        "energy": None,
        "efficiency": None,
        "inference": [],
        "carbon": None,
        "paper": None,
    }
