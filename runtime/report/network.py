"""The network of a run on its page: the diagram, and the layers that cost most."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from cnngen.runtime.report.html import Html, joined, table, tag
from cnngen.runtime.report.page import section

Overview = dict[str, Any]

#: A larger diagram would make the page slow to open; the file beside it is named instead. In bytes.
_LARGEST_DIAGRAM = 4_000_000

#: A diagram up to this width, in points, has the table of its layers beside it.
_NARROW = 420


def section_of(told: Overview, run_dir: Path) -> Html:
    """The part of a run's page about its network."""
    head = ("Layer", "Output shape", "MACs", "of all", "Parameters", "of all")
    rows = [
        (
            layer["name"],
            "×".join(str(extent) for extent in layer["shape"]),
            f"{layer['macs']:,}",
            share(layer["macs_share"]),
            f"{layer['parameters']:,}",
            share(layer["parameters_share"]),
        )
        for layer in told["layers"]
    ]
    costly, shown = told["layers_costly"], len(rows)
    of = f"the {shown} costliest of {costly} layers that compute" if costly > shown else "layers that compute"
    layers = table(f"What the layers cost for one image: {of}", head, rows) if rows else ""
    drawn = _drawing(run_dir)
    diagram = _diagram(told, drawn) if drawn else ""
    beside = drawn and layers and _width(drawn) <= _NARROW
    content = tag("div", diagram, layers, class_="network") if beside else joined((diagram, layers))
    return section("Network", content)


def _drawing(run_dir: Path) -> bytes:
    try:
        return (run_dir / "diagram.svg").read_bytes()
    except OSError:
        return b""


def _width(drawn: bytes) -> float:
    """How wide a picture of Graphviz is, in points; 0 where it does not say."""
    found = re.search(rb'<svg width="(\d+)pt"', drawn)
    return float(found[1]) if found else 0.0


def _diagram(told: Overview, drawn: bytes) -> Html:
    """The picture as an image, in which nothing can run, whoever has written the file."""
    if len(drawn) > _LARGEST_DIAGRAM:
        return tag("p", "The diagram is large: it is in the file ", tag("code", "diagram.svg"), ".")
    layers = told["network"]["layers"]
    image = tag(
        "img",
        src=f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}",
        alt=f"The network {told['name']} as a diagram of {layers} layers from the input, at the top, to the output.",
    )
    return tag("figure", image, class_="diagram", tabindex="0")


def share(part: float | None) -> str:
    """A share of 1 in whole per cent."""
    return "–" if part is None else f"{100 * part:.0f} %"
