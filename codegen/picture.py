"""`diagram()`: the picture of a network, drawn by Graphviz straight from the Network."""

from __future__ import annotations

from typing import Literal

from cnngen.codegen.graphviz import DiagramUnavailable, draw
from cnngen.language import Network

#: Pixels per inch of every PNG: text is as large in the picture of a deep network as in that of a small one.
DPI = 96

#: The most layers that are drawn; a picture of more is too long for any viewer.
LARGEST = 2_000

#: Cairo, which draws for the system's `dot`, makes no side longer and shrinks what would be.
_CAIRO_LIMIT = 32_767


def diagram(network: Network, format: Literal["svg", "png"]) -> bytes:
    """The network as an SVG or PNG picture, always in the same scale.

    Raises:
        DiagramUnavailable: there is no Graphviz, or it cannot draw this network.
    """
    if len(network.nodes) > LARGEST:
        raise DiagramUnavailable(
            f"{network.name} has {len(network.nodes):,} layers; networks of up to {LARGEST:,} have pictures."
        )
    # pydot takes a while to import, and most of what imports this room draws nothing.
    from cnngen.codegen.dot import dot_source

    source = dot_source(network)
    if format == "svg":
        return draw(source, "svg")
    png = draw(source, "png", f"-Gdpi={DPI}")
    if _CAIRO_LIMIT in _size(png):
        raise DiagramUnavailable(
            f"{network.name} is too long for a PNG of the system's Graphviz in full size: use the SVG, "
            'or install `pip install "cnngen[dot]"` and take `dot` off the PATH.'
        )
    return png


def _size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header that each PNG starts with."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
