"""The worker's forecasts: before the first epoch from costs and earlier runs, then from the epochs; kept and told."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnngen.runtime import forecast, record
from cnngen.runtime.worker.budget import Budget
from cnngen.runtime.worker.channel import Events
from cnngen.runtime.worker.energy import Meter
from cnngen.runtime.worker.ledger import Ledger


class Outlook:
    """Forecasts for one run. `rest_s` is what follows the last epoch besides the test: predictions and idling."""

    def __init__(self, meter: Meter, ledger: Ledger, events: Events, budget: Budget, rest_s: float) -> None:
        self._meter, self._ledger, self._events, self._budget = meter, ledger, events, budget
        self._rest_s = rest_s
        self._began_s, self._began_wh = 0.0, 0.0
        self._may_stop = False

    def beforehand(self, work: forecast.Work, run_dir: Path | None, machine: dict[str, Any]) -> None:
        """Tell what the run will take, once the images are known; by the runs beside the folder, where one is given."""
        self._may_stop = work.may_stop
        past = forecast.earlier(_others(run_dir), machine) if run_dir else []
        model = self._meter.model
        watts = None
        if model["cpu_rated_w"] is not None and work.device == "cpu":
            watts = model["cpu_rated_w"] + (model["ram_w"] or 0.0)
        self._tell(forecast.beforehand(work, past, watts))

    def begin(self) -> None:
        """The first epoch begins."""
        self._began_s, self._began_wh = self._spent()

    def underway(self, epochs: int, done: int) -> dict[str, float]:
        """What was spent after `done` epochs, and what the run will take; told as a forecast after the first."""
        seconds, wh = self._spent()
        # A test takes a third of what training on as many images does: a prediction without the way back.
        data = self._ledger.result["data"]
        test = (seconds - self._began_s) / done * data["images_test"] / (3 * data["images_train"])
        ahead = forecast.underway(
            epochs,
            done,
            seconds,
            wh,
            seconds - self._began_s,
            wh - self._began_wh,
            self._rest_s + test,
            may_stop=self._may_stop,
        )
        if done == 1:
            self._tell(ahead)
        return {
            "spent_s": seconds,
            "spent_wh": wh,
            "forecast_s": ahead.duration_s,
            "forecast_wh": ahead.energy_wh or 0.0,
        }

    def _spent(self) -> tuple[float, float]:
        return time.monotonic() - self._budget.began, self._meter.spent_kwh() * 1000.0

    def _tell(self, ahead: forecast.Forecast) -> None:
        self._ledger.result["forecast"].append(ahead.to_json())
        self._events.send("forecast", **ahead.to_json())


def _others(run_dir: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The records and provenances of the latest runs beside this one."""
    folders = sorted(run_dir.parent.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in folders[: forecast.MOST_RUNS + 1]:
        if folder == run_dir:
            continue
        with contextlib.suppress(OSError, ValueError):
            pair = [json.loads((folder / name).read_text("utf-8")) for name in (record.RESULT, record.PROVENANCE)]
            if all(isinstance(one, dict) for one in pair):
                yield pair[0], pair[1]
