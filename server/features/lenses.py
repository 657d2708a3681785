"""Code lenses: what can be done with the program, written above its `input`."""

from __future__ import annotations

from dataclasses import dataclass

from cnngen.language import Analysis, Span

GENERATE = "cnngen.generateKeras"
TRAIN = "cnngen.train"


@dataclass(frozen=True, slots=True)
class Lens:
    """A title above a place, and the command behind it."""

    span: Span
    title: str
    command: str


def lenses(analysis: Analysis, *, trusted: bool) -> list[Lens]:
    """The lenses of a program.

    They stay while the program has errors, for a line that comes and goes makes the text jump; the commands then say
    what is wrong. Training runs code from the folder, so there is no lens for it in a folder that is not trusted.
    """
    place = analysis.tree.input
    if place is None:
        return []
    offered = [Lens(place.span, "Generate Keras", GENERATE)]
    if trusted:
        offered.append(Lens(place.span, "Train & Measure", TRAIN))
    return offered
