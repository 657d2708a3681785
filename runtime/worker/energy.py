"""Energy in windows: CodeCarbon 3.3 behind one small interface.

One fresh tracker measures one window, because CodeCarbon's tasks inside a run lose energy; windows follow one another
and never overlap. A first tracker is thrown away: it pays for looking at the hardware, 2.6 s that belong to no phase.
Every argument that CodeCarbon would otherwise take from a user's configuration file is given here, so that no file can
change a figure unseen, and none of them lets it write a file or ask the network.
"""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cnngen.runtime.worker.sources import Source, describe
from cnngen.runtime.worker.trace import PowerTrace

# Read by CodeCarbon when it is imported; a log level given later would come after its first lines.
os.environ["CODECARBON_LOG_LEVEL"] = "critical"

#: CPU modes of CodeCarbon that read a counter of the hardware. A counter is the whole machine's.
COUNTER_MODES = ("intel_rapl", "windows_emi", "intel_power_gadget")


@dataclass(frozen=True)
class Window:
    """What one window took. Energies in kWh, emissions in kg CO2-equivalent (None without a country)."""

    phase: str
    epoch: int | None
    start_s: float
    duration_s: float
    energy_cpu_kwh: float
    energy_gpu_kwh: float
    energy_ram_kwh: float
    emissions_kg: float | None

    @property
    def energy_total_kwh(self) -> float:
        """The energy of all components, in kWh."""
        return self.energy_cpu_kwh + self.energy_gpu_kwh + self.energy_ram_kwh

    def to_json(self) -> dict[str, Any]:
        """The window as plain data."""
        return {**asdict(self), "energy_total_kwh": self.energy_total_kwh}


@cache
def _window_tracker() -> Any:
    """The tracker's class, made when CodeCarbon is first needed."""
    from codecarbon import OfflineEmissionsTracker

    class WindowTracker(OfflineEmissionsTracker):  # type: ignore[misc]
        """A tracker that also counts the last 50 ms, which matter in short windows."""

        def _measure_power_and_energy_if_stale(self, min_interval_s: float = 0.0) -> None:
            super()._measure_power_and_energy_if_stale(0.0)

    return WindowTracker


class Meter:
    """Measures windows, one at a time.

    `gpus` are the indices, in the order of the PCI bus, of the GPUs that count; an empty list for a run on the CPU.
    """

    def __init__(self, trace: Path, iso3: str | None, gpus: list[int]) -> None:
        self.gpus = gpus
        self.windows: list[Window] = []
        self._iso3 = iso3
        self._began = time.perf_counter()
        self._trace = PowerTrace(trace, self._began)
        self._open: tuple[str, int | None, Any, float] | None = None
        self.tracking_mode = "process"
        probe = self._tracker()
        probe.start()
        # The share of a modelled CPU can be told by the process's own CPU time; a counter knows no processes.
        if any(getattr(part, "_mode", None) in COUNTER_MODES for part in probe._hardware):
            self.tracking_mode = "machine"
        probe.stop()
        if self.tracking_mode == "machine":
            probe = self._tracker()
            probe.start()
            probe.stop()
        self.sources: dict[str, Source] = describe(probe._hardware, self.tracking_mode)
        self.configuration = {
            key: value for key, value in probe._conf.items() if "token" not in key and "key" not in key
        }

    def begin(self, phase: str, epoch: int | None = None) -> None:
        """Open a window. Raises RuntimeError when one is open: energy must never be counted twice."""
        if self._open is not None:
            raise RuntimeError(f"the window {self._open[0]} is still open")
        tracker = self._tracker(self._trace.window(phase, epoch))
        started = time.perf_counter()
        tracker.start()
        self._open = (phase, epoch, tracker, started)

    def end(self) -> Window | None:
        """Close the open window and return what it took; None where none is open."""
        if self._open is None:
            return None
        phase, epoch, tracker, started = self._open
        self._open = None
        tracker.stop()
        duration = time.perf_counter() - started
        data = getattr(tracker, "final_emissions_data", None)
        if data is None:
            raise RuntimeError("CodeCarbon gave no figures for a window; the log says why")
        window = Window(
            phase=phase,
            epoch=epoch,
            start_s=started - self._began,
            duration_s=duration,
            energy_cpu_kwh=float(data.cpu_energy),
            energy_gpu_kwh=float(data.gpu_energy),
            energy_ram_kwh=float(data.ram_energy),
            emissions_kg=float(data.emissions) if self._iso3 else None,
        )
        self.windows.append(window)
        return window

    def close(self) -> None:
        """End an open window and the power trace."""
        self.end()
        self._trace.close()

    def _tracker(self, *handlers: Any) -> Any:
        return _window_tracker()(
            project_name="cnngen",
            country_iso_code=self._iso3,
            region=None,
            cloud_provider=None,
            cloud_region=None,
            country_2letter_iso_code=None,
            electricitymaps_api_token=None,
            emissions_endpoint=None,
            experiment_id=None,
            experiment_name=None,
            output_dir=".",
            output_methods=[],
            output_handlers=list(handlers),
            measure_power_secs=1,
            api_call_interval=1,
            tracking_mode=self.tracking_mode,
            gpu_ids=list(self.gpus),
            force_cpu_power=None,
            force_ram_power=None,
            force_mode_cpu_load=False,
            force_carbon_intensity_g_co2e_kwh=None,
            rapl_include_dram=False,
            rapl_prefer_psys=False,
            pue=1.0,
            wue=0,
            allow_multiple_runs=True,
            log_level="critical",
            logger_preamble="",
        )
