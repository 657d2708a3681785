"""Figures as people read them: with units, with no more digits than they are worth, with where they come from."""

from __future__ import annotations

import math
from typing import Any

#: Digits that a figure is worth. A modelled power can be off by 40 %; a counter's is good to a few per cent.
DIGITS = {"measured": 3, "modelled": 2, "constant": 2}

#: Where an energy may come from, the best first.
SOURCES = ("measured", "modelled", "constant")

#: Below this, a window holds too few readings for its energy to be more than a hint. In seconds.
SHORT = 10.0

JOULES_PER_KWH = 3.6e6

#: What the worker does in each phase, in words.
PHASE_WORDS = {
    "idle": "measuring idle power",
    "import": "starting Keras",
    "download": "downloading the data set",
    "data": "reading the data",
    "build": "building the network",
    "compile": "compiling",
    "train": "training",
    "validate": "validating",
    "evaluate": "testing",
    "inference": "measuring predictions",
}


def carbon(result: dict[str, Any]) -> str:
    """The emissions of the training, or why there are none."""
    figures = result["carbon"]
    if not figures:
        return "not told: choose a country (--country, such as FRA)"
    grams = figures["training_kg"] * 1000.0
    digits = DIGITS[worst(result["energy"], result["energy"]["training"])]
    return (
        f"{_scaled(grams, (('kg', 1e3), ('g', 1.0), ('mg', 1e-3), ('µg', 1e-6)), digits)} CO2eq "
        f"({figures['country_name']}, {figures['intensity_g_per_kwh']:.0f} g/kWh, {figures['intensity_year']})"
    )


def worst(energy: dict[str, Any], figures: dict[str, Any]) -> str:
    """The weakest source that contributes to a sum: measured, modelled or constant."""
    used = [
        source["source"]
        for name, source in energy["sources"].items()
        if source["source"] != "absent" and figures[f"energy_{name}_kwh"] > 0
    ]
    return max(used, key=SOURCES.index, default="constant")


def watt_hours(kwh: float, source: str) -> str:
    """An energy in Wh or mWh, with the digits that its source is worth."""
    units = (("kWh", 1e3), ("Wh", 1.0), ("mWh", 1e-3), ("µWh", 1e-6))
    return _scaled(kwh * 1000.0, units, DIGITS[source])


def net_of_idling(value: float, text: str) -> str:
    """An energy on top of idling, in its text. One below nothing is no gain: the idle power was measured with noise."""
    return text if value >= 0 else f"{text} (below idle: within noise)"


def watts(power: float, source: str) -> str:
    """A power in W, with the digits that its source is worth."""
    return f"{significant(power, DIGITS[source])} W"


def joules_text(joules: float, digits: int) -> str:
    """An energy in J, mJ or µJ."""
    for unit, scale in (("J", 1.0), ("mJ", 1e-3)):
        if abs(joules) >= 0.9995 * scale:
            return f"{significant(joules / scale, digits)} {unit}"
    return f"{significant(joules / 1e-6, digits)} µJ"


def duration(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 60:
        return f"{significant(seconds, 3)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def epochs(executed: int, planned: int | None = None) -> str:
    """`20 epochs`, or `3 of 20 epochs` where not all that were planned were done."""
    number = executed if planned is None else planned
    noun = f"{number:,} epoch{'' if number == 1 else 's'}"
    return noun if number == executed else f"{executed:,} of {noun}"


def percent(share: float) -> str:
    """A share of 1 in per cent."""
    return f"{100 * share:.2f} %"


def significant(value: float, digits: int) -> str:
    """A number with so many significant digits, never in scientific notation, and with a minus sign, not a hyphen."""
    if not value or not math.isfinite(value):
        return "0" if not value else str(value)
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    # Rounding can carry into a new digit: 9.96 becomes 10, not 10.0.
    places = digits - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(places, 0)}f}".replace("-", "−")


def _scaled(value: float, units: tuple[tuple[str, float], ...], digits: int) -> str:
    """A value in the largest unit that keeps it at 1 or more."""
    if not value:
        return f"0 {next(name for name, scale in units if scale == 1.0)}"
    name, scale = next(((name, scale) for name, scale in units if abs(value) / scale >= 0.9995), units[-1])
    return f"{significant(value / scale, digits)} {name}"
