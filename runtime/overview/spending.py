"""Time and energy of a run: by epoch, by phase, and by component with its source."""

from __future__ import annotations

from typing import Any

from cnngen.runtime import record
from cnngen.runtime.wording import duration, watt_hours, watts, worst

#: What the worker does in each phase.
_PHASES = {
    "idle": "doing nothing, before and after; not in the sum",
    "import": "starting TensorFlow",
    "data": "loading and splitting the images",
    "build": "building the network",
    "compile": "tracing and warming up, then everything put back",
    "train": "training, all epochs",
    "validate": "validation, all epochs",
    "evaluate": "evaluation on the test part",
    "inference": "predictions, one by one and 128 at a time",
}

_PARTS = ("cpu", "gpu", "ram", "total")


def history(result: dict[str, Any]) -> list[dict[str, Any]]:
    """One row an epoch."""
    rows = []
    for row in result["history"]:
        kwh = row["train_energy_kwh"]
        measures = {key: row[key] for key in ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")}
        rows.append(
            measures
            | {"train_duration_s": row["train_duration_s"], "train_energy_wh": None if kwh is None else kwh * 1000.0}
        )
    return rows


def phases(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Time and energy of each phase in order, with the texts that a table shows."""
    energy = result["energy"]
    if not energy:
        return []
    rows = []
    for phase in sorted(energy["phases"], key=_order):
        sums = energy["phases"][phase]
        source = worst(energy, sums)
        wh = {f"{part}_wh": sums[f"energy_{part}_kwh"] * 1000.0 for part in _PARTS}
        texts = {f"{part}_text": watt_hours(sums[f"energy_{part}_kwh"], source) for part in _PARTS}
        rows.append(
            {
                "phase": phase,
                "label": _PHASES.get(phase, phase),
                "duration_s": sums["duration_s"],
                "duration_text": duration(sums["duration_s"]),
                **wh,
                **texts,
                "power_w": sums["power_total_mean_w"],
                "power_text": watts(sums["power_total_mean_w"], source),
                "source": source,
            }
        )
    return rows


def _order(phase: str) -> int:
    return record.PHASES.index(phase) if phase in record.PHASES else len(record.PHASES)


def components(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Where the watts of each component come from, and its share of the training's energy."""
    energy = result["energy"]
    if not energy:
        return []
    training = energy["training"]
    total = training["energy_total_kwh"]
    return [
        {
            "component": name,
            "source": source["source"],
            "how": source["method"],
            "share": training[f"energy_{name}_kwh"] / total if total and source["source"] != "absent" else None,
        }
        for name, source in energy["sources"].items()
    ]
