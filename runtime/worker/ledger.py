"""The worker's side of the record: what has been found out so far, on the disk after every step."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.worker.country import Country
from cnngen.runtime.worker.energy import Meter
from cnngen.runtime.worker.figures import CONTENTION, cross_check, efficiency_of, energy_of, idle_of, shares_of
from cnngen.runtime.worker.power.source import INTERVAL

HISTORY_COLUMNS = (
    "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "train_duration_s",
    "train_energy_kwh", "validate_duration_s", "validate_energy_kwh",
)  # fmt: skip
WINDOW_COLUMNS = (
    "phase", "epoch", "start_s", "duration_s", "energy_cpu_kwh", "energy_gpu_kwh", "energy_ram_kwh", "energy_total_kwh",
    "emissions_kg", "part", "cpu_time_s", "others_cpu_share", "ticks",
)  # fmt: skip


class Ledger:
    """The record of one run, kept by the worker. Every method that writes raises OSError."""

    def __init__(self, run_dir: Path) -> None:
        self._dir = run_dir
        self._began = time.monotonic()
        self._told = 0
        self.result: dict[str, Any] = json.loads((run_dir / record.RESULT).read_text(encoding="utf-8"))
        self.result["run"]["started_utc"] = _now()

    def save(self, *, last: bool = False) -> None:
        """Write the record as it stands; in the end as people like to read it."""
        self.result["run"]["duration_s"] = time.monotonic() - self._began
        record.write_json(self._dir / record.RESULT, self.result, compact=not last)

    def close(self, status: str, error: dict[str, str] | None = None) -> None:
        """Write the record with what the run came to."""
        self.result["status"] = status
        if status == "cancelled":
            self.result["run"]["stopped_by"] = "user"
        self.result["error"] = error
        self.result["run"]["ended_utc"] = _now()
        for name in (record.HISTORY, record.WINDOWS):
            _settle(self._dir / name)
        self.save(last=True)

    def add_epoch(self, row: dict[str, Any]) -> None:
        """Add one epoch to the record and to `history.csv`."""
        self.result["history"].append(row)
        self.result["run"]["epochs_executed"] = len(self.result["history"])
        self._append(record.HISTORY, HISTORY_COLUMNS, [row])

    def set_energy(self, meter: Meter, country: Country | None) -> None:
        """Put the energy of all windows so far into the record."""
        windows = meter.windows
        idle = idle_of(windows)
        idle_w = idle["power_total_w"] if idle else None
        phases = {
            phase: energy_of((window for window in windows if window.phase == phase), idle_w)
            for phase in record.PHASES
            if any(window.phase == phase for window in windows)
        }
        training = energy_of((window for window in windows if window.phase == "train"), idle_w)
        sampling = meter.sampling()
        self.result["energy"] = {
            "meter": "codecarbon",
            "meter_version": meter.configuration.get("codecarbon_version"),
            "tracking_mode": meter.tracking_mode,
            "sources": {name: asdict(source) for name, source in meter.sources.items()},
            "training": training,
            # Idling is the measure that the others are held against, and no part of what the run took.
            "total": energy_of((window for window in windows if window.phase != "idle"), idle_w),
            "phases": phases,
            "shares": shares_of(training, meter.sources),
            "idle": idle,
            "contention_threshold": CONTENTION,
            "cross_check": cross_check((window for window in windows if window.phase == "train"), meter.sampled),
            "sampler": {"interval_s": INTERVAL, "sources": meter.sampled, **sampling} if sampling else None,
        }
        # A file of their own, so that the record stays small however many epochs there are.
        self._append(record.WINDOWS, WINDOW_COLUMNS, [window.to_json() for window in windows[self._told :]])
        self._told = len(windows)
        if country:
            self.result["carbon"] = {
                "country_name": country.name,
                "country_iso_code": country.iso3,
                "intensity_g_per_kwh": country.intensity_g_per_kwh,
                "intensity_year": country.year,
                "intensity_source": "CodeCarbon's table of national electricity mixes",
                "training_kg": training["emissions_kg"],
                "total_kg": self.result["energy"]["total"]["emissions_kg"],
            }
        self.result["paper"] = self._paper()

    def set_efficiency(self, images: int, memory: dict[str, int | None]) -> None:
        """Put into the record what an image and an epoch took; `images` were trained on in all."""
        self.result["efficiency"] = efficiency_of(
            self.result["energy"]["training"],
            images,
            self.result["run"]["epochs_executed"],
            self.result["quality"]["test_accuracy"],
            memory,
        )

    def _append(self, name: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
        """Add lines to a CSV file, with its head where it is new.

        They are the system's to write, and survive the worker; should power be cut, the record itself is on the disk.
        """
        path = self._dir / name
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        if not path.exists():
            writer.writeheader()
        writer.writerows(rows)
        with path.open("a", encoding="utf-8") as file:
            file.write(text.getvalue())

    def _paper(self) -> dict[str, Any]:
        """The figures of section 4.3 of the CNNGen paper, over the training windows; powers are means."""
        training, carbon = self.result["energy"]["training"], self.result["carbon"] or {}
        emissions, duration = training["emissions_kg"], training["duration_s"]
        return {
            "network": self.result["program"]["name"],
            "accuracy": self.result["quality"]["test_accuracy"],
            "training_time_s": duration,
            "epochs_executed": self.result["run"]["epochs_executed"],
            "parameters": self.result["network"]["parameters"],
            "emissions_kg": emissions,
            "emissions_rate_kg_per_s": emissions / duration if emissions is not None and duration else None,
            "power_cpu_w": training["power_cpu_mean_w"],
            "power_gpu_w": training["power_gpu_mean_w"],
            "power_ram_w": training["power_ram_mean_w"],
            "energy_cpu_kwh": training["energy_cpu_kwh"],
            "energy_gpu_kwh": training["energy_gpu_kwh"],
            "energy_ram_kwh": training["energy_ram_kwh"],
            "energy_total_kwh": training["energy_total_kwh"],
            "country_name": carbon.get("country_name"),
            "country_iso_code": carbon.get("country_iso_code"),
        }


def _settle(path: Path) -> None:
    """Have a file's content on the disk, if it is there. Raises OSError."""
    if path.exists():
        with path.open("a") as file:
            os.fsync(file.fileno())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
