"""What every report of this house has: one file that needs nothing else, its look, and the parts it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cnngen.runtime.report.html import Html, joined, tag

#: Nothing is loaded from anywhere and no script runs, whatever a text may hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, *content: str) -> str:
    """A whole HTML file."""
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="generator", content="CNNGen"),
        tag("title", title),
        tag("style", Html(style)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', tag('main', *content)), lang='en')}\n"


def section(title: str, *content: str) -> Html:
    """A part of the page with its heading; nothing when it has no content."""
    inside = joined(content)
    return tag("section", tag("h2", title), inside) if inside else Html()


def readable_time(utc: str) -> str:
    """An ISO time in UTC as people read it."""
    return f"{utc[:10]} {utc[11:16]} UTC"


def picture(svg: Html | None, caption: str = "", *, wide: bool = False) -> Html:
    """A chart in its frame."""
    if not svg:
        return Html()
    return tag("figure", svg, tag("figcaption", caption) if caption else "", class_="wide" if wide else None)


def source(name: str | None, text: str | None = None) -> Html:
    """Where a figure comes from, as a small mark; `text` may tell more, such as which share of it comes from where."""
    return tag("span", text or name, class_=f"source {name}") if name and name != "absent" else Html()


def caveats(sentences: Iterable[str]) -> Html:
    """What a reader must know before the figures are used."""
    told = [tag("li", sentence) for sentence in sentences]
    heading = tag("h2", "Before you use these figures")
    return tag("section", heading, tag("ul", *told), class_="caveats") if told else Html()


def figures(shown: Iterable[dict[str, Any]]) -> Html:
    """The headline figures as cards."""
    return tag("dl", *(_card(figure) for figure in shown), class_="figures")


def _card(figure: dict[str, Any]) -> Html:
    how = tag("dd", figure["how"], class_="how") if figure["how"] else ""
    value = tag("dd", tag("span", figure["text"], class_="value"), " ", source(figure["source"], figure["source_text"]))
    return tag("div", tag("dt", figure["label"]), value, how)
