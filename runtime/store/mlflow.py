"""Runs in MLflow: settings as its parameters, figures as its metrics, the epochs as their steps, files as artefacts."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cnngen.runtime import record
from cnngen.runtime.store.rows import RunRow
from cnngen.runtime.store.table import COLUMNS, line

if TYPE_CHECKING:
    from mlflow import MlflowClient

#: The tag by which a run is found again.
TAG = "cnngen.run"

#: Columns of the table that say what was asked for. The others say what came of it.
SETTINGS = (
    "network", "network_hash", "layers", "parameters", "macs", "data_set", "data_sha256", "images_train",
    "images_validation", "images_test", "optimizer", "learning_rate", "batch_size", "epochs_planned", "seed", "device",
    "device_name", "jit_compile", "steps_per_execution",
)  # fmt: skip

#: Files of a run's folder that are kept with it, where they are there.
ARTEFACTS = (record.PROGRAM, record.MODEL, "diagram.svg", record.REPORT, record.RESULT, record.PROVENANCE,
             record.HISTORY, record.POWER)  # fmt: skip

#: What MLflow calls that to which a run has come.
_STATUS = {"done": "FINISHED", "cancelled": "KILLED"}

#: MLflow tells its makers about its use unless it is told not to, and asks a server that is away for minutes.
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}


class CannotReach(Exception):
    """MLflow did not take the runs; the message is one sentence that says why."""


def export(rows: Iterable[RunRow], uri: str, experiment: str) -> tuple[int, int]:
    """Give runs that have ended to the MLflow at `uri`; how many are new there, and how many it had already.

    `uri` is the address of a tracking server, or of a database such as `sqlite:///mlflow.db`.

    Raises:
        ImportError: mlflow is not installed.
        CannotReach: there is no such MLflow, or it refuses.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    new = known = 0
    try:
        client = MlflowClient(tracking_uri=uri)
        found = client.get_experiment_by_name(experiment)
        place = found.experiment_id if found else client.create_experiment(experiment)
        for row in rows:
            if client.search_runs([place], f"tags.`{TAG}` = '{_quoted(row.id)}'", max_results=1):
                known += 1
            else:
                _give(client, place, row)
                new += 1
    except (MlflowException, OSError, ImportError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise CannotReach(f"The MLflow at {uri} did not take the runs: {said[0]}") from error
    return new, known


def _give(client: MlflowClient, experiment: str, row: RunRow) -> None:
    from mlflow.entities import Metric, Param

    cells = line(row)
    ended = _milliseconds(row.ended or row.began)
    tags = {name: str(cells[name]) for name in COLUMNS if cells[name] is not None and _is_tag(name)}
    params = [Param(name, str(cells[name])) for name in SETTINGS if cells[name] is not None]
    metrics = [Metric(name, float(cells[name]), ended, 0) for name in COLUMNS if _is_metric(name, cells[name])]
    # The tag by which the run is found comes last: a run of which only a part arrived is given again.
    made = client.create_run(experiment, _milliseconds(row.began), tags, run_name=row.id)
    run = made.info.run_id
    client.log_batch(run, metrics, params)
    epochs = [Metric(f"epoch/{name}", value, ended, epoch) for epoch, name, value in _epochs(row)]
    for first in range(0, len(epochs), 1000):  # MLflow takes no more at once
        client.log_batch(run, epochs[first : first + 1000])
    for name in ARTEFACTS:
        if (row.path / name).is_file():
            client.log_artifact(run, str(row.path / name))
    client.set_tag(run, TAG, row.id)
    client.set_terminated(run, _STATUS.get(row.status, "FAILED"), ended)


def _is_tag(name: str) -> bool:
    return name not in SETTINGS and COLUMNS[name] is str and name != "id"


def _is_metric(name: str, value: Any) -> bool:
    return name not in SETTINGS and COLUMNS[name] in (int, float) and value is not None


def _epochs(row: RunRow) -> Iterator[tuple[int, str, float]]:
    """Epoch, name and value of each figure of the training's history."""
    try:
        lines = list(csv.DictReader((row.path / record.HISTORY).read_text(encoding="utf-8").splitlines()))
    except (OSError, ValueError):
        return
    for told in lines:
        epoch = int(told.pop("epoch"))
        for name, text in told.items():
            if text:
                yield epoch, name, float(text)


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _quoted(text: str) -> str:
    return text.replace("'", "")
