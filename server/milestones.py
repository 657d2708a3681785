"""How far a training is, for a progress bar: from the worker's events to a share and a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnngen.runtime.wording import PHASE_WORDS

#: Phases that come back in every epoch: the epoch is what the bar tells then.
_IN_EPOCHS = ("train", "validate")


@dataclass(frozen=True, slots=True)
class Milestone:
    """What the bar shows: how much of the training is done, in per cent, and what is being done."""

    percentage: int
    message: str


class Course:
    """Follows one training. The percentage never falls, as the protocol demands."""

    def __init__(self) -> None:
        self._now = Milestone(0, "")
        self._quality = ""

    def update(self, event: dict[str, Any]) -> Milestone | None:
        """The milestone after an event, or None when the bar would show the same."""
        percentage, message = self._now.percentage, self._now.message
        match event:
            case {"event": "phase", "phase": str(phase)} if phase in PHASE_WORDS and phase not in _IN_EPOCHS:
                message = PHASE_WORDS[phase]
            case {"event": "waiting"}:
                ahead = event.get("ahead") or "another training"
                message = f"waits for {ahead}, so that neither disturbs the other's measurement"
            case {
                "event": "progress",
                "epoch": int(epoch),
                "epochs": int(epochs),
                "step": int(step),
                "steps": int(steps),
            }:
                done = (epoch - 1) * steps + step
                percentage = max(percentage, min(100, 100 * done // max(1, epochs * steps)))
                message = f"epoch {epoch} of {epochs}{self._quality}"
            case {"event": "epoch", "epoch": int(epoch), "epochs": int(epochs)}:
                self._quality = _quality(event)
                message = f"epoch {epoch} of {epochs}{self._quality}"
            case _:
                return None
        now = Milestone(percentage, message)
        if now == self._now:
            return None
        self._now = now
        return now


def _quality(event: dict[str, Any]) -> str:
    for name, label in (("val_accuracy", "validation accuracy"), ("accuracy", "accuracy")):
        if isinstance(event.get(name), int | float):
            return f", {label} {event[name]:.1%}"
    return ""
