"""Building HTML so that text can never become markup: what is not `Html` is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

#: Elements that have no content and no end.
_VOID = frozenset({"img", "meta", "br", "link"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str | None) -> Html:
    """An element. Children that are plain text and all values of attributes are escaped.

    An underscore in an attribute's name stands for a hyphen, one at its end for nothing (`class_`); None leaves the
    attribute out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{joined(children)}</{name}>")


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Parts one after the other, escaped where they are plain text."""
    return Html(escape(between).join(part if isinstance(part, Html) else escape(part) for part in parts))


#: A table of so many columns has them closer together.
_MANY = 10


def table(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]], *, text: Iterable[int] = ()) -> Html:
    """A table with a caption. The first cell of a row is its heading; `text` names further columns that hold words.

    The others hold figures, which stand under one another at their right ends.
    """
    words = {0, *text}
    heads = [tag("th", cell, scope="col", class_=None if n in words else "figure") for n, cell in enumerate(head)]
    lines = [
        joined(
            tag("th", cell, scope="row") if not n else tag("td", cell, class_=None if n in words else "figure")
            for n, cell in enumerate(row)
        )
        for row in rows
    ]
    body = tag("tbody", *(tag("tr", line) for line in lines))
    # Wide tables scroll in their own frame, which a keyboard can reach.
    many = "many" if len(heads) >= _MANY else None
    whole = tag("table", tag("caption", caption), tag("thead", tag("tr", *heads)), body, class_=many)
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def facts(rows: Iterable[tuple[str, str]]) -> Html:
    """A list of terms with their descriptions."""
    return tag("dl", *(tag("div", tag("dt", label), tag("dd", text)) for label, text in rows))
