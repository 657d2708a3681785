"""Axes in ratios, whose numbers people read."""

from __future__ import annotations

from typing import Literal

from matplotlib.ticker import LogLocator

from cnngen.runtime.report.charts import Chart


def ratios(drawn: Chart, side: Literal["x", "y"]) -> None:
    """Make an axis one of ratios, with plain numbers at 1, 2 and 5 times the powers of ten."""
    (drawn.axes.set_xscale if side == "x" else drawn.axes.set_yscale)("log")
    axis = drawn.axes.xaxis if side == "x" else drawn.axes.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_minor_formatter(lambda *_: "")
