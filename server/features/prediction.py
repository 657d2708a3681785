"""How a prediction is worded: always as one, with what it is about and how far it may be off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnngen.runtime.wording import watt_hours
from cnngen.server.features.figures import counted
from cnngen.server.features.markdown import code, items

if TYPE_CHECKING:
    from cnngen.search.predictors.compact.line import Estimate
    from cnngen.search.predictors.compact.shipped import Conditions, Predicted, Told


def in_short(predicted: Predicted) -> str:
    """One line: accuracy and energy with their intervals, and on what, last, for a narrow window cuts the end off."""
    accuracy, energy = predicted.accuracy.estimate, predicted.energy.estimate
    source = predicted.conditions.energy_source
    about = f"{predicted.conditions.images} at {_pixels(predicted.conditions)}"
    return (
        f"predicted: {accuracy.mean:.0%} accuracy ({_between(accuracy)}) · "
        f"{watt_hours(energy.mean, source)} ({_energies(energy, source)}) "
        f"for {about}, {counted(predicted.conditions.epochs, 'epoch')}"
    ).replace("%", " %")


def at_length(predicted: Predicted) -> str:
    """The figures, what they are about, and what they were learned from, as Markdown."""
    conditions = predicted.conditions
    source = conditions.energy_source
    accuracy, energy = predicted.accuracy, predicted.energy
    height, width, channels = conditions.shape
    head = (
        f"**Predicted**, not measured: after {counted(conditions.epochs, 'epoch')} on "
        f"{conditions.training_images:,} images of {conditions.images} at {_pixels(conditions)} (batches of "
        f"{conditions.batch_size:,}, {conditions.optimizer}, learning rate {conditions.learning_rate:g}). "
        "About nine of ten networks lie within what is in parentheses."
    )
    rows = [
        ("test accuracy", f"{accuracy.estimate.mean:.0%} ({_between(accuracy.estimate)}), {_rank(accuracy)}"),
        (
            "energy to train",
            f"{watt_hours(energy.estimate.mean, source)} ({_energies(energy.estimate, source)}), {_rank(energy)}; "
            f"the processor's alone, {source}",
        ),
    ]
    if not predicted.own_images:
        taken = code(f"{height}×{width}×{channels}")
        rows.append(("about", f"these layers on {taken} images of {conditions.classes:,} classes, not on yours"))
    rows.append(
        (
            "learned from",
            f"{conditions.networks:,} networks, trained on {conditions.host} (version {conditions.version})",
        )
    )
    return "\n\n".join((head, items(rows))).replace("%", " %")


def _pixels(conditions: Conditions) -> str:
    height, width, _ = conditions.shape
    return f"{height} px" if height == width else f"{height}×{width} px"


def _between(accuracy: Estimate) -> str:
    return f"{100 * accuracy.low:.0f} to {accuracy.high:.0%}"


def _energies(energy: Estimate, source: str) -> str:
    return f"{watt_hours(energy.low, source)} to {watt_hours(energy.high, source)}"


def _rank(told: Told) -> str:
    return f"more than {told.above:.0%} of the networks learned from"
