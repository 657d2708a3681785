"""The headline figures of a run: each with its unit, the digits it is worth, its source and how it came about."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from cnngen.runtime.wording import (
    DIGITS,
    JOULES_PER_KWH,
    SHORT,
    carbon,
    duration,
    percent,
    significant,
    watt_hours,
    watts,
    worst,
)  # fmt: skip

#: The quantile of the normal distribution for an interval of 95 %.
_Z = 1.959964

Figure = dict[str, Any]


def figures(result: dict[str, Any]) -> list[Figure]:
    """The figures that the (completed) record can tell, the most important first."""
    return [*_quality(result), *_energy(result), *_size(result)]


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share that was counted on `count` independent images (Wilson, 1927)."""
    centre = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z / (1 + _Z**2 / count) * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def _figure(
    key: str, label: str, value: float | None, unit: str, text: str, source: str | None = None, how: str | None = None
) -> Figure:
    return {"key": key, "label": label, "value": value, "unit": unit, "text": text, "source": source, "how": how}


def _quality(result: dict[str, Any]) -> Iterator[Figure]:
    quality, history = result["quality"], result["history"]
    if quality["test_accuracy"] is not None:
        accuracy, images = quality["test_accuracy"], result["data"]["images_test"]
        how = None
        if images:
            low, high = wilson(accuracy, images)
            how = f"of {images:,} images never trained on; {100 * low:.1f} to {100 * high:.1f} % at 95 % confidence"
        yield _figure("test_accuracy", "Test accuracy", accuracy, "share", percent(accuracy), None, how)
        if quality["test_loss"] is not None:
            yield _figure("test_loss", "Test loss", quality["test_loss"], "", f"{quality['test_loss']:.4f}")
        return
    for key, label in (("val_accuracy", "Validation accuracy"), ("accuracy", "Training accuracy")):
        if history and history[-1][key] is not None:
            how = f"after epoch {history[-1]['epoch']}; there was no test yet"
            yield _figure(key, label, history[-1][key], "share", percent(history[-1][key]), None, how)
            return


def _energy(result: dict[str, Any]) -> Iterator[Figure]:
    energy = result["energy"]
    if not energy:
        return
    training, total = energy["training"], energy["total"]
    if training["windows"]:
        yield from _training(result)
    source = worst(energy, total)
    wh = total["energy_total_kwh"] * 1000.0
    how = "all phases together, from starting Keras on"
    yield _figure(
        "run_energy", "Whole run, energy", wh, "Wh", watt_hours(total["energy_total_kwh"], source), source, how
    )
    yield _figure("run_time", "Whole run, time", total["duration_s"], "s", duration(total["duration_s"]), None, how)


def _training(result: dict[str, Any]) -> Iterator[Figure]:
    energy, executed = result["energy"], result["run"]["epochs_executed"]
    training = energy["training"]
    source, digits = worst(energy, training), DIGITS[worst(energy, training)]
    kwh, seconds = training["energy_total_kwh"], training["duration_s"]
    yield _figure(
        "training_energy", "Training energy", kwh * 1000.0, "Wh", watt_hours(kwh, source), source, shares(result)
    )
    yield _figure("training_time", "Training time", seconds, "s", duration(seconds), None, _of_epochs(result))
    yield _carbon(result, source)
    power = training["power_total_mean_w"]
    how = "training energy over training time"
    yield _figure("mean_power", "Mean power", power, "W", watts(power, source), source, how)
    accuracy, images = result["quality"]["test_accuracy"], result["data"]["images_train"]
    if executed:
        each = kwh / executed
        how = f"training energy over {_epochs(executed)}"
        yield _figure(
            "energy_per_epoch", "Energy per epoch", each * 1000.0, "Wh", watt_hours(each, source), source, how
        )
    if executed and images and seconds:
        joules = kwh * JOULES_PER_KWH / (executed * images)
        how = f"training energy over {_epochs(executed)} of {images:,} images"
        text = joules_text(joules, digits)
        yield _figure("energy_per_image", "Energy per image", joules, "J", text, source, how)
        rate = executed * images / seconds
        text = f"{significant(rate, 3)} images/s"
        yield _figure("throughput", "Throughput", rate, "images/s", text, None, "trained images over training time")
    if accuracy is not None and kwh:
        value = 100.0 * accuracy / (kwh * 1000.0)
        text = f"{significant(value, digits)} %/Wh"
        how = "test accuracy over training energy"
        yield _figure("accuracy_per_wh", "Accuracy per watt-hour", value, "%/Wh", text, source, how)


def _carbon(result: dict[str, Any], source: str) -> Figure:
    told = result["carbon"]
    if not told or told["training_kg"] is None:
        how = "choose a country (--country, such as FRA)"
        return _figure("carbon", "Carbon", None, "kg CO2eq", "not told", "absent", how)
    text, _, how = carbon(result).partition(" (")
    return _figure("carbon", "Carbon", told["training_kg"], "kg CO2eq", text, source, how.removesuffix(")"))


def _size(result: dict[str, Any]) -> Iterator[Figure]:
    network = result["network"]
    if network["parameters"] is not None:
        text = f"{network['parameters']:,}"
        yield _figure("parameters", "Parameters", network["parameters"], "", text, None, "as Keras counts them")
    if network["macs"] is not None:
        how = "multiplications with additions for one image, forward"
        yield _figure("macs", "MACs", network["macs"], "", f"{network['macs']:,}", None, how)


def shares(result: dict[str, Any]) -> str | None:
    """Which share of the training's energy comes from where, as `CPU 29 % modelled, RAM 71 % constant`."""
    energy = result["energy"]
    training = energy["training"]
    total = training["energy_total_kwh"]
    parts = [
        f"{name.upper()} {100 * training[f'energy_{name}_kwh'] / total:.0f} % {source['source']}"
        for name, source in energy["sources"].items()
        if total and source["source"] != "absent"
    ]
    hint = ["a short run, so a hint only"] if training["duration_s"] < SHORT else []
    return "; ".join([", ".join(parts), *hint]) if parts else None


def joules_text(joules: float, digits: int) -> str:
    """An energy in J, mJ or µJ."""
    for unit, scale in (("J", 1.0), ("mJ", 1e-3)):
        if joules >= 0.9995 * scale:
            return f"{significant(joules / scale, digits)} {unit}"
    return f"{significant(joules / 1e-6, digits)} µJ"


def _of_epochs(result: dict[str, Any]) -> str:
    executed, planned = result["run"]["epochs_executed"], result["training"]["epochs"]
    told = _epochs(executed) if executed == planned else f"{executed} of {_epochs(planned)}"
    return f"{told}, validation not included"


def _epochs(number: int) -> str:
    return "1 epoch" if number == 1 else f"{number} epochs"
