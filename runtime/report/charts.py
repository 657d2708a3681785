"""Charts as SVG for a page, drawn by matplotlib in one style. Only whoever draws imports this module.

Their colours are variables of the page's style sheet, with a plain value where there is none: so a chart is dark on a
dark screen, black on white in print, and still right as a file of its own. The same data gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cnngen.runtime.report.html import Html
from cnngen.runtime.report.svg import element

#: Width of a chart that stands alone and of one that has a neighbour, and their height, in pixels.
WIDE, NARROW, HEIGHT = 880, 440, 260

_PIXELS = 72  # an SVG of matplotlib counts points as pixels

#: What is drawn with, and which variable of the page it becomes. The plain values are those of a light page.
TEXT, QUIET, GRID, PAPER = "#1f2933", "#5b6770", "#dfe3e8", "#fefefe"
#: The series differ in lightness as well as in hue, so that nobody depends on telling colours apart.
SERIES = ("#2563a8", "#d9782d", "#8a94a0", "#3b8f6b", "#8a5aa8", "#b8434e", "#6f7f1f", "#1f8a99")
_VARIABLES = {
    TEXT: "--text",
    QUIET: "--quiet",
    GRID: "--grid",
    PAPER: "--paper",
    **{colour: f"--series-{number}" for number, colour in enumerate(SERIES, 1)},
}
_DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

_STYLE: Any = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a program's name may hold a dollar
    "font.size": 11,
    "text.color": TEXT,
    "axes.edgecolor": GRID,
    "axes.labelcolor": QUIET,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 1.0,
    "hatch.linewidth": 1.0,
    "lines.linewidth": 2.0,
    "lines.markersize": 4.0,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "legend.handlelength": 2.2,
    "path.simplify": True,
}


@dataclass(frozen=True, slots=True)
class Line:
    """Points joined by a line; `label` names it, `colour` and `dashes` are numbers of the style."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    colour: int = 0
    dashes: int = 0
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """One part of stacked bars or areas: a value for each bar or point."""

    label: str
    values: Sequence[float]
    colour: int = 0


class Chart:
    """One chart: `axes` to draw on, made ready by `chart` and turned into SVG at its end."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.svg = Html()


@contextmanager
def chart(
    title: str, description: str, *, x: str = "", y: str = "", width: int = NARROW, height: int = HEIGHT
) -> Iterator[Chart]:
    """A chart with its title and the names of its axes; `description` tells what it shows to who cannot see it."""
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": title}):
        figure = Figure(figsize=(width / _PIXELS, height / _PIXELS), layout="constrained")
        FigureCanvasSVG(figure)
        drawn = Chart(figure.add_subplot())
        drawn.axes.set(title=title, xlabel=x, ylabel=y)
        yield drawn
        drawn.svg = element(figure, title, description, _VARIABLES)


def lines(drawn: Chart, series: Sequence[Line], *, whole: bool = False) -> None:
    """Lines, each with its name in the legend; `whole` when x counts things, such as epochs."""
    for line in series:
        drawn.axes.plot(
            line.x,
            line.y,
            label=line.label,
            color=SERIES[line.colour % len(SERIES)],
            linestyle=_DASHES[line.dashes % len(_DASHES)],
            marker=_MARKERS[line.colour % len(_MARKERS)] if line.marked and len(line.x) <= 30 else None,
        )
    if whole:
        drawn.axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    legend(drawn, len(series))


def stacked_bars(drawn: Chart, names: Sequence[str], parts: Sequence[Part], totals: Sequence[str]) -> None:
    """Horizontal bars from top to bottom, each made of parts, with its total as text at its end."""
    begin = [0.0] * len(names)
    for part in parts:
        colour = SERIES[part.colour % len(SERIES)]
        drawn.axes.barh(
            range(len(names)), part.values, left=begin, label=part.label, color=colour, edgecolor=PAPER, height=0.68
        )
        begin = [before + value for before, value in zip(begin, part.values, strict=True)]
    for row, (end, text) in enumerate(zip(begin, totals, strict=True)):
        drawn.axes.annotate(
            text, (end, row), xytext=(5, 0), textcoords="offset points", va="center", color=TEXT, fontsize=11
        )
    drawn.axes.set_yticks(range(len(names)), names, color=TEXT)
    drawn.axes.invert_yaxis()
    drawn.axes.grid(visible=False, axis="y")
    drawn.axes.grid(visible=True, axis="x")
    drawn.axes.margins(x=0.14)
    drawn.axes.set_xlim(left=0)
    legend(drawn, len(parts))


def stacked_steps(drawn: Chart, edges: Sequence[float], parts: Sequence[Part]) -> None:
    """Areas upon one another, constant between neighbouring `edges`, of which there is one more than values."""
    below = [0.0] * (len(edges) - 1)
    for part in parts:
        above = [before + value for before, value in zip(below, part.values, strict=True)]
        drawn.axes.stairs(
            above,
            edges,
            baseline=below,
            fill=True,
            label=part.label,
            color=SERIES[part.colour % len(SERIES)],
            linewidth=0,
        )
        below = above
    drawn.axes.set_xlim(edges[0], edges[-1])
    drawn.axes.set_ylim(bottom=0)
    legend(drawn, len(parts))


def scatter(drawn: Chart, groups: Sequence[Line]) -> None:
    """Points without lines, a colour and a mark for each group."""
    for group in groups:
        colour, marker = SERIES[group.colour % len(SERIES)], _MARKERS[group.colour % len(_MARKERS)]
        drawn.axes.scatter(
            group.x, group.y, label=group.label, color=colour, marker=marker, s=26, linewidths=0, alpha=0.8
        )
    drawn.axes.grid(visible=True, axis="x")
    legend(drawn, len(groups))


def histogram(drawn: Chart, values: Sequence[float], *, bins: int | str = "auto", colour: int = 0) -> None:
    """How often values fall into each of the intervals; "auto" chooses their number by the data."""
    drawn.axes.hist(values, bins=bins, color=SERIES[colour % len(SERIES)], edgecolor=PAPER)


def boxes(drawn: Chart, groups: Sequence[Part]) -> None:
    """A box for each group: quartiles, median, the range of 1.5 times the box, and what lies outside as points."""
    box = drawn.axes.boxplot(
        [group.values for group in groups],
        orientation="horizontal",
        tick_labels=[group.label for group in groups],
        patch_artist=True,
        medianprops={"color": TEXT, "linewidth": 2},
        whiskerprops={"color": QUIET},
        capprops={"color": QUIET},
        flierprops={"markeredgecolor": QUIET, "markersize": 4},
    )
    for patch, group in zip(box["boxes"], groups, strict=True):
        patch.set(facecolor=SERIES[group.colour % len(SERIES)], edgecolor=QUIET)
    drawn.axes.invert_yaxis()
    drawn.axes.grid(visible=False, axis="y")
    drawn.axes.grid(visible=True, axis="x")


def legend(drawn: Chart, count: int) -> None:
    """The names of the series above the chart, at its right; a single series needs none."""
    if count > 1:
        drawn.axes.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=min(count, 4), borderaxespad=0.0, columnspacing=1.4
        )
