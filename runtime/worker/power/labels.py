"""Where each component's watts come from: read off the hardware that CodeCarbon found, in words for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cnngen.runtime.worker.power.source import ABSENT, CONSTANT, MEASURED, MODELLED, Source

#: CodeCarbon's guess for a processor that its table does not hold, watts a thread.
UNKNOWN_CPU_WATTS_PER_THREAD = 4


def describe(hardware: Iterable[Any], tracking_mode: str) -> dict[str, Source]:
    """The source of the figures of cpu, gpu and ram, from the parts of a tracker that has been started."""
    found = {
        "cpu": Source(ABSENT, "CodeCarbon found no way to tell the processor's power"),
        "gpu": Source(ABSENT, "no GPU that tells its power"),
        "ram": Source(ABSENT, "CodeCarbon found no way to tell the memory's power"),
    }
    for part in hardware:
        kind = type(part).__name__
        if kind == "CPU":
            found["cpu"] = _cpu(part, tracking_mode)
        elif kind == "GPU" and part.num_gpus and part.gpu_ids != []:
            names = ", ".join(device["name"] for device in part.devices.get_gpu_static_info())
            found["gpu"] = Source(MEASURED, f"energy counter of the driver ({names})")
        elif kind == "RAM":
            found["ram"] = Source(CONSTANT, "5 W for each memory module, their number guessed from the memory's size")
        elif kind == "AppleSiliconChip":
            found[part.chip_part.lower()] = Source(MEASURED, "powermetrics of macOS")
        elif kind == "Raspberry":
            found[part.chip_part.lower()] = Source(MEASURED, "power management chip of the Raspberry Pi")
    return found


def _cpu(cpu: Any, tracking_mode: str) -> Source:
    mode = cpu._mode
    if mode == "intel_rapl":
        return Source(MEASURED, "RAPL energy counter of the processor, whole machine")
    if mode == "windows_emi":
        return Source(MEASURED, "Energy Meter Interface of Windows, whole machine")
    if mode == "intel_power_gadget":
        return Source(MEASURED, "Intel Power Gadget, whole machine")
    watts = f"{cpu._tdp:g} W"
    if cpu._tdp == UNKNOWN_CPU_WATTS_PER_THREAD * cpu._cpu_count:
        watts += f" ({UNKNOWN_CPU_WATTS_PER_THREAD} W a thread: the processor is not in CodeCarbon's table)"
    if mode == "constant":
        return Source(CONSTANT, f"half of the processor's rated {watts}")
    share = "the process's share of CPU time" if tracking_mode == "process" else "the load of the whole machine"
    return Source(MODELLED, f"{share} times the rated power, {watts}")
