"""Time and energy of a run: by epoch, by phase, and by component with its source."""

from __future__ import annotations

from typing import Any

from cnngen.runtime import record
from cnngen.runtime.sources import shares_of, shares_text
from cnngen.runtime.wording import DIGITS, duration, joules_text, net_of_idling, significant, watt_hours, watts, worst

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
                "source_text": shares_text(shares_of(energy, sums)),
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


def inference(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Energy and time of a prediction at each batch size that was measured, with the texts that a table shows."""
    energy = result["energy"]
    rows = [row for row in result["inference"] if row["energy_per_inference_j"] is not None]
    if not energy or not rows:
        return []
    sums = energy["phases"].get("inference", energy["total"])
    source, made = worst(energy, sums), shares_text(shares_of(energy, sums))
    digits = DIGITS[source]
    found = []
    for row in rows:
        net, p50, p95 = row["energy_per_inference_net_j"], row["latency_p50_ms"], row["latency_p95_ms"]
        told = {key: row[key] for key in ("batch_size", "images", "images_per_s", "contended", "indicative")}
        found.append(
            told
            | {
                "energy_j": row["energy_per_inference_j"],
                "energy_text": joules_text(row["energy_per_inference_j"], digits),
                "energy_net_text": None if net is None else net_of_idling(net, joules_text(net, digits)),
                "latency_p50_ms": p50,
                "latency_p95_ms": p95,
                "latency_p50_text": None if p50 is None else f"{significant(p50, 3)} ms",
                "latency_p95_text": None if p95 is None else f"{significant(p95, 3)} ms",
                "throughput_text": None if row["images_per_s"] is None else f"{significant(row['images_per_s'], 3)}/s",
                "source": source,
                "source_text": made,
            }
        )
    return found


def cross_check(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Of each measured component, the meter's energy of the training beside that of our own reader."""
    checks = result["energy"]["cross_check"] if result["energy"] else []
    return [
        {
            "component": check["component"],
            "how": check["method"],
            "meter_text": watt_hours(check["energy_meter_kwh"], "measured"),
            "reader_text": watt_hours(check["energy_reader_kwh"], "measured"),
            "ratio": check["ratio"],
        }
        for check in checks
    ]


def forecast(result: dict[str, Any]) -> dict[str, Any] | None:
    """The last forecast of the whole run, with a text; None where there was none."""
    if not result["forecast"]:
        return None
    last = result["forecast"][-1]
    told = {key: last[key] for key in ("after_epoch", "duration_s", "energy_wh", "memory_bytes", "basis")}
    parts = [duration(last["duration_s"])] if last["duration_s"] is not None else []
    parts += [watt_hours(last["energy_wh"] / 1000.0, "modelled")] if last["energy_wh"] is not None else []
    parts += [f"{last['memory_bytes'] / 1e6:,.0f} MB of memory"] if last["memory_bytes"] is not None else []
    return told | {"text": ", ".join(parts)}
