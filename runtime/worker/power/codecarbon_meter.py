"""The meter of record: CodeCarbon 3.3, one tracker for the whole run, read where a window begins and where it ends.

CodeCarbon's own tasks lose energy when they are used inside a run, so there are none: a window is the difference of two
sums. A fresh tracker for each window would lose too, whatever passes while it makes itself ready, and it starts
programs to look at the hardware. Every argument that CodeCarbon would otherwise take from a user's configuration file
is given here, so that no file can change a figure unseen, and none of them lets it write a file or ask the network.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from cnngen.runtime.worker.power.family import remember_children
from cnngen.runtime.worker.power.labels import describe
from cnngen.runtime.worker.power.source import Source

# Read by CodeCarbon when it is imported; a log level given later would come after its first lines.
os.environ["CODECARBON_LOG_LEVEL"] = "critical"

#: CPU modes of CodeCarbon that read a counter of the hardware. A counter is the whole machine's.
COUNTER_MODES = ("intel_rapl", "windows_emi", "intel_power_gadget")

#: Seconds between CodeCarbon's own readings within a window. They only have to come more often than a counter wraps,
#: for a window is the difference of two sums; each looks through all processes of the machine, and the time that it
#: takes is missing from the energy of what is taken as constant.
INTERVAL = 10


@dataclass(frozen=True)
class Taken:
    """What one window took, in kWh, and kg CO2-equivalent (None without a country)."""

    cpu_kwh: float
    gpu_kwh: float
    ram_kwh: float
    emissions_kg: float | None


class Totals:
    """CodeCarbon's output handler: keeps the sums that it is handed."""

    def __init__(self) -> None:
        self.last: Any = None

    def out(self, total: Any, delta: Any) -> None:
        """The sums since the tracker was started, at a flush."""
        self.last = total

    def live_out(self, total: Any, delta: Any) -> None:
        """Readings in between are not asked for."""

    def task_out(self, data: Any, experiment_name: str) -> None:
        """Tasks are not used."""

    def exit(self) -> None:
        """Nothing is held open."""


@cache
def _tracker_class() -> Any:
    """The tracker's class, made when CodeCarbon is first needed."""
    from codecarbon import OfflineEmissionsTracker

    class Tracker(OfflineEmissionsTracker):  # type: ignore[misc]
        """A tracker that can be read at any moment, from any thread."""

        def __init__(self, **settings: Any) -> None:
            # Its timer reads too: two readings at once would count the same time twice.
            self._reading = threading.Lock()
            super().__init__(**settings)

        def _measure_power_and_energy(self) -> None:
            with self._reading:
                super()._measure_power_and_energy()

        def _measure_power_and_energy_if_stale(self, min_interval_s: float = 0.0) -> None:
            super()._measure_power_and_energy_if_stale(0.0)  # also the last 50 ms, which matter in short windows

        def _monitor_power(self) -> None:
            # Readings of the load each second, at the cost of looking through all processes. The load of one process
            # is the difference of two sums, whatever lies between; only a GPU without a counter needs readings.
            if self._tracking_mode == "machine" or self._gpu_ids:
                super()._monitor_power()

    return Tracker


class CodeCarbon:
    """Measures one window after the other, for the GPUs with the numbers in `gpus`.

    `model` is what CodeCarbon models by: `cpu_rated_w` (None where it measures), `cpus` and `ram_w`.
    """

    def __init__(self, iso3: str | None, gpus: list[int]) -> None:
        self.gpus = gpus
        self._iso3 = iso3
        self.tracking_mode = "process"
        self._begin()
        # The share of a modelled CPU can be told by the process's own CPU time; a counter knows no processes.
        if any(getattr(part, "_mode", None) in COUNTER_MODES for part in self._tracker._hardware):
            self._tracker.stop()
            self.tracking_mode = "machine"
            self._begin()
        self.sources: dict[str, Source] = describe(self._tracker._hardware, self.tracking_mode)
        self.model = _model(self._tracker._hardware)
        self.configuration: dict[str, Any] = {
            key: value
            for key, value in self._tracker._conf.items()
            if "token" not in key and "key" not in key and key != "output_handlers"
        }
        self._before = self._read()

    def count_gpus(self, gpus: list[int]) -> None:
        """Count these GPUs from the next window on."""
        if gpus != self.gpus:
            self.gpus = gpus
            self._tracker.stop()
            self._begin()
            self.sources = describe(self._tracker._hardware, self.tracking_mode)

    def start(self) -> None:
        """Open a window."""
        self._before = self._read()

    def stop(self) -> Taken:
        """Close the open window. Raises RuntimeError when CodeCarbon, which swallows its errors, gives no figures."""
        now = self._read()
        cpu, gpu, ram, emissions = (
            float(getattr(now, name)) - float(getattr(self._before, name))
            for name in ("cpu_energy", "gpu_energy", "ram_energy", "emissions")
        )
        # Without a country CodeCarbon takes the world's mean, 475 g/kWh, and does not say so.
        return Taken(cpu, gpu, ram, emissions if self._iso3 else None)

    def close(self) -> None:
        """End the tracker."""
        self._tracker.stop()

    def _begin(self) -> None:
        self._totals = Totals()
        self._tracker = self._new()
        # Before its start, which asks for the children several times.
        self._tracker._ensure_hardware_ready()
        remember_children(self._tracker._hardware)
        self._tracker.start()

    def _read(self) -> Any:
        self._totals.last = None
        self._tracker.flush()
        if self._totals.last is None:
            raise RuntimeError("CodeCarbon gave no figures for a window; the log says why")
        return self._totals.last

    def _new(self) -> Any:
        return _tracker_class()(
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
            output_handlers=[self._totals],
            measure_power_secs=INTERVAL,
            api_call_interval=-1,
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


def _model(hardware: list[Any]) -> dict[str, Any]:
    model: dict[str, Any] = {"cpu_rated_w": None, "cpus": os.cpu_count() or 1, "ram_w": None}
    for part in hardware:
        if type(part).__name__ == "CPU" and part._mode == "cpu_load":
            model.update(cpu_rated_w=float(part._tdp), cpus=int(part._cpu_count))
        elif type(part).__name__ == "RAM":
            model["ram_w"] = float(part.total_power().W)
    return model
