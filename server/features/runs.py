"""Runs as the editor lists them: a row of the store as plain data, with its figures worded."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cnngen.runtime.wording import duration, percent, watt_hours

if TYPE_CHECKING:
    from cnngen.runtime.store import RunRow


def told(row: RunRow) -> dict[str, Any]:
    """The row with its times in ISO 8601, without its path; texts are rounded to the digits that a figure is worth."""
    plain = asdict(row)
    del plain["path"]
    for name in ("began", "ended"):
        plain[name] = plain[name] and plain[name].isoformat()
    accuracy, energy, source = row.test_accuracy, row.energy_training_kwh, row.energy_source
    plain["accuracy_text"] = None if accuracy is None else percent(accuracy)
    plain["energy_text"] = None if energy is None or source is None else watt_hours(energy, source)
    plain["duration_text"] = None if row.duration_s is None else duration(row.duration_s)
    return plain
