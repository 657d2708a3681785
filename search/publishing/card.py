"""The card of a set: what it is, how it was made and what it is not, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from cnngen.search.benchmark.making import SPECIFICATION
from cnngen.search.publishing import noise
from cnngen.search.publishing.artefacts import ARCHIVE
from cnngen.search.publishing.columns import Table
from cnngen.search.publishing.content import Content
from cnngen.search.publishing.files import CROISSANT, SUMS, csv_of, parquet_of
from cnngen.search.publishing.tables import Row

#: Measures of the noise floor as people call them.
MEASURES = {
    "test_accuracy": "test accuracy",
    "training_energy_total_kwh": "energy of training",
    "training_energy_cpu_kwh": "the processor's part of it",
    "training_cpu_time_s": "processor time of training",
    "training_duration_s": "duration of training",
}
_PARTS = ("cpu", "gpu", "ram")


def card(content: Content, files: Iterable[str]) -> str:
    """The card; `files` are those of the export beside it."""
    spec, images, training = content.specification, content.images, content.specification.training
    height, width, channels = images.shape
    publisher = content.publisher
    names = set(files)
    frames = ", .".join(table.name for table, _ in content.tables())
    lines = [
        f"# {spec.name}",
        "",
        about(content),
        "",
        f"- **Images**: `{Path(spec.data.source).name}`, {height}x{width}x{channels}, {images.classes} classes, "
        f"{f'{spec.data.images:,}' if spec.data.images else 'all'} of them. SHA-256 of pixels and labels: "
        f"`{images.sha256}`.",
        f"- **Training**: {training.epochs} epochs, batches of {training.batch_size}, {training.optimizer}, learning "
        f"rate {training.learning_rate:g}; everything is in `{SPECIFICATION}`.",
        f"- **Test accuracies**: {_accuracies(content.trials)}.",
        f"- **Hardware**: {'; '.join(hosts(content.trials)) or 'unknown'}.",
        f"- **Energy**: {limitations(content)}",
        *([f"- **Latency**: {latency(content.latencies)}"] if content.latencies else []),
        *([f"- **Licence**: {publisher.license}"] if publisher.license else []),
        *([f"- **By**: {publisher.creator}"] if publisher.creator else []),
        "",
        "## Noise floor",
        "",
        *_noise(content.trials),
        "",
        "## Files",
        "",
        "| file | what |",
        "| --- | --- |",
        *(f"| {_named(table, names)} | a row is {table.row}; {len(rows):,} rows |" for table, rows in content.tables()),
        *([f"| `{ARCHIVE}` | a folder for each hash: program, code, pictures, matrix |"] if ARCHIVE in names else []),
        f"| `{SPECIFICATION}` | what was done |",
        f"| `{CROISSANT}` | this card for machines (MLCommons Croissant 1.0) |",
        f"| `{SUMS}` | checksums: `sha256sum -c {SUMS}` |",
        "",
        "```python",
        "from cnngen.search import load_benchmark",
        "",
        f'bench = load_benchmark("FOLDER")  # bench.{frames}: data frames of pandas',
        "```",
        "",
        "```",
        f"cnngen benchmark create NEW {SPECIFICATION} --images NPZ --from FOLDER     go on from here, on any machine",
        "cnngen benchmark report FOLDER -o report.html                            its figures",
        "```",
        "",
        "## Columns",
        *(line for table, _ in content.tables() for line in _columns(table)),
    ]
    return "\n".join(lines) + "\n"


def about(content: Content) -> str:
    """What the set is, in two sentences."""
    trials = content.trials
    roles = Counter(row["role"] for row in trials)
    states = Counter(row["state"] for row in trials)
    counted = ", ".join(f"{number:,} {state}" for state, number in sorted(states.items())) or "none yet"
    rest = [f"{roles[role]:,} of them {what}" for role, what in _ROLES.items() if roles[role]]
    networks = len({row["network_hash"] for row in trials if row["role"] != "reference"})
    source = "given as programs" if content.specification.networks.folder else "drawn from a grammar by CNNGen"
    return (
        f"{len(trials):,} trainings ({counted}) of {networks:,} convolutional networks {source}"
        f"{'; ' if rest else ''}{', '.join(rest)}. Each row says what became of one training: accuracy, times, energy, "
        "learning curve."
    )


_ROLES = {
    "repeat": "repeats with other seeds, for the noise floor",
    "reference": "one network again and again, which shows drift of the machine",
}


def limitations(content: Content) -> str:
    """What the energies are worth."""
    return " ".join(limitations_of(content.trials)) or "No trial has one."


def limitations_of(rows: Sequence[Row]) -> list[str]:
    """The same of rows, sentence by sentence; nothing where there is no energy."""
    trials = [row for row in rows if row.get("training_energy_total_kwh")]
    if not trials:
        return []
    sources = sorted(
        {(part, row[f"energy_{part}_source"]) for row in trials for part in _PARTS if row.get(f"energy_{part}_source")}
    )
    total = sum(row["training_energy_total_kwh"] for row in trials)
    told = [f"Sources are {', '.join(f'{part} {source}' for part, source in sources)}."]
    constant = [part for part, source in sources if source == "constant"]
    shares = {part: sum(row.get(f"training_energy_{part}_kwh") or 0.0 for row in trials) / total for part in constant}
    if any(source == "modelled" for _, source in sources):
        told.append(
            "Modelled: the process's own CPU time, times the rated power of a thread, on a machine without counters of "
            "energy. Such figures compare networks on one machine, and may be off by 40 % as absolute ones."
        )
    for part, share in shares.items():
        told.append(
            f"Constant: {part} counts as a fixed power for as long as the training lasts, {share * 100:.0f} % of all "
            "energy here; so the total follows the duration more than the work."
        )
    others = [row["training_others_cpu_share"] for row in trials if row.get("training_others_cpu_share") is not None]
    if others and median(others) > _BUSY:
        told.append(
            f"The machine was shared: others kept {median(others) * 100:.0f} % of it busy at the median while "
            "networks were trained, which stretches durations and what follows from them. Processor time and the "
            "processor's energy are the process's own, and the ones to compare."
        )
    told.append("Energies are comparable within one host_class only.")
    return told


#: A machine that others keep busier than this is shared.
_BUSY = 0.05


def latency(rows: Sequence[Row]) -> str:
    """How latencies were measured, and how far two measurements of one network differ."""
    pinned = "pinned to one core" if all(row.get("core") is not None for row in rows) else "not pinned to a core"
    told = (
        f"of batches of 1 and of 128 images, by TensorFlow {_each(rows, 'tensorflow')} in one thread, {pinned} of "
        f"{_each(rows, 'processor')}; a compiled call from images in memory to probabilities, with weights as "
        "initialised, on which it does not depend. Where others kept the core busy, wall times are stretched; "
        "processor times are the ones to compare."
    )
    found = noise.latencies(rows)
    if not found:
        return told
    (networks,) = {one.networks for one in found}
    differ = ", ".join(f"{one.deviation * 100:.1f} % in `{one.measure}`" for one in found)
    return f"{told} Measurements of one network differ by {differ} (standard deviation, {networks} measured twice)."


def _each(rows: Sequence[Row], name: str) -> str:
    return " or ".join(sorted({str(row.get(name) or "unknown") for row in rows}))


def hosts(trials: Sequence[Row]) -> list[str]:
    """The classes of hosts, with the number of trainings on each."""
    found = Counter(str(row["host_class"]) for row in trials if row.get("host_class"))
    return [f"{name} ({number:,} trainings)" for name, number in sorted(found.items())]


def _accuracies(trials: Sequence[Row]) -> str:
    found = sorted(
        row["test_accuracy"] for row in trials if row["role"] == "network" and row.get("test_accuracy") is not None
    )
    return f"{found[0]:.3f} to {found[-1]:.3f}, median {median(found):.3f}" if found else "none yet"


def _noise(trials: Sequence[Row]) -> list[str]:
    """The table of pooled standard deviations."""
    kinds = {"repeat": "repeats, other seeds", "reference": "reference, same seed"}
    rows = []
    for role, what in kinds.items():
        for found in noise.deviations(noise.groups(trials, role)):
            value = f"{found.deviation * 100:.1f} % of the mean" if found.relative else f"{found.deviation:.4f}"
            rows.append(f"| {what} | {MEASURES[found.measure]} | {value} | {found.networks} | {found.trainings} |")
    if not rows:
        return ["No network has been trained more than once yet."]
    return [
        "Standard deviations between trainings of the same network, pooled over the networks: nothing can tell "
        "networks apart that are closer than their repeats.",
        "",
        "| trainings | of | standard deviation | networks | trainings |",
        "| --- | --- | ---: | ---: | ---: |",
        *rows,
    ]


def _named(table: Table, files: set[str]) -> str:
    names = [name for name in (csv_of(table), parquet_of(table)) if name in files]
    return ", ".join(f"`{name}`" for name in names)


def _columns(table: Table) -> list[str]:
    head = ["", f"### {table.name}", "", "| column | what |", "| --- | --- |"]
    return [*head, *(f"| `{column.name}` | {column.what} |" for column in table.columns)]
