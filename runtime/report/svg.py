"""A figure of matplotlib as an element of a page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from matplotlib.figure import Figure

from cnngen.runtime.report.html import Html

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"


def element(figure: Figure, title: str, description: str, variables: Mapping[str, str]) -> Html:
    """The figure as an element of a page: no head, no ids that another chart has too, colours as variables.

    `variables` names the variable of the page that each colour becomes; `description` is for who cannot see it.
    """
    written = io.StringIO()
    # Which values an axis names depends on its length, and that on the room for their text: once more, and both agree.
    figure.draw_without_rendering()
    figure.canvas.print_svg(written, metadata={"Date": None})  # type: ignore[attr-defined]
    root = ElementTree.fromstring(written.getvalue())
    _drop(root, "metadata")
    for definitions in root.findall(f"{{{_SVG}}}defs"):
        _drop(definitions, "style")  # which would hold for the whole page
    used = set(re.findall(r"#([\w.-]+)", " ".join(_references(root))))
    for part in root.iter():
        if part.get("id") not in used:
            part.attrib.pop("id", None)
        if _LINK in part.attrib:
            part.set("href", part.attrib.pop(_LINK))
        if "style" in part.attrib:
            part.set("style", _themed(part.attrib["style"], variables))
        part.tag = part.tag.removeprefix(f"{{{_SVG}}}")
    size = root.attrib
    root.attrib = {"viewBox": size["viewBox"], "xmlns": _SVG, "role": "img", "class": "chart"}
    root.set("aria-label", f"{title}. {description}")
    text = ElementTree.tostring(root, encoding="unicode")
    return Html(re.sub(r"\s*\n\s*", " ", text))


def _drop(parent: Any, name: str) -> None:
    for found in parent.findall(f"{{{_SVG}}}{name}"):
        parent.remove(found)


def _references(root: Any) -> Iterator[str]:
    for part in root.iter():
        yield from (value for key, value in part.attrib.items() if key != "id" and "#" in value)


def _themed(style: str, variables: Mapping[str, str]) -> str:
    """Colours as variables, and the page's font instead of the one that was measured."""
    style = re.sub(r"\s*font-family:[^;]*;?", "", style)
    for colour, variable in variables.items():
        style = style.replace(colour, f"var({variable}, {colour})")
    return style
