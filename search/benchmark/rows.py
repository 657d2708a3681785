"""A run's record as one flat row: what a table of trials holds, with the unit in the name of each figure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cnngen.runtime import record

#: Columns of the table of trials behind those of the ledger, and where a record has them.
FIGURES: dict[str, str] = {
    "layers": "network.layers",
    "parameters": "network.parameters",
    "macs": "network.macs",
    "images_train": "data.images_train",
    "images_validation": "data.images_validation",
    "images_test": "data.images_test",
    "epochs_executed": "run.epochs_executed",
    "test_accuracy": "quality.test_accuracy",
    "test_loss": "quality.test_loss",
    "training_duration_s": "energy.training.duration_s",
    "run_duration_s": "run.duration_s",
    "training_energy_cpu_kwh": "energy.training.energy_cpu_kwh",
    "training_energy_gpu_kwh": "energy.training.energy_gpu_kwh",
    "training_energy_ram_kwh": "energy.training.energy_ram_kwh",
    "training_energy_total_kwh": "energy.training.energy_total_kwh",
    "training_cpu_time_s": "energy.training.cpu_time_s",
    "training_others_cpu_share": "energy.training.others_cpu_share",
    "run_energy_total_kwh": "energy.total.energy_total_kwh",
    "training_emissions_kg": "energy.training.emissions_kg",
    "energy_cpu_source": "energy.sources.cpu.source",
    "energy_gpu_source": "energy.sources.gpu.source",
    "energy_ram_source": "energy.sources.ram.source",
    "peak_memory_bytes": "efficiency.peak_memory_bytes",
    "device": "run.device",
    "started_utc": "run.started_utc",
    "ended_utc": "run.ended_utc",
}

#: What the last epoch says, beside the test.
_LAST = {"train_accuracy": "accuracy", "validation_accuracy": "val_accuracy"}

EPOCHS = (
    "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "train_duration_s", "train_energy_kwh",
    "validate_duration_s", "validate_energy_kwh",
)  # fmt: skip


def row(run_dir: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of a run's record, and its epochs. Raises OSError and ValueError where there is no record."""
    result = record.read(run_dir)
    found = {column: _at(result, path) for column, path in FIGURES.items()}
    history = result["history"]
    found |= {column: history[-1].get(key) if history else None for column, key in _LAST.items()}
    found["host_class"] = host_class(run_dir)
    found["stage"] = (result["error"] or {}).get("stage")
    found["reason"] = (result["error"] or {}).get("message")
    return found, [{key: epoch.get(key) for key in EPOCHS} for epoch in history]


def host_class(run_dir: Path) -> str | None:
    """The class of the machine that a run was on; None where the run ended before it was known."""
    try:
        told = json.loads((run_dir / record.PROVENANCE).read_text(encoding="utf-8"))
        return class_of(told["machine"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def class_of(machine: dict[str, Any]) -> str:
    """What energy may be compared within: processor, usable cores and GPU, of a machine as provenance has it."""
    parts = [machine.get("processor") or machine.get("architecture"), f"{machine.get('cores_usable')} cores"]
    return ", ".join(str(part) for part in (*parts, machine.get("gpu")) if part)


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
