"""A set that `cnngen benchmark export` has published, as a table to learn from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from cnngen.language import analyse
from cnngen.search.errors import SearchError
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.carbon import carbon, grid
from cnngen.search.predictors.predictor import TARGETS
from cnngen.search.predictors.tables.table import Column, Table
from cnngen.search.publishing import noise
from cnngen.search.publishing.loading import LoadedBenchmark, load_benchmark

if TYPE_CHECKING:
    import pandas as pd

#: Each figure: its title, the kind of target, its column, in the target's unit.
FIGURES = {
    "accuracy": ("test accuracy", "accuracy", "test_accuracy"),
    "energy": ("energy of training, total", "energy", "training_energy_total_kwh"),
    "energy_cpu": ("energy of training, processor", "energy", "training_energy_cpu_kwh"),
    "time": ("duration of training", "time", "training_duration_s"),
    "time_cpu": ("processor time of training", "time", "training_cpu_time_s"),
    "carbon": ("emissions of training", "carbon", "training_emissions_kg"),
}


#: The same of the table of latencies.
LATENCIES = {
    "latency": ("latency of one image, processor time", "latency", "batch_1_cpu_p50_ms"),
    "latency_128": ("latency of a batch of 128 images, processor time", "latency", "batch_128_cpu_p50_ms"),
}

#: What an epoch's row tells of the learning curve, and the name by which a predictor finds it.
CURVE = {"val_accuracy": "curve val_accuracy", "val_loss": "curve val_loss", "accuracy": "curve accuracy"}


#: Test accuracy, predicted when a training has begun.
BEGUN = "accuracy_begun"


def published(folder: Path, epochs: int = 0, country: str = "") -> Table:
    """The networks of a published set that were trained to the end, each once, with what its trainings came to.

    Of several trainings of a network the mean is taken. Costs of training are those of the commonest class of host, as
    energies of different hardware are not to be mixed. A figure that the set lacks for some networks is no column.
    With `epochs`, what is known of how a network is trained has its learning curve until then, for a prediction of the
    column BEGUN, which is asked for when a training has begun.

    With `country`, an ISO 3166-1 alpha-3 code, emissions are those of its grid, whatever grid the set was trained on.

    Raises SearchError: there is no such set or no such country, or too few of its networks ended.
    """
    loaded = load_benchmark(folder)
    rows = _rows(loaded)
    programs = dict(zip(loaded.networks["hash"], loaded.networks["program"], strict=True))
    names = [name for name in rows.index if name in programs]
    if len(names) < 2:
        raise SearchError(f"{folder} has {len(names)} networks that were trained to the end: let the benchmark run on.")
    training = loaded.specification.training
    settings = {"epochs": float(training.epochs), "batch_size": float(training.batch_size)}
    curves = _curves(loaded, epochs)
    architectures = [_architecture(programs[name], settings | curves.get(name, {})) for name in names]
    floor = loaded.noise_floor()
    noisy = dict(zip(floor["measure"], floor["deviation"], strict=True)) if len(floor) else {}
    columns = {}
    for key, (title, target, column) in FIGURES.items():
        if column in rows and not rows.loc[names, column].isna().any() and (rows.loc[names, column] > 0).all():
            values = rows.loc[names, column].to_numpy(dtype="float64")
            columns[key] = Column(title, TARGETS[target], values, noisy.get(column))
    columns |= _latencies(loaded, names)
    if country and "energy" in columns:
        columns["carbon"] = carbon(columns["energy"], grid(country))
    if epochs and "accuracy" in columns:
        plain = columns["accuracy"]
        columns[BEGUN] = Column(f"{plain.title}, {epochs} epochs known", plain.target, plain.values, plain.noise)
    return Table(folder.name, f"cnngen benchmark export, {folder}", architectures, columns)


def _rows(loaded: LoadedBenchmark) -> pd.DataFrame:
    """One row for each network, the reference network apart, which is drawn by nobody."""
    trials = loaded.trials
    ended = trials[(trials["state"] == "done") & (trials["role"] != "reference")]
    hosts = Counter(ended["host_class"].dropna())
    if hosts:
        ended = ended[ended["host_class"] == hosts.most_common(1)[0][0]]
    wanted = [column for _, _, column in FIGURES.values() if column in ended]
    return ended.groupby("network_hash", sort=True)[wanted].mean()


def _latencies(loaded: LoadedBenchmark, names: list[str]) -> dict[str, Column]:
    """The latencies of the networks, the mean where one was measured twice; none where one was not measured."""
    rows = loaded.latencies
    means = rows.groupby("network_hash")[[column for *_, column in LATENCIES.values()]].mean()
    if not set(names) <= set(means.index):
        return {}
    noisy = {one.measure: one.deviation for one in noise.latencies(rows.to_dict("records"))}  # type: ignore[arg-type]
    return {
        key: Column(title, TARGETS[target], means.loc[names, column].to_numpy(dtype="float64"), noisy.get(column))
        for key, (title, target, column) in LATENCIES.items()
    }


def _curves(loaded: LoadedBenchmark, epochs: int) -> dict[str, dict[str, float]]:
    """By network the first epochs of its learning curve, the mean over its trainings."""
    if not epochs:
        return {}
    networks = dict(zip(loaded.trials["id"], loaded.trials["network_hash"], strict=True))
    first = loaded.epochs[loaded.epochs["epoch"] <= epochs]
    means = first.groupby([first["id"].map(networks), "epoch"])[list(CURVE)].mean()
    found: dict[str, dict[str, float]] = {}
    for row in means.reset_index().to_dict("records"):
        known = found.setdefault(row["id"], {})
        known |= {f"{CURVE[name]} {row['epoch']}": row[name] for name in CURVE}
    return found


def _architecture(program: str, settings: dict[str, float]) -> Architecture:
    found = Architecture.of(analyse(program).network)
    return Architecture(found.layers, found.costs, settings, found.network)
