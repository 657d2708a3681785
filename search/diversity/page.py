"""A page about a population beside published spaces, with charts. Only whoever writes it loads matplotlib."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.runtime.report import charts
from cnngen.runtime.report.html import Html, table, tag
from cnngen.runtime.report.page import page, picture, section
from cnngen.search.diversity import text
from cnngen.search.diversity.figures import MEASURES, Space

_HOW = (
    "Counted as cnngen describe counts: a layer is a node, so a convolution and its normalisation are two and a join "
    "of two streams is one; depth is the longest way from image to classes; width is the most channels of an image "
    "within; MACs are those of one image of the space's own size."
)


def compose(title: str, spaces: Sequence[Space], command: str | None) -> str:
    """The page as HTML that needs nothing else; `command` draws the first space again."""
    first = spaces[0]
    drawn = [picture(_distribution(measure, label, spaces)) for measure, label in MEASURES.items()]
    drawn.append(picture(_skips(spaces)))
    in_pairs = [tag("div", *drawn[at : at + 2], class_="charts") for at in range(0, len(drawn), 2)]
    head, *rows = text.rows(spaces)
    kinds_head, *kinds = text.kinds(spaces)
    again = section("Again", tag("pre", command, class_="command")) if command else ""
    how = [tag("p", _HOW), *[tag("p", f"{space.name}: {space.source}.") for space in spaces]]
    return page(
        title,
        tag("h1", title),
        tag("p", f"{first.networks:,} networks beside {' and '.join(space.name for space in spaces[1:])}."),
        section("Sizes", *in_pairs, table("Sizes", head, rows, text=(0, 1))),
        section("Kinds of layers", picture(_kinds(spaces), wide=True), table("Mean share", kinds_head, kinds)),
        again,
        section("How this was counted", *how),
    )  # fmt: skip


def _distribution(measure: str, label: str, spaces: Sequence[Space]) -> Html:
    """How large a share of networks is at most so large."""
    description = f"The share of networks up to each size, of {', '.join(space.name for space in spaces)}."
    with charts.chart(label, description, x=label, y="networks up to this, %") as drawn:
        series = [
            charts.Line(space.name, space.percentiles[measure], range(101), number, number, marked=False)
            for number, space in enumerate(spaces)
        ]
        charts.lines(drawn, series)
        drawn.axes.legend(loc="best")  # above, three names would lie upon the title
        if measure in ("parameters", "macs", "width"):
            drawn.axes.set_xscale("log")
            drawn.axes.xaxis.set_major_formatter(lambda value, _: text.short(value))
            drawn.axes.xaxis.set_minor_formatter(lambda *_: "")
        drawn.axes.grid(visible=True, axis="x")
    return drawn.svg


def _skips(spaces: Sequence[Space]) -> Html:
    with charts.chart("Networks with skips", "The share of networks with a join of lanes.", x="networks, %") as drawn:
        shares = [space.skip_share * 100 for space in spaces]
        names = [space.name for space in spaces]
        charts.stacked_bars(drawn, names, [charts.Part("with skips", shares)], [f"{share:.0f} %" for share in shares])
    return drawn.svg


def _kinds(spaces: Sequence[Space]) -> Html:
    """Which layers networks are made of."""
    known = list(dict.fromkeys(kind for space in spaces for kind in space.kinds))
    title, shares = "Kinds of layers", "share of a network's layers, %"
    with charts.chart(title, "The mean share of each kind.", x=shares, width=charts.WIDE, height=420) as drawn:
        height = 0.8 / len(spaces)
        for number, space in enumerate(spaces):
            places = [row + height * (number - (len(spaces) - 1) / 2) for row in range(len(known))]
            values = [space.kinds.get(kind, 0.0) * 100 for kind in known]
            drawn.axes.barh(places, values, height=height, label=space.name, color=charts.SERIES[number])
        drawn.axes.set_yticks(range(len(known)), known, color=charts.TEXT)
        drawn.axes.invert_yaxis()
        drawn.axes.grid(visible=False, axis="y")
        drawn.axes.grid(visible=True, axis="x")
        charts.legend(drawn, len(spaces))
    return drawn.svg
