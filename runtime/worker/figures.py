"""From windows to the record's figures: sums, idle power and net energy, doubts, and what an image or an epoch took."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cnngen.runtime.worker.energy import JOULES_PER_KWH, Window
from cnngen.runtime.worker.power.source import ABSENT, COMPONENTS, MEASURED, Source

#: A window or a sum of windows that is shorter, in seconds, or holds fewer readings, is *indicative* only.
SHORTEST, FEWEST_TICKS = 10.0, 16

#: The share of the machine's CPU time that others may take before a figure is marked *contended*.
CONTENTION = 0.05


def energy_of(windows: Iterable[Window], idle_w: float | None) -> dict[str, Any]:
    """The sum of windows: seconds, kWh (gross; net of the idle power too), kg, mean power, and what to think of it.

    A mean power is energy over duration. `energy_total_net_kwh` is what came on top of idling; None without idle power.
    """
    windows = list(windows)
    duration = sum(window.duration_s for window in windows)
    kwh = {name: sum(getattr(window, f"energy_{name}_kwh") for window in windows) for name in (*COMPONENTS, "total")}
    known = windows and all(window.emissions_kg is not None for window in windows)
    seen = [(window.seen, window.duration_s) for window in windows if window.seen]
    # Of windows without a sampler nobody knows who else was at work.
    whole = bool(windows) and len(seen) == len(windows) and duration > 0
    others = sum(look.others_cpu_share * seconds for look, seconds in seen) / duration if whole else None
    ticks = sum(look.ticks for look, _ in seen)
    return {
        "windows": len(windows),
        "duration_s": duration,
        **{f"energy_{name}_kwh": value for name, value in kwh.items()},
        "energy_total_net_kwh": None if idle_w is None else kwh["total"] - idle_w * duration / JOULES_PER_KWH,
        **{
            f"power_{name}_mean_w": value * JOULES_PER_KWH / duration if duration else 0.0
            for name, value in kwh.items()
        },
        "emissions_kg": sum(window.emissions_kg or 0.0 for window in windows) if known else None,
        "cpu_time_s": sum(look.cpu_time_s for look, _ in seen) if whole else None,
        "others_cpu_share": others,
        "ticks": ticks,
        "contended": None if others is None else others > CONTENTION,
        "indicative": duration < SHORTEST or ticks < FEWEST_TICKS,
    }


def idle_of(windows: Sequence[Window]) -> dict[str, Any] | None:
    """The machine's (or the process's) power while the trainer does nothing, in W; None when it was not measured."""
    idle = [window for window in windows if window.phase == "idle" and window.duration_s > 0]
    if not idle:
        return None
    sums = energy_of(idle, None)
    looks = [window.seen for window in idle if window.seen]
    ticks = sum(look.ticks for look in looks)
    spread = None
    if ticks > 1:
        mean = sum(look.watts for look in looks) / ticks
        squares = sum(look.watts_squared for look in looks)
        spread = math.sqrt(max(0.0, (squares - ticks * mean * mean) / (ticks - 1)))
    return {
        "duration_s": sums["duration_s"],
        "ticks": ticks,
        **{f"power_{name}_w": sums[f"power_{name}_mean_w"] for name in (*COMPONENTS, "total")},
        "power_total_sd_w": spread,
        **{
            f"power_{part}_w": next(
                (w.energy_total_kwh * JOULES_PER_KWH / w.duration_s for w in idle if w.part == part), None
            )
            for part in ("before", "after")
        },
        "others_cpu_share": sums["others_cpu_share"],
        "contended": sums["contended"],
    }


def shares_of(sums: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, float]:
    """How much of a sum's energy is measured, modelled and constant, as shares of 1."""
    shares: dict[str, float] = {}
    total = sums["energy_total_kwh"]
    for name, source in sources.items():
        if total and source.source != ABSENT:
            shares[source.source] = shares.get(source.source, 0.0) + sums[f"energy_{name}_kwh"] / total
    return shares


def cross_check(windows: Iterable[Window], sampled: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Beside the meter of record, what our own readers of the hardware's counters say of the same windows.

    A component that no counter of ours measures is left out: two models that agree check nothing.
    """
    seen = [window for window in windows if window.seen]
    checks = []
    for name, told in sampled.items():
        if told["source"] != MEASURED or not seen:
            continue
        own = sum(window.seen.joules.get(name, 0.0) for window in seen if window.seen) / JOULES_PER_KWH
        meter = sum(getattr(window, f"energy_{name}_kwh") for window in seen)
        checks.append(
            {
                "component": name,
                "method": told["method"],
                "energy_meter_kwh": meter,
                "energy_reader_kwh": own,
                "ratio": meter / own if own else None,
            }
        )
    return checks


def efficiency_of(
    training: Mapping[str, Any], images: int, epochs: int, accuracy: float | None, memory: Mapping[str, int | None]
) -> dict[str, Any]:
    """What an image and an epoch of training took, and what the accuracy cost. `images` were trained on in all epochs.

    `accuracy_per_wh` is the test accuracy (0 to 1) over the gross energy of the training windows.
    """
    joules = training["energy_total_kwh"] * JOULES_PER_KWH
    wh = training["energy_total_kwh"] * 1000.0
    seconds = training["duration_s"]
    return {
        "images_trained": images,
        "images_per_s": images / seconds if seconds else None,
        "energy_per_image_j": joules / images if images else None,
        "energy_per_epoch_j": joules / epochs if epochs else None,
        "duration_per_epoch_s": seconds / epochs if epochs else None,
        "accuracy_per_wh": accuracy / wh if accuracy is not None and wh else None,
        "peak_memory_bytes": memory["host"],
        "peak_gpu_memory_bytes": memory["gpu"],
    }
