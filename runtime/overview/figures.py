"""The headline figures of a run: each with its unit, the digits it is worth, its source and how it came about."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from cnngen.runtime.sources import Shares, above_idling, shares_of, shares_text, weakest
from cnngen.runtime.wording import (
    DIGITS,
    JOULES_PER_KWH,
    SHORT,
    carbon,
    duration,
    epochs,
    joules_text,
    net_of_idling,
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
    key: str,
    label: str,
    value: float | None,
    unit: str,
    text: str,
    source: str | Shares | None = None,
    how: str | None = None,
) -> Figure:
    """A figure; `source` is that of all of it, or tells which share of it comes from where."""
    made = source if isinstance(source, dict) else {source: 1.0} if source else None
    return {
        "key": key,
        "label": label,
        "value": value,
        "unit": unit,
        "text": text,
        "source": weakest(made) if made else None,
        "source_text": shares_text(made) if made else None,
        "shares": made,
        "how": how,
    }


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
    how = "all phases together, from starting Keras on"
    if energy["idle"]:
        how += "; idling is not counted"
    yield _energy_figure("run_energy", "Whole run, energy", total["energy_total_kwh"], shares_of(energy, total), how)
    yield _figure("run_time", "Whole run, time", total["duration_s"], "s", duration(total["duration_s"]), None, how)


def _training(result: dict[str, Any]) -> Iterator[Figure]:
    energy = result["energy"]
    training, idle = energy["training"], energy["idle"]
    source, made = worst(energy, training), shares_of(energy, training)
    kwh, seconds = training["energy_total_kwh"], training["duration_s"]
    yield _energy_figure("training_energy", "Training energy", kwh, made, _by_component(result))
    yield _figure("training_time", "Training time", seconds, "s", duration(seconds), None, _of_epochs(result))
    yield _carbon(result, made)
    how = "training energy over training time"
    power = training["power_total_mean_w"]
    yield _figure("mean_power", "Mean power", power, "W", watts(power, source), made, how)
    net = training["energy_total_net_kwh"]
    if net is not None:
        how = "what came on top of idling: training energy less idle power times training time"
        above = shares_of(energy, above_idling(energy))
        figure = _energy_figure("training_energy_net", "Training energy, net", net, above, how)
        yield {**figure, "text": net_of_idling(net, figure["text"])}
    if idle and idle["power_total_w"] is not None:
        spread = idle["power_total_sd_w"]
        how = f"doing nothing for {duration(idle['duration_s'])}, before and after"
        how += "" if spread is None else f"; standard deviation {significant(spread, 2)} W"
        idling, sums = idle["power_total_w"], energy["phases"].get("idle", training)
        yield _figure("idle_power", "Idle power", idling, "W", watts(idling, source), shares_of(energy, sums), how)
    yield from _efficiency(result, made)


def _efficiency(result: dict[str, Any], made: Shares) -> Iterator[Figure]:
    """What an epoch, an image and the accuracy took."""
    training, executed = result["energy"]["training"], result["run"]["epochs_executed"]
    kwh, seconds, digits = training["energy_total_kwh"], training["duration_s"], DIGITS[weakest(made)]
    accuracy, told = result["quality"]["test_accuracy"], result["efficiency"]
    # Before the record said it, an epoch that was not finished was not counted.
    images = told["images_trained"] or executed * (result["data"]["images_train"] or 0)
    if executed:
        how = f"training energy over {epochs(executed)}"
        yield _energy_figure("energy_per_epoch", "Energy per epoch", kwh / executed, made, how)
    if images and seconds:
        joules = kwh * JOULES_PER_KWH / images
        how = f"training energy over {images:,} images in {epochs(executed)}"
        yield _figure("energy_per_image", "Energy per image", joules, "J", joules_text(joules, digits), made, how)
        rate = images / seconds
        text = f"{significant(rate, 3)} images/s"
        yield _figure("throughput", "Throughput", rate, "images/s", text, None, "trained images over training time")
    if accuracy is not None and kwh:
        value = 100.0 * accuracy / (kwh * 1000.0)
        how = "test accuracy over training energy"
        text = f"{significant(value, digits)} %/Wh"
        yield _figure("accuracy_per_wh", "Accuracy per watt-hour", value, "%/Wh", text, made, how)


def _energy_figure(key: str, label: str, kwh: float, source: str | Shares, how: str | None) -> Figure:
    digits = source if isinstance(source, str) else weakest(source)
    return _figure(key, label, kwh * 1000.0, "Wh", watt_hours(kwh, digits), source, how)


def _carbon(result: dict[str, Any], made: Shares) -> Figure:
    told = result["carbon"]
    if not told or told["training_kg"] is None:
        how = "choose a country (--country, such as FRA)"
        return _figure("carbon", "Carbon", None, "kg CO2eq", "not told", "absent", how)
    text, _, how = carbon(result).partition(" (")
    return _figure("carbon", "Carbon", told["training_kg"], "kg CO2eq", text, made, how.removesuffix(")"))


def _size(result: dict[str, Any]) -> Iterator[Figure]:
    network, memory = result["network"], result["efficiency"]
    for key, label in (("peak_memory_bytes", "Peak memory"), ("peak_gpu_memory_bytes", "Peak memory of the GPU")):
        if memory[key] is not None:
            how = "the most that the run held at once"
            yield _figure(key, label, memory[key], "bytes", f"{memory[key] / 1e6:,.0f} MB", "measured", how)
    if network["parameters"] is not None:
        text = f"{network['parameters']:,}"
        yield _figure("parameters", "Parameters", network["parameters"], "", text, None, "as Keras counts them")
    if network["macs"] is not None:
        how = "multiplications with additions for one image, forward"
        yield _figure("macs", "MACs", network["macs"], "", f"{network['macs']:,}", None, how)


def _by_component(result: dict[str, Any]) -> str | None:
    """Which share of the training's energy comes from where, as `CPU 29 % modelled, RAM 71 % constant`."""
    energy = result["energy"]
    training = energy["training"]
    total = training["energy_total_kwh"]
    parts = [
        f"{name.upper()} {100 * training[f'energy_{name}_kwh'] / total:.0f} % {source['source']}"
        for name, source in energy["sources"].items()
        if total and source["source"] != "absent"
    ]
    hint = ["a short run, so a hint only"] if is_indicative(training) else []
    return "; ".join([", ".join(parts), *hint]) if parts else None


def is_indicative(sums: dict[str, Any]) -> bool:
    """Whether a sum of windows is too short for its energy to be more than a hint; old records do not say it."""
    told = sums["indicative"]
    return bool(sums["duration_s"] < SHORT if told is None else told)


def _of_epochs(result: dict[str, Any]) -> str:
    return f"{epochs(result['run']['epochs_executed'], result['training']['epochs'])}, validation not included"
