"""The colours of pictures: one family for what a layer does, three steps for what it costs; on light and on dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT = "#1f2933"
QUIET = "#52606d"  # at least 5:1 on every fill below
LINE = "#7b8794"
GROUND = "#ffffff"
FONT = "Arial"  # has stand-ins of the same widths everywhere, so texts fit their boxes in every viewer


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds of layers that do the same: their fill and border, and those for a dark ground.

    The fills differ in lightness and hue, and the words say the rest, so that nobody depends on telling colours apart.
    """

    name: str
    kinds: tuple[str, ...]
    fill: str
    border: str
    dark_fill: str
    dark_border: str


FAMILIES = (
    Family("input", ("input",), "#e4e7eb", "#7b8794", "#2f363f", "#8d99a6"),
    Family("convolution", ("conv", "sepconv", "upconv"), "#d6e6f7", "#3a78b5", "#17324d", "#5b9bd8"),
    Family("normalisation", ("batch_norm",), "#e8e1f5", "#7a5fb0", "#2f2747", "#a48bd6"),
    Family(
        "pooling",
        ("avg_pooling", "max_pooling", "global_avg_pooling", "global_max_pooling"),
        "#d9f0e3",
        "#35875c",
        "#17392a",
        "#5cb487",
    ),
    Family("join", ("add", "concat"), "#fdeec9", "#b07d1e", "#42330f", "#d9a743"),
    Family("dense", ("dense",), "#fbdfd3", "#b8593a", "#4a2417", "#e08a6b"),
    Family("dropout", ("dropout",), "#eeeeee", "#7b8794", "#22272d", "#8d99a6"),
    Family("flatten", ("flatten",), "#f3f0e6", "#94875c", "#322e20", "#b3a678"),
)
FAMILY: Mapping[str, Family] = {kind: family for family in FAMILIES for kind in family.kinds}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the scale of costs: from which share of the network's sum on, and its colours."""

    share: float
    words: str
    colour: str
    dark: str


#: Of the multiply-accumulates. What is below the first step has no mark.
STEPS = (
    Step(0.01, "1–5 %", "#e2a03f", "#8a6a35"),
    Step(0.05, "5–20 %", "#d96c0b", "#d98a2b"),
    Step(0.20, "over 20 %", "#a62b00", "#ff9d57"),
)


def step(cost: int, total: int) -> Step | None:
    """The step of a cost within a network's total; None below the first."""
    reached = [one for one in STEPS if total and cost / total >= one.share]
    return reached[-1] if reached else None


def colours() -> tuple[str, ...]:
    """All colours of a picture on a light ground in six hexadecimal digits, those of the largest areas first."""
    areas = [GROUND, *(family.fill for family in FAMILIES), LINE, TEXT, QUIET]
    marks = [*(family.border for family in FAMILIES), *(one.colour for one in STEPS)]
    return tuple(dict.fromkeys(colour.removeprefix("#") for colour in (*areas, *marks)))


def dark_style() -> str:
    """Rules for an SVG that is looked at on a dark ground: each colour of the light one gets its counterpart.

    Borders that families share must have the same counterpart.
    """
    colours = {TEXT: "#e6e9ed", QUIET: "#a9b3bd", LINE: "#8d99a6", GROUND: "#1b2129"}
    for family in FAMILIES:
        colours |= {family.fill: family.dark_fill, family.border: family.dark_border}
    colours |= {one.colour: one.dark for one in STEPS}
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}' for light, dark in colours.items()
    )
    return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"
