"""The figures of spaces as rows of text."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.search.diversity.figures import MEASURES, Space

#: The percentiles that a table shows.
SHOWN = {0: "least", 25: "25 %", 50: "median", 75: "75 %", 100: "most"}


def rows(spaces: Sequence[Space]) -> list[tuple[str, ...]]:
    """A table: a row for each measure and space, with a head."""
    table: list[tuple[str, ...]] = [("", "", *SHOWN.values())]
    for measure, label in MEASURES.items():
        for number, space in enumerate(spaces):
            cells = [short(space.percentiles[measure][percent]) for percent in SHOWN]
            table.append(("" if number else label, space.name, *cells))
    for number, space in enumerate(spaces):
        table.append(("" if number else "With skips", space.name, share(space.skip_share), *[""] * (len(SHOWN) - 1)))
    return table


def kinds(spaces: Sequence[Space]) -> list[tuple[str, ...]]:
    """A table: the mean share of each kind of layer, a column for each space."""
    known = list(dict.fromkeys(kind for space in spaces for kind in space.kinds))
    head = ("", *(space.name for space in spaces))
    return [head, *((kind, *(share(space.kinds.get(kind, 0.0)) for space in spaces)) for kind in known)]


def short(value: float) -> str:
    """A count for people: 12, 4,310, 1.25 M."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if value >= size:
            return f"{value / (1e3 if unit == ' k' else size):.3g}{unit}"
    return f"{value:,.0f}"


def share(value: float) -> str:
    """A share in per cent."""
    return f"{value:.1%}".replace("%", " %") if value else "–"
