"""Makes the predictor that cnngen carries along, of a published set."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.errors import SearchError
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.compact.compact import Compact
from cnngen.search.predictors.compact.seen import Seen
from cnngen.search.predictors.compact.shipped import Conditions, Shipped
from cnngen.search.predictors.features import built
from cnngen.search.predictors.tables.published import published
from cnngen.search.publishing.loading import LoadedBenchmark, load_benchmark

if TYPE_CHECKING:
    from cnngen.search.predictors.predictor import Vector

#: What is predicted of a program.
FIGURES = ("accuracy", "energy_cpu")

#: Numbers are kept to so many digits: more than the data are worth, and the same on every machine.
DIGITS = 7

#: Parts of the measured values, for the rank of a prediction among them.
_QUANTILES = 100


def ship(export: Path, images: str) -> Shipped:
    """The model fitted on an export; `images` is the name of the data set that its images are of.

    Raises SearchError: there is no such set, its networks were not all given the same images, or it has no energies.
    """
    table, loaded = published(export), load_benchmark(export)
    missing = [figure for figure in FIGURES if figure not in table.columns]
    if missing:
        raise SearchError(f"{export} has no {' and no '.join(missing)} for each of its networks.")
    networks = [architecture.network for architecture in table.architectures if architecture.network]
    inputs = {(network.input_shape, network.classes) for network in networks}
    if len(inputs) != 1:
        raise SearchError(f"The networks of {export} take {len(inputs)} kinds of images; one is needed.")
    lines = {}
    for figure in FIGURES:
        made = Compact(table.columns[figure].target)
        made.fit(table.architectures, table.columns[figure].values.tolist())
        lines[figure] = made.line
    features = [built(Architecture(each.layers, each.costs)) for each in table.architectures]
    model = Shipped(
        _conditions(loaded, images, inputs.pop(), len(table)),
        Seen.of(networks, features),
        lines,
        {figure: _quantiles(table.columns[figure].values) for figure in FIGURES},
    )
    return Shipped.from_state(_rounded(json.loads(json.dumps(model.to_state()))))


def text_of(model: Shipped) -> str:
    """The model as the text of its file."""
    return json.dumps(model.to_state(), separators=(",", ":")).replace('},"', '},\n"') + "\n"


def digest(export: Path) -> str:
    """What the model depends on of an export, as a hash: its trainings, its networks and what was done."""
    told = hashlib.sha256()
    for name in ("trials.csv", "networks.jsonl", "specification.toml"):
        told.update((export / name).read_bytes())
    return told.hexdigest()[:16]


def _conditions(loaded: LoadedBenchmark, images: str, taken: tuple[tuple[int, ...], int], networks: int) -> Conditions:
    done = loaded.trials[loaded.trials["state"] == "done"]
    training = loaded.specification.training
    (height, width, channels), classes = taken
    return Conditions(
        version=f"{done['ended_utc'].max():%Y-%m-%d}, {digest(loaded.folder)}",
        networks=networks,
        images=images,
        shape=(height, width, channels),
        classes=classes,
        training_images=int(done["images_train"].max()),
        epochs=training.epochs,
        batch_size=training.batch_size,
        optimizer=training.optimizer,
        learning_rate=training.learning_rate,
        host=str(done["host_class"].mode()[0]),
        energy_source=str(done["energy_cpu_source"].mode()[0]),
    )


def _quantiles(values: Vector) -> list[float]:
    import numpy as np

    found: list[float] = np.quantile(values, np.linspace(0, 1, _QUANTILES + 1)[1:-1]).tolist()
    return found


def _rounded(value: Any) -> Any:
    """Plain data with its numbers to DIGITS digits."""
    match value:
        case float():
            return float(f"{value:.{DIGITS}g}")
        case list():
            return [_rounded(each) for each in value]
        case dict():
            return {name: _rounded(each) for name, each in value.items()}
    return value
