"""How a training is followed in a terminal: a line for each epoch and, where there is a screen, a bar below them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnngen.cli.output import Style, painter, visible, write
from cnngen.runtime.wording import PHASE_WORDS, duration, watt_hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    Event = dict[str, Any]


class Log:
    """Tells the events of a training as plain lines on standard error."""

    def __init__(self) -> None:
        self._paint = painter(sys.stderr)
        self._phases: set[str] = set()
        self._phase: str | None = None

    def say(self, line: str) -> None:
        """Write one line."""
        write(line, sys.stderr)

    def stopping(self) -> None:
        """Tell that somebody has asked the training to stop, and what that means where it is."""
        match self._phase:
            case None:
                self.say("stopping before it began; nothing was trained ...")
            case "train" | "validate":
                self.say("stopping after this batch; what was done is kept ...")
            case _:
                self.say("stopping; what was done is kept ...")

    def show(self, event: Event) -> None:
        """Tell one event of the worker."""
        if event.get("event") == "phase":
            self._phase = str(event["phase"])
        self._tell(event)

    def _tell(self, event: Event) -> None:
        match event:
            case {"event": "repeat", "number": number, "of": of}:
                self._phases.clear()
                self.say(f"run {number} of {of}")
            case {"event": "phase", "phase": str(phase)}:
                # Training and validation take turns; once is enough to know that they have begun.
                if phase not in self._phases and phase != "validate":
                    self.say(self._paint(Style.DIM, f"{PHASE_WORDS.get(phase, visible(phase))} ..."))
                self._phases.add(phase)
            case {"event": "waiting"}:
                self.say(self._paint(Style.DIM, f"{waiting(event)} ..."))
            case {"event": "epoch"}:
                self.say(epoch_line(event))
            case {"event": "forecast"}:
                self.say(self._paint(Style.DIM, forecast_line(event)))
            case {"event": "stopped", "by": by}:
                self.say(f"the budget is reached (--{str(by).replace('_', '-')}); what was learned is tested ...")
            case {"event": "warning", "message": message}:
                self.say(f"{self._paint(Style.WARNING, 'warning')}: {visible(str(message))}")
            case _:
                pass


class Bar(Log):
    """The same lines with a bar below them that stays in its place."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        super().__init__()
        self._progress = progress
        self._task = task

    def say(self, line: str) -> None:
        """Write one line above the bar."""
        from rich.text import Text

        self._progress.console.print(Text.from_ansi(line), soft_wrap=True)

    def _tell(self, event: Event) -> None:
        match event:
            case {"event": "phase", "phase": str(phase)}:
                self._progress.update(self._task, description=PHASE_WORDS.get(phase, visible(phase)))
            case {"event": "waiting"}:
                self._progress.update(self._task, description=waiting(event))
            case {"event": "progress", "epoch": epoch, "epochs": epochs, "step": step, "steps": steps}:
                self._progress.update(
                    self._task,
                    total=epochs * steps,
                    completed=(epoch - 1) * steps + step,
                    epochs=f"epoch {epoch} of {epochs}",
                )
            case _:
                super()._tell(event)


def waiting(event: Event) -> str:
    """For whom a training waits, and how many are before it."""
    ahead, before = visible(str(event.get("ahead") or "another training")), event.get("before")
    more = f" and {before - 1} more" if isinstance(before, int) and before > 1 else ""
    return f"waits for {ahead}{more}"


def epoch_line(event: Event) -> str:
    """One epoch in figures, aligned from line to line."""
    epochs = str(event["epochs"])
    figures = [f"epoch {event['epoch']:>{len(epochs)}}/{epochs}"]
    for name, label, form in (
        ("loss", "loss", "7.4f"),
        ("accuracy", "accuracy", "7.2%"),
        ("val_loss", "val loss", "7.4f"),
        ("val_accuracy", "val accuracy", "7.2%"),
    ):
        value = event.get(name)
        if isinstance(value, int | float):
            figures.append(f"{label} {value:{form}}")
    if isinstance(took := event.get("seconds"), int | float):
        figures.append(f"{duration(took):>8}")
    spent, ahead = event.get("spent_wh"), event.get("forecast_wh")
    if isinstance(spent, int | float) and isinstance(ahead, int | float):
        figures.append(f"{watt_hours(spent / 1000, 'modelled')} of about {watt_hours(ahead / 1000, 'modelled')}")
    return "  ".join(figures)


def forecast_line(event: Event) -> str:
    """What the run will probably take, and how that is known."""
    figures = [duration(event["duration_s"])]
    if event.get("energy_wh") is not None:
        figures.append(watt_hours(event["energy_wh"] / 1000, "modelled"))
    if event.get("memory_bytes") is not None:
        figures.append(f"{event['memory_bytes'] / 2**30:.1f} GiB of memory")
    return f"expected in all: about {', '.join(figures)} (by {visible(str(event['basis']))})"


@contextmanager
def display(title: str) -> Iterator[Log]:
    """The display that fits: a bar on a terminal, plain lines elsewhere. Both write to standard error."""
    if not sys.stderr.isatty():
        yield Log()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[epochs]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
        expand=True,
    ) as progress:
        task = progress.add_task(visible(title), total=None, epochs="")
        yield Bar(progress, task)
