"""Repeated runs: the same request several times, and what the repetitions say together.

The group's record is a file beside the folders of its runs, `NAME.group.json`, written anew whenever one of them begins
or ends.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.runs import folder_name
from cnngen.runtime.sources import Shares, above_idling, shares_of, shares_text, weakest
from cnngen.runtime.wording import (
    DIGITS,
    SOURCES,
    duration,
    joules_text,
    net_of_idling,
    percent,
    significant,
    watt_hours,
    watts,
)

GROUP_SCHEMA = 1

#: Where a record has the digest of all images and labels.
_IMAGES = ("data", "sha256")

SUFFIX = ".group.json"

#: The page that shows the runs of a group over one another.
PAGE = ".html"

#: The status of a group that goes on; it ends as `done`, `cancelled` or `failed`.
RUNNING = "running"

#: Student's t, 97.5 %, for 1 to 30 degrees of freedom: the two-sided 95 % interval. Beyond, see `_t`.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which run of a group a run is: the `number`th `of` so many."""

    group: str
    number: int
    of: int


#: The figures of a group by their names, each with its way through a run's record.
FIGURES: dict[str, tuple[str, ...]] = {
    "test_accuracy": ("quality", "test_accuracy"),
    "training_time_s": ("energy", "training", "duration_s"),
    "training_energy_kwh": ("energy", "training", "energy_total_kwh"),
    "training_energy_net_kwh": ("energy", "training", "energy_total_net_kwh"),
    "training_power_w": ("energy", "training", "power_total_mean_w"),
    "training_cpu_time_s": ("energy", "training", "cpu_time_s"),
    "energy_per_image_j": ("efficiency", "energy_per_image_j"),
    "energy_per_epoch_j": ("efficiency", "energy_per_epoch_j"),
    "accuracy_per_wh": ("efficiency", "accuracy_per_wh"),
    "peak_memory_bytes": ("efficiency", "peak_memory_bytes"),
    "others_cpu_share": ("energy", "training", "others_cpu_share"),
}

#: Those of them that are made of the training's whole energy, and so of its sources.
_OF_TRAINING = frozenset(
    {"training_energy_kwh", "training_power_w", "energy_per_image_j", "energy_per_epoch_j", "accuracy_per_wh"}
)


def group_name(program: str, of: int, began: datetime) -> str:
    """What a group is called; its runs have names of their own."""
    return folder_name(program, f"x{of}", began)


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Number, median, mean, standard deviation, coefficient of variation, and the 95 % interval of the mean.

    The interval is Student's, for values that scatter normally; one value has none, and no deviation.
    """
    mean = statistics.fmean(values)
    told: dict[str, Any] = {"n": len(values), "median": statistics.median(values), "mean": mean}
    if len(values) < 2:
        return {**told, "sd": None, "cv": None, "ci95_low": None, "ci95_high": None}
    deviation = statistics.stdev(values)
    half = _t(len(values) - 1) * deviation / math.sqrt(len(values))
    return {
        **told,
        "sd": deviation,
        "cv": deviation / abs(mean) if mean else None,
        "ci95_low": mean - half,
        "ci95_high": mean + half,
    }


def group_record(name: str, asked: int, results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the finished runs of a group say together.

    Runs that are not done are named, and no part of any figure; nor are those that found other images under the data
    set's path than the first, since they repeat nothing.
    """
    ended = [result for result in results if result["status"] == "done"]
    done = [result for result in ended if _along(result, _IMAGES) == _along(ended[0], _IMAGES)]
    figures = {}
    for figure, way in FIGURES.items():
        values = [value for result in done if (value := _along(result, way)) is not None]
        if values:
            figures[figure] = spread(values) | _sources(figure, done)
    for size in sorted({row["batch_size"] for result in done for row in result["inference"]}):
        rows = [row for result in done for row in result["inference"] if row["batch_size"] == size]
        for key in ("energy_per_inference_j", "latency_p50_ms", "latency_p95_ms"):
            figure = f"inference_batch_{size}_{key}"
            figures[figure] = spread([row[key] for row in rows]) | _sources(figure, done)
    return {
        "schema": GROUP_SCHEMA,
        "name": name,
        "asked": asked,
        "done": len(done),
        "other_images": len(ended) - len(done),
        "forked": sum(bool(_along(result, ("run", "forked"))) for result in done),
        "contended": sum(bool(_along(result, ("energy", "training", "contended"))) for result in done),
        "indicative": sum(bool(_along(result, ("energy", "training", "indicative"))) for result in done),
        "runs": [{"id": result["run"]["id"], "status": result["status"]} for result in results],
        "figures": figures,
    }


def write(
    runs_dir: Path,
    name: str,
    asked: int,
    results: Sequence[dict[str, Any]],
    status: str,
    *,
    error: str | None = None,
    now: dict[str, Any] | None = None,
) -> Path:
    """Write the group's record beside its runs. Raises OSError.

    `error` is why a group failed where no run says it; `now` is the event that tells what goes on between two runs.
    """
    path = runs_dir / f"{name}{SUFFIX}"
    state = {"status": status, "error": error, "now": now}
    record.write_json(path, {**group_record(name, asked, results), **state})
    return path


def group_summary(told: dict[str, Any]) -> list[tuple[str, str]]:
    """What a group's record says, as (label, text) lines for people."""
    runs = f"{told['done']} of {told['asked']} done"
    doubts = [f"{told[mark]} {mark}" for mark in ("contended", "indicative") if told[mark]]
    if told["other_images"]:
        doubts.append(f"{told['other_images']} left out: the data set was changed meanwhile")
    lines = [("Repeated", ", ".join([runs, *doubts]))]
    for figure, (label, form) in _SHOWN.items():
        if found := told["figures"].get(figure):
            lines.append((label, _scatter(found, form, figure.endswith("net_kwh"))))
    return lines


def _sources(figure: str, done: Sequence[dict[str, Any]]) -> dict[str, Shares]:
    """The `shares` of a figure that is made of energy: how much of it is measured, modelled, constant, as runs have it
    in the mean. Nothing for any other figure.
    """
    told = []
    for energy in (result["energy"] for result in done if result["energy"]):
        if figure in _OF_TRAINING:
            told.append(shares_of(energy, energy["training"]))
        elif figure == "training_energy_net_kwh":
            told.append(shares_of(energy, above_idling(energy)))
        elif figure.endswith("energy_per_inference_j"):
            told.append(shares_of(energy, energy["phases"].get("inference", energy["total"])))
    means = {name: statistics.fmean(each.get(name, 0.0) for each in told) for name in SOURCES if told}
    found = {name: share for name, share in means.items() if share > 0}
    return {"shares": found} if found else {}


def _scatter(found: dict[str, Any], written: Callable[[float, str], str], signed: bool) -> str:
    # Groups of before did not say their sources, and are written with the digits that the weakest one is worth.
    shares = found.get("shares")
    source = weakest(shares) if shares else "constant"
    made = f"; {shares_text(shares)}" if shares else ""

    def form(value: float) -> str:
        return written(value, source)

    median = form(found["median"])
    if signed:
        median = net_of_idling(found["median"], median)
    if found["n"] == 1:
        return f"{median} (n=1, no interval{made})"
    # Student's interval knows no sign; a time or an energy has none below 0.
    low = found["ci95_low"] if signed else max(found["ci95_low"], 0.0)
    varied = "" if found["cv"] is None else f", varying by {significant(100 * found['cv'], 2)} %"
    return (
        f"{median} median; mean {form(found['mean'])}, 95 % interval {form(low) if low else '0'} to "
        f"{form(found['ci95_high'])}{varied} (n={found['n']}{made})"
    )


def _joules(value: float, source: str) -> str:
    return joules_text(value, DIGITS[source])


#: The figures of a summary: what each is called, and how it is written with the digits that its source is worth.
_SHOWN: dict[str, tuple[str, Callable[[float, str], str]]] = {
    "test_accuracy": ("Test accuracy", lambda share, _: percent(share)),
    "training_time_s": ("Training time", lambda seconds, _: duration(seconds)),
    "training_energy_kwh": ("Training energy", watt_hours),
    "training_energy_net_kwh": ("Net of idling", watt_hours),
    "training_power_w": ("Mean power", watts),
    "energy_per_image_j": ("An image", _joules),
    "inference_batch_1_energy_per_inference_j": ("A prediction", _joules),
    "inference_batch_128_energy_per_inference_j": ("One of 128", _joules),
}


def _along(result: dict[str, Any], way: tuple[str, ...]) -> Any:
    found: Any = result
    for key in way:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _t(freedom: int) -> float:
    """Student's t, 97.5 %: from the table, and beyond it by the first terms of its expansion around the normal one
    (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5), good to three digits there.
    """
    if freedom <= len(_T):
        return _T[freedom - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
