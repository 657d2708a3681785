"""`diagram()` and `live_diagram()`: the picture of a network, drawn by Graphviz straight from the Network."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Literal

from cnngen.codegen.pictures.graphviz import DiagramUnavailable, draw, draw_async, find_dot, find_wheel
from cnngen.codegen.pictures.palette import exact
from cnngen.codegen.pictures.theme import dark_style
from cnngen.language import Network

#: Pixels per inch of every PNG: text is as large in the picture of a deep network as in that of a small one.
DPI = 72

#: How the system's Graphviz makes a PNG fastest, where it can: Cairo paints, GD packs into a palette of 256 colours.
_FAST = "png:cairo:gd"

#: The most layers that are drawn: in a PNG a hundred thousand pixels and more from top to bottom.
LARGEST = 2_000

#: Cairo, which paints for the system's `dot`, makes no side longer and shrinks what would be.
_CAIRO_LIMIT = 32_767

#: The most layers of a picture that is drawn anew at each pause of typing: it takes two seconds then.
LARGEST_LIVE = 1_000


def diagram(network: Network, format: Literal["svg", "png"]) -> bytes:
    """The network as an SVG or PNG picture, always in the same scale.

    The same network gives the same bytes, as long as the Graphviz is the same.

    Raises:
        DiagramUnavailable: there is no Graphviz, or it cannot draw this network.
    """
    source = _source(network, LARGEST, "a picture")
    if format == "svg":
        return _on_any_ground(draw(find_dot(), source, "svg"))
    dot, wheel = find_dot(), find_wheel()
    png = _painted(dot, source, fast=dot != wheel)
    if _CAIRO_LIMIT in _size(png):
        # The wheel paints without Cairo, in any size.
        if wheel is None:
            raise DiagramUnavailable(
                "The network is too long for a PNG in full size by the system's Graphviz: "
                'take the SVG, or install `pip install "cnngen[dot]"`.'
            )
        png = _painted(wheel, source, fast=False)
    return exact(png)


async def live_diagram(network: Network) -> str:
    """The SVG for who draws while a program is being written, without a legend: to cancel it ends the drawing.

    The element of each layer has the id `n` and the node's id.

    Raises:
        DiagramUnavailable: there is no Graphviz, or the network is too large to be drawn again and again.
    """
    return (await draw_async(find_dot(), await live_source(network), "svg")).decode()


async def live_source(network: Network) -> str:
    """The graph of that picture in the DOT language, for who has a Graphviz of their own.

    Raises:
        DiagramUnavailable: the network is too large to be drawn again and again.
    """
    import asyncio

    return await asyncio.to_thread(_source, network, LARGEST_LIVE, "a live picture", legend=False)


def _painted(executable: Path | None, source: str, *, fast: bool) -> bytes:
    if fast:
        with suppress(DiagramUnavailable):  # a Graphviz without GD
            return draw(executable, source, _FAST, f"-Gdpi={DPI}")
    return draw(executable, source, "png", f"-Gdpi={DPI}")


def _source(network: Network, largest: int, what: str, *, legend: bool = True) -> str:
    if len(network.nodes) > largest:
        raise DiagramUnavailable(
            f"{len(network.nodes):,} layers are too many for {what}; networks of up to {largest:,} have one."
        )
    from cnngen.codegen.pictures.dot import dot_source  # imports pydot, which who only wants code need not wait for

    return dot_source(network, legend=legend)


def _on_any_ground(svg: bytes) -> bytes:
    """The picture with colours for dark surroundings, where its viewer has them."""
    head, opened, rest = svg.partition(b"<g id=")
    return head + dark_style().encode() + b"\n" + opened + rest


def _size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header that each PNG starts with."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
