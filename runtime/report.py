"""`report.md`: what came of a run, on one page for people."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.chart import learning_curve
from cnngen.runtime.wording import duration, percent, summary, watt_hours, watts, worst

_PHASES = {
    "import": "starting TensorFlow",
    "data": "loading and splitting the images",
    "build": "building the network",
    "compile": "tracing and warming up, then everything put back",
    "train": "training, all epochs",
    "validate": "validation, all epochs",
    "evaluate": "evaluation on the test part",
}

_FILES = (
    (record.PROGRAM, "the program"),
    (record.MODEL, "the generated Keras code that was trained"),
    (record.NETWORK, "the network with every shape and cost"),
    (record.RESULT, "the record, all figures with their units"),
    (record.HISTORY, "one line an epoch"),
    (record.WINDOWS, "energy, one line a measuring window"),
    (record.POWER, "power, about one line a second"),
    (record.PROVENANCE, "versions, settings, hardware, digests of the data"),
    (record.LOG, "what the libraries said"),
)

_CAVEAT = " Figures that are not measured can be off by some 40 %: compare them on one machine only."

#: A longer table is no reading matter; the rest is in `history.csv`.
_ROWS = 40


def write(run_dir: Path) -> Path:
    """Write the report of a run beside its record, with the learning curve. Raises OSError and ValueError."""
    result = record.read(run_dir)
    curve = learning_curve(result["history"])
    if curve:
        record.write_text(run_dir / record.CURVES, curve)
    path = run_dir / record.REPORT
    record.write_text(path, compose(result, {entry.name for entry in run_dir.iterdir()}, _provenance(run_dir)))
    return path


def compose(result: dict[str, Any], files: set[str], provenance: dict[str, Any] | None) -> str:
    """The page as Markdown. `files` are the names of what lies beside it."""
    sections = [
        f"# {escape(result['program']['name'])}",
        _table(("", ""), summary(result)),
        f"![Accuracy over the epochs]({record.CURVES})" if record.CURVES in files else "",
        _energy(result),
        _epochs(result, files),
        _network(files),
        _repeat(result),
        _made_with(provenance),
        "## Files\n\n" + _table(("file", "what it holds"), ((f"[{n}]({n})", t) for n, t in _FILES if n in files)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def escape(text: str) -> str:
    """Text from a program or a path, so that Markdown shows it and does not obey it."""
    shown = "".join(f"\\{sign}" if sign in "\\`*_[]<>|~$&" else sign for sign in text)
    return " ".join(shown.split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    # The cells of a table of links are links; everything else was made by `wording` from escaped or plain figures.
    lines += ["| " + " | ".join(cell if cell.startswith("[") else escape(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _network(files: set[str]) -> str:
    picture = next((name for name in ("diagram.svg", "diagram.png") if name in files), None)
    return f"## Network\n\n![The network]({picture})" if picture else ""


def _energy(result: dict[str, Any]) -> str:
    energy = result["energy"]
    if not energy:
        return ""
    parts = [name for name, source in energy["sources"].items() if source["source"] != "absent"]
    rows = []
    for phase, figures in [*energy["phases"].items(), ("all windows", energy["total"])]:
        source = worst(energy, figures)
        rows.append(
            (
                phase,
                _PHASES.get(phase, "the sum"),
                duration(figures["duration_s"]),
                *(watt_hours(figures[f"energy_{part}_kwh"], source) for part in (*parts, "total")),
                watts(figures["power_total_mean_w"], source),
            )
        )
    sources = [(name.upper(), source["source"], source["method"]) for name, source in energy["sources"].items()]
    return (
        "## Energy\n\n"
        + _table(("phase", "what", "time", *(part.upper() for part in parts), "together", "mean power"), rows)
        + "\n\nWindows follow one another and never overlap. Where each figure comes from:\n\n"
        + _table(("part", "source", "how"), sources)
        + f"\n\nMeter: {escape(energy['meter'])} {escape(str(energy['meter_version']))}, counting the "
        + ("process." if energy["tracking_mode"] == "process" else "whole machine.")
        + ("" if worst(energy, energy["total"]) == "measured" else _CAVEAT)
    )


def _epochs(result: dict[str, Any], files: set[str]) -> str:
    history = result["history"]
    if not history:
        return ""
    energy = result["energy"]
    rows = []
    for row in history[:_ROWS]:
        rows.append(
            (
                str(row["epoch"]),
                _number(row["loss"]),
                _share(row["accuracy"]),
                _number(row["val_loss"]),
                _share(row["val_accuracy"]),
                duration(row["train_duration_s"]),
                watt_hours(row["train_energy_kwh"], worst(energy, energy["training"])),
            )
        )
    text = "## Epochs\n\n" + _table(
        ("epoch", "loss", "accuracy", "validation loss", "validation accuracy", "training time", "training energy"),
        rows,
    )
    if len(history) > _ROWS:
        text += f"\n\nThe first {_ROWS} of {len(history)} epochs; all are in [{record.HISTORY}]({record.HISTORY})."
    return text


def _repeat(result: dict[str, Any]) -> str:
    training, data = result["training"], result["data"]
    options = "".join(
        f" \\\n    --{name.replace('_', '-')} {training[name]}"
        for name in ("epochs", "batch_size", "optimizer", "learning_rate", "seed", "test_split", "validation_split")
    )
    country = f" \\\n    --country {result['carbon']['country_iso_code']}" if result["carbon"] else ""
    dataset = str(data["name"])
    if not all(sign.isalnum() or sign in "_-./" for sign in dataset):
        dataset = "PATH"  # A path with other signs is left to the reader's shell to quote.
    return (
        "## Repeat it\n\n"
        f"```sh\ncnngen train {record.PROGRAM} --dataset {dataset}{options}{country}\n```\n\n"
        f"The network's SHA-256 is `{result['program']['hash']}`. The whole set is shuffled by the seed, "
        f"{100 * training['test_split']:g} % of it are kept for the test, "
        f"{100 * training['validation_split']:g} % of the rest for validation; "
        f"jit\\_compile is {'on' if training['jit_compile'] else 'off'}."
    )


def _made_with(provenance: dict[str, Any] | None) -> str:
    if not provenance:
        return ""
    machine = provenance["machine"]
    packages = provenance["packages"]
    shown = [f"{name} {packages[name]}" for name in packages if name not in ("all", "all_sha256")]
    rows = [
        ("Python", provenance["python"]["version"]),
        ("Packages", ", ".join(shown)),
        ("System", f"{machine['system']}{', a virtual machine' if machine['virtual'] else ''}"),
        ("Processor", f"{machine['processor']}, {machine['cores_usable']} of {machine['cores_logical']} threads"),
        ("Memory", f"{machine['ram_gb']:.1f} GB" if machine["ram_gb"] else "unknown"),
        ("Trained on", str(machine["device"])),
        ("Digest of the data", provenance["data"]["sha256"]),
    ]
    return "## Made with\n\n" + _table(("", ""), rows)


def _provenance(run_dir: Path) -> dict[str, Any] | None:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((run_dir / record.PROVENANCE).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else None
    return None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _share(value: float | None) -> str:
    return "" if value is None else percent(value)
