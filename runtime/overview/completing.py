"""A record with every key, so that whoever shows it need not ask what is there."""

from __future__ import annotations

from typing import Any

_ERROR = {"stage": None, "class": None, "message": "no reason was told"}

_SUMS: dict[str, Any] = {
    "windows": 0,
    "duration_s": 0.0,
    "energy_cpu_kwh": 0.0,
    "energy_gpu_kwh": 0.0,
    "energy_ram_kwh": 0.0,
    "energy_total_kwh": 0.0,
    "energy_total_net_kwh": None,
    "power_total_mean_w": 0.0,
    "emissions_kg": None,
    "others_cpu_share": None,
    "contended": None,
    "indicative": None,
}

_IDLE: dict[str, Any] = {
    "duration_s": 0.0,
    "power_total_w": None,
    "power_total_sd_w": None,
}

_FORECAST: dict[str, Any] = {
    "after_epoch": None,
    "duration_s": None,
    "energy_wh": None,
    "memory_bytes": None,
    "basis": None,
}

_INFERENCE: dict[str, Any] = {
    "batch_size": None,
    "images": None,
    "energy_per_inference_j": None,
    "energy_per_inference_net_j": None,
    "latency_p50_ms": None,
    "latency_p95_ms": None,
    "images_per_s": None,
    "contended": None,
    "indicative": None,
}

_EPOCH: dict[str, Any] = {
    "epoch": 0,
    "loss": None,
    "accuracy": None,
    "val_loss": None,
    "val_accuracy": None,
    "learning_rate": None,
    "train_duration_s": None,
    "train_energy_kwh": None,
}

_ENERGY: dict[str, Any] = {
    "meter": "unknown",
    "meter_version": None,
    "tracking_mode": None,
    "sources": {},
    "training": _SUMS,
    "total": _SUMS,
    "phases": {},
    "idle": None,
    "contention_threshold": None,
    "cross_check": [],
}

_CARBON: dict[str, Any] = {
    "country_name": None,
    "country_iso_code": None,
    "intensity_g_per_kwh": None,
    "intensity_year": None,
    "intensity_source": None,
    "training_kg": None,
    "total_kg": None,
}

_RECORD: dict[str, Any] = {
    "status": "unfinished",
    "error": None,
    "run": {
        "id": None,
        "started_utc": None,
        "ended_utc": None,
        "duration_s": None,
        "epochs_executed": 0,
        "stopped_by": None,
        "forked": None,
        "repeat": None,
        "weights_sha256": None,
        "device": None,
        "device_name": None,
    },
    "program": {"name": "unnamed", "hash": None},
    "network": {"layers": None, "parameters": None, "macs": None},
    "data": {
        "name": None,
        "source": None,
        "shape": None,
        "classes": None,
        "images_train": None,
        "images_validation": None,
        "images_test": None,
        "sha256": None,
    },
    "training": {
        "epochs": None,
        "batch_size": None,
        "optimizer": None,
        "learning_rate": None,
        "seed": None,
        "test_split": None,
        "validation_split": None,
        "loss": None,
        "jit_compile": None,
        "steps_per_execution": None,
        "deterministic": None,
        "arguments": None,
    },
    "quality": {"test_accuracy": None, "test_loss": None},
    "history": [],
    "measuring": {"idle_s": None, "inference_s": None, "max_energy_wh": None, "max_time_s": None},
    "efficiency": {"images_trained": None, "peak_memory_bytes": None, "peak_gpu_memory_bytes": None},
    "inference": [],
    "forecast": [],
    "energy": None,
    "carbon": None,
}


def completed(result: dict[str, Any], folder: str) -> dict[str, Any]:
    """The record with None, 0 or nothing where it says nothing; `folder` is the name of the run's folder."""
    whole = _filled(_RECORD, result)
    whole["run"]["id"] = whole["run"]["id"] or folder
    whole["history"] = [_filled(_EPOCH, row) for row in whole["history"]]
    whole["inference"] = [_filled(_INFERENCE, row) for row in whole["inference"]]
    whole["forecast"] = [_filled(_FORECAST, row) for row in whole["forecast"]]
    for part, empty in (("error", _ERROR), ("energy", _ENERGY), ("carbon", _CARBON)):
        if whole[part] is not None:
            whole[part] = _filled(empty, whole[part])
    if whole["energy"]:
        energy = whole["energy"]
        energy["phases"] = {phase: _filled(_SUMS, sums) for phase, sums in energy["phases"].items()}
        if energy["idle"] is not None:
            energy["idle"] = _filled(_IDLE, energy["idle"])
        unknown = {"source": "constant", "method": "not told"}
        energy["sources"] = {name: _filled(unknown, source) for name, source in energy["sources"].items()}
    return whole


def _filled(empty: dict[str, Any], found: Any) -> dict[str, Any]:
    """`found` over `empty`, key by key. Something of another kind than `empty` has counts as not there."""
    found = found if isinstance(found, dict) else {}
    whole = {**empty, **found}
    for key, default in empty.items():
        if isinstance(default, dict):
            whole[key] = _filled(default, found.get(key))
        elif isinstance(default, list) and not isinstance(whole[key], list):
            whole[key] = []
    return whole
