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
    """Follows a training, or several in a row. The percentage never falls, as the protocol demands."""

    def __init__(self) -> None:
        self._now = Milestone(0, "")
        self._quality = ""
        #: Which of how many trainings it is, each an equal part of the whole.
        self._number, self._of = 1, 1

    def update(self, event: dict[str, Any]) -> Milestone | None:
        """The milestone after an event, or None when the bar would show the same."""
        percentage, message = self._now.percentage, self._now.message
        match event:
            case {"event": "repeat", "number": int(number), "of": int(of)}:
                self._number, self._of, self._quality = number, of, ""
                percentage, message = max(percentage, self._share(0.0)), self._run("")
            case {"event": "phase", "phase": str(phase)} if phase in PHASE_WORDS and phase not in _IN_EPOCHS:
                message = self._run(PHASE_WORDS[phase])
            case {"event": "waiting"}:
                ahead = event.get("ahead") or "another training"
                message = self._run(f"waits for {ahead}, so that neither disturbs the other's measurement")
            case {
                "event": "progress",
                "epoch": int(epoch),
                "epochs": int(epochs),
                "step": int(step),
                "steps": int(steps),
            }:
                done = (epoch - 1) * steps + step
                percentage = max(percentage, self._share(done / max(1, epochs * steps)))
                message = self._run(f"epoch {epoch} of {epochs}{self._quality}")
            case {"event": "epoch", "epoch": int(epoch), "epochs": int(epochs)}:
                self._quality = _quality(event)
                message = self._run(f"epoch {epoch} of {epochs}{self._quality}")
            case _:
                return None
        now = Milestone(percentage, message)
        if now == self._now:
            return None
        self._now = now
        return now

    def _share(self, done: float) -> int:
        """Per cent of all trainings, when this share of the present one is done."""
        return int(100 * (self._number - 1 + min(1.0, done)) / self._of)

    def _run(self, doing: str) -> str:
        """What is being done, and in which training where there are several."""
        which = f"run {self._number} of {self._of}" if self._of > 1 else ""
        return ": ".join(part for part in (which, doing) if part)


def _quality(event: dict[str, Any]) -> str:
    for name, label in (("val_accuracy", "validation accuracy"), ("accuracy", "accuracy")):
        if isinstance(event.get(name), int | float):
            return f", {label} {event[name]:.1%}"
    return ""
