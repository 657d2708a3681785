"""Document symbols: the outline of a program, with the shape that each part of it puts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from cnngen.language import Analysis, Span
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.lookup import Part
from cnngen.language.syntax.tree import Body, Item, Lane, Layer, Merge, Stray
from cnngen.language.words.catalogue import WORDS, Category

Kind = Category | Literal["merge", "body", "lane", "unknown"]

#: Merges nested deeper are one symbol each. Nobody reads an outline that deep, and clients are not made for it.
DEEPEST = 20

_SIDES = ("left lane", "right lane")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A part of the program: how people call it, its output's shape, where it stands and which word tells of it."""

    name: str
    detail: str
    kind: Kind
    span: Span
    selection: Span
    children: tuple[Symbol, ...] = ()


def document_symbols(analysis: Analysis) -> list[Symbol]:
    """The outline: layers and merges; in a merge its bodies, where it has several, and their lanes."""
    return [*_symbols(analysis, analysis.tree.items, DEEPEST)]


def _symbols(analysis: Analysis, items: Iterable[Item], room: int) -> Iterator[Symbol]:
    for item in items:
        if isinstance(item, Layer):
            name = item.word.text
            kind: Kind = WORDS[name].category if name in WORDS else "unknown"
            yield Symbol(name, _shape(analysis, item), kind, item.span, item.word.span)
        elif isinstance(item, Merge):
            yield _merge(analysis, item, room)


def _merge(analysis: Analysis, merge: Merge, room: int) -> Symbol:
    children: tuple[Symbol, ...] = ()
    if room and len(merge.bodies) == 1:
        children = (*_lanes(analysis, merge.bodies[0], room - 1),)
    elif room:
        children = tuple(
            Symbol(
                f"body {number}",
                _shape(analysis, body),
                "body",
                body.span,
                Span(body.span.start, min(body.span.start + 1, body.span.end)),
                (*_lanes(analysis, body, room - 1),),
            )
            for number, body in enumerate(merge.bodies, 1)
        )
    selection = merge.join.word.span if merge.join else merge.bracket
    return Symbol(_name(merge), _shape(analysis, merge), "merge", merge.span, selection, children)


def _lanes(analysis: Analysis, body: Body, room: int) -> Iterator[Symbol]:
    for number, lane in enumerate(body.lanes):
        name = _SIDES[number] if number < len(_SIDES) else f"lane {number + 1}"
        if _is_skip(lane):
            yield Symbol(name, "Empty", "empty", lane.span, lane.span)
        else:
            inside = (*_symbols(analysis, lane.items, room),)
            selection = inside[0].selection if inside else lane.span
            yield Symbol(name, _shape(analysis, lane), "lane", lane.span, selection, inside)


def _name(merge: Merge) -> str:
    """How people call a merge: `residual add`, `concat, 2 bodies`."""
    join = merge.join.word.text if merge.join else "add"
    residual = any(_is_skip(lane) for body in merge.bodies for lane in body.lanes)
    count = len(merge.bodies)
    return f"{'residual ' if residual else ''}{join}{f', {count} bodies' if count > 1 else ''}"


def _is_skip(lane: Lane) -> bool:
    return len(lane.items) == 1 and isinstance(item := lane.items[0], Layer) and item.word.text == "Empty"


def _shape(analysis: Analysis, part: Part) -> str:
    """The shape that a part puts out; nothing where it has none, for it is faulty or no layer."""
    while True:
        if isinstance(part, Merge):
            inside: Part | None = part.bodies[-1] if part.bodies else None
        elif isinstance(part, Lane):
            inside = next((item for item in reversed(part.items) if not isinstance(item, Stray)), None)
        else:
            nodes = analysis.nodes_of(part)
            return shown(nodes[-1].shape) if nodes else ""
        if inside is None:
            return ""
        part = inside
