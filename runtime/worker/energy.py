"""Energy in windows that follow one another: CodeCarbon's figures, and beside them what the sampler saw.

CodeCarbon is the meter of record: each figure of a run is its. The sampler's sums tell what CodeCarbon does not, how
busy everybody else was and how many readings there were, and what the hardware's counters say by our own reading.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cnngen.runtime.worker.power.codecarbon_meter import CodeCarbon
from cnngen.runtime.worker.power.observer import Observer

JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True)
class Seen:
    """What the sampler saw in one window.

    `joules` per component it counts, `ticks` readings with the sum of their powers (W) and of the squares, CPU seconds
    of the trainer, of the sampler and of everybody else on the machine, and the share of the machine's CPU time that
    the others took.
    """

    joules: dict[str, float]
    ticks: int
    watts: float
    watts_squared: float
    cpu_time_s: float
    sampler_cpu_s: float
    others_cpu_s: float
    others_cpu_share: float


@dataclass(frozen=True)
class Window:
    """What one window took. Energies in kWh, emissions in kg CO2-equivalent (None without a country).

    `part` tells windows of one phase apart: before and after of idle, batch_1 and batch_128 of inference. `seen` is
    None when there was no sampler.
    """

    phase: str
    epoch: int | None
    start_s: float
    duration_s: float
    energy_cpu_kwh: float
    energy_gpu_kwh: float
    energy_ram_kwh: float
    emissions_kg: float | None
    part: str | None = None
    seen: Seen | None = field(default=None, compare=False)

    @property
    def energy_total_kwh(self) -> float:
        """The energy of all components, in kWh."""
        return self.energy_cpu_kwh + self.energy_gpu_kwh + self.energy_ram_kwh

    def to_json(self) -> dict[str, Any]:
        """The window as plain data."""
        seen = self.seen
        return {
            **{key: value for key, value in asdict(self).items() if key != "seen"},
            "energy_total_kwh": self.energy_total_kwh,
            "cpu_time_s": seen.cpu_time_s if seen else None,
            "others_cpu_share": seen.others_cpu_share if seen else None,
            "ticks": seen.ticks if seen else None,
        }


class Meter:
    """Measures windows, one at a time.

    `gpus` are the indices, in the order of the PCI bus, of the GPUs that count; an empty list for a run on the CPU.
    """

    def __init__(self, run_dir: Path, iso3: str | None, gpus: list[int]) -> None:
        self.windows: list[Window] = []
        self.began = time.monotonic()
        self._observer = Observer(run_dir)  # starts while CodeCarbon looks at the hardware
        self._record = CodeCarbon(iso3, gpus)
        self._open: tuple[str, int | None, str | None, float, dict[str, Any] | None] | None = None
        self.tracking_mode = self._record.tracking_mode
        self.sources = self._record.sources
        #: What the sampler counts, and how: {component: {source, method}}; empty without a sampler.
        self.sampled = self._observer.configure({"began": self.began, "gpus": gpus, **self._record.model})
        self.configuration = self._record.configuration
        #: What is modelled where nothing is measured: cpu_rated_w, cpus, ram_w.
        self.model = self._record.model

    @property
    def gpus(self) -> list[int]:
        """The GPUs that count."""
        return self._record.gpus

    def count_gpus(self, gpus: list[int]) -> None:
        """Count these GPUs from the next window on."""
        self._record.count_gpus(gpus)
        self.sources = self._record.sources
        self._observer.count_gpus(gpus)

    def begin(self, phase: str, epoch: int | None = None, part: str | None = None) -> None:
        """Open a window. Raises RuntimeError when one is open: energy must never be counted twice."""
        if self._open is not None:
            raise RuntimeError(f"the window {self._open[0]} is still open")
        # CodeCarbon's reading takes milliseconds of the trainer's own time, the sampler's a fraction of one.
        self._record.start()
        sums = self._observer.mark(phase, epoch, part)
        started = time.monotonic()
        self._open = (phase, epoch, part, started, sums)

    def end(self) -> Window | None:
        """Close the open window and return what it took; None where none is open."""
        if self._open is None:
            return None
        phase, epoch, part, started, before = self._open
        self._open = None
        duration = time.monotonic() - started
        after = self._observer.mark(None)
        taken = self._record.stop()
        window = Window(
            phase=phase,
            epoch=epoch,
            start_s=started - self.began,
            duration_s=duration,
            energy_cpu_kwh=taken.cpu_kwh,
            energy_gpu_kwh=taken.gpu_kwh,
            energy_ram_kwh=taken.ram_kwh,
            emissions_kg=taken.emissions_kg,
            part=part,
            seen=_between(before, after, duration),
        )
        self.windows.append(window)
        return window

    def spent_kwh(self) -> float:
        """The energy of all windows but idle ones, and of the open one as far as the sampler has seen it."""
        spent = sum(window.energy_total_kwh for window in self.windows if window.phase != "idle")
        if self._open and self._open[0] != "idle" and (before := self._open[4]) and (now := self._observer.sums()):
            spent += (
                sum(now["joules"][name] - before["joules"].get(name, 0.0) for name in now["joules"]) / JOULES_PER_KWH
            )
        return spent

    def sampling(self) -> dict[str, Any] | None:
        """What the sampler itself has cost so far, and how often it looks; None when there is none."""
        sums = self._observer.sums()
        if sums is None:
            return None
        return {"ticks": sums["ticks"], "cpu_time_s": sums["sampler_cpu_s"], "peak_rss_bytes": sums["peak_rss_bytes"]}

    def close(self) -> None:
        """End an open window and the power trace."""
        self.end()
        self._record.close()
        self._observer.close()


def _between(before: dict[str, Any] | None, after: dict[str, Any] | None, duration: float) -> Seen | None:
    """The difference of two answers of the sampler."""
    if not before or not after:
        return None
    trainer, sampler, machine = (
        after[key] - before[key] for key in ("trainer_cpu_s", "sampler_cpu_s", "machine_busy_s")
    )
    # The machine's sum is of whole ticks of 10 ms, the process's is exact.
    others = max(0.0, machine - trainer - sampler)
    return Seen(
        joules={name: value - before["joules"].get(name, 0.0) for name, value in after["joules"].items()},
        ticks=after["ticks"] - before["ticks"],
        watts=after["watts"] - before["watts"],
        watts_squared=after["watts_squared"] - before["watts_squared"],
        cpu_time_s=trainer,
        sampler_cpu_s=sampler,
        others_cpu_s=others,
        others_cpu_share=others / (after["cpus"] * duration) if duration else 0.0,
    )
