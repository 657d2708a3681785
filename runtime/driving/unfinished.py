"""What a run had taken in the window that was open when its worker was killed: the sampler's trace knows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from cnngen.runtime import record

JOULES_PER_KWH = 3.6e6


def of_trace(run_dir: Path) -> dict[str, Any] | None:
    """Time and energy behind the last window that was closed, in that one's units; None when the trace has no more.

    These are the sampler's figures, not CodeCarbon's, which keeps what it has counted in the memory of the worker.
    """
    ends = (_number(row, "start_s") + _number(row, "duration_s") for row in _rows(run_dir / record.WINDOWS))
    closed = max(ends, default=0.0)
    # An interval's time is its end; those of the last window end with it, give or take what closing it took.
    rows = [row for row in _rows(run_dir / record.POWER) if _middle(row) > closed and row.get("phase") != "idle"]
    if not rows:
        return None
    kwh = {
        name: sum(_number(row, f"power_{name}_w") * _number(row, "interval_s") for row in rows) / JOULES_PER_KWH
        for name in ("cpu", "gpu", "ram")
    }
    return {
        "phase": rows[-1]["phase"],
        "epoch": int(rows[-1]["epoch"]) if (rows[-1].get("epoch") or "").isdigit() else None,
        "duration_s": sum(_number(row, "interval_s") for row in rows),
        **{f"energy_{name}_kwh": value for name, value in kwh.items()},
        "energy_total_kwh": sum(kwh.values()),
    }


def _middle(row: dict[str, Any]) -> float:
    """When an interval was, in seconds since the run began; 0 for a line that was cut off."""
    seconds = _number(row, "interval_s")
    return _number(row, "time_s") - seconds / 2 if seconds else 0.0


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, csv.Error):
        return []


def _number(row: dict[str, Any], key: str) -> float:
    """A number of a line; 0 where the line was cut off by a full disk."""
    try:
        return float(row[key])
    except (KeyError, TypeError, ValueError):
        return 0.0
