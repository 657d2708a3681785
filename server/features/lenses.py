"""Code lenses above `input`: what can be done with the program, what it costs, what is predicted, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cnngen.language import Analysis, Severity, Span
from cnngen.server.features.figures import counted, rounded
from cnngen.server.features.prediction import in_short

if TYPE_CHECKING:
    from cnngen.search.predictors.compact.shipped import Predicted

GENERATE = "cnngen.generateKeras"
SHOW_DIAGRAM = "cnngen.showDiagram"
TRAIN = "cnngen.train"
SHOW_REPORT = "cnngen.showReport"
SHOW_RESULTS = "cnngen.showResults"


@dataclass(frozen=True, slots=True)
class Lens:
    """A title above a place, and the command behind it, if any, with the file that it is about if not the program."""

    span: Span
    title: str
    command: str = ""
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class LastResult:
    """What the last finished run came to.

    `accuracy` is the share of test images that were classified right; `energy` the training's energy with its unit and
    source, None where nothing was measured; `ended` is in local time; `current` tells whether it was this network that
    was trained, or that of an earlier text. `folder` is the run's.
    """

    accuracy: float
    energy: str | None
    ended: datetime
    folder: Path
    report: Path | None
    current: bool


def lenses(
    analysis: Analysis,
    *,
    trusted: bool,
    diagram: bool = False,
    totals: bool = True,
    predicted: Predicted | None = None,
    result: LastResult | None = None,
    results: bool = False,
) -> list[Lens]:
    """The lenses of a program, all on one line. `diagram`, `results`: the editor has a panel for them.

    They stay while the program has errors, for a line that comes and goes makes the text jump; the commands then say
    what is wrong. Training runs code from the folder, so there is no lens for it in a folder that is not trusted.
    """
    place = analysis.tree.input
    if place is None:
        return []
    offered = [Lens(place.span, "Generate Keras", GENERATE)]
    if diagram:
        offered.append(Lens(place.span, "Show Diagram", SHOW_DIAGRAM))
    if trusted:
        offered.append(Lens(place.span, "Train & Measure", TRAIN))
    if totals:
        offered.append(Lens(place.span, _totals(analysis)))
    if predicted is not None:
        offered.append(Lens(place.span, in_short(predicted)))
    if result is not None:
        command, file = (SHOW_RESULTS, result.folder) if results else (SHOW_REPORT, result.report)
        offered.append(Lens(place.span, _told(result), command if file else "", file))
    return offered


def _totals(analysis: Analysis) -> str:
    errors = sum(found.severity is Severity.ERROR for found in analysis.diagnostics)
    if errors:
        return f"no totals: {counted(errors, 'error')}"
    totals = analysis.network.totals
    return f"{counted(totals.layers, 'layer')} · {rounded(totals.params)} parameters · {rounded(totals.macs)} MACs"


def _told(result: LastResult) -> str:
    parts = [f"{100 * result.accuracy:.1f} % test accuracy"]
    if result.energy:
        parts.append(result.energy)
    parts.append(f"{result.ended.day} {result.ended:%b %Y, %H:%M}")
    return " · ".join(parts) + ("" if result.current else " (of an earlier text)")
