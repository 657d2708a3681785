"""What can go wrong before a training starts, each as one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnngen.language import Analysis


#: The exit code of a worker that could not write down how it ended.
DISK_FULL = 74


class CannotTrain(Exception):
    """The training cannot be started; the message is one sentence that says what to do about it."""


class ProgramNotTrainable(Exception):
    """The program has errors or is no classifier; `analysis` holds the diagnostics to show."""

    def __init__(self, message: str, analysis: Analysis) -> None:
        super().__init__(message)
        self.analysis = analysis
