"""Document symbols: the outline of a program, with the shape that each part of it puts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cnngen.language import Shape, Span
from cnngen.language.resolve.sections import Section
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.lookup import Part
from cnngen.language.syntax.tree import Body, Item, Lane, Layer, Merge, Stray
from cnngen.language.words.catalogue import WORDS, Category

Kind = Category | Literal["merge", "body", "lane", "unknown"]

#: Merges nested deeper are one symbol each. Nobody reads an outline that deep, and clients are not made for it.
DEEPEST = 20

#: What parts of the tree put out, by their places.
Shapes: TypeAlias = Mapping[Span, Shape]

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


def document_symbols(section: Section) -> list[Symbol]:
    """The outline of a feature, its places in the feature's own text; nothing for what is no word at all.

    Layers and merges; in a merge its bodies, where it has several, and their lanes.
    """
    return [*_symbols(section.shapes(), (section.feature.item,), DEEPEST)]


def _symbols(shapes: Shapes, items: Iterable[Item], room: int) -> Iterator[Symbol]:
    for item in items:
        if isinstance(item, Layer):
            name = item.word.text
            kind: Kind = WORDS[name].category if name in WORDS else "unknown"
            yield Symbol(name, _shape(shapes, item), kind, item.span, item.word.span)
        elif isinstance(item, Merge):
            yield _merge(shapes, item, room)


def _merge(shapes: Shapes, merge: Merge, room: int) -> Symbol:
    children: tuple[Symbol, ...] = ()
    if room and len(merge.bodies) == 1:
        children = (*_lanes(shapes, merge.bodies[0], room - 1),)
    elif room:
        children = tuple(
            Symbol(
                f"body {number}",
                _shape(shapes, body),
                "body",
                body.span,
                Span(body.span.start, min(body.span.start + 1, body.span.end)),
                (*_lanes(shapes, body, room - 1),),
            )
            for number, body in enumerate(merge.bodies, 1)
        )
    selection = merge.join.word.span if merge.join else merge.bracket
    return Symbol(_name(merge), _shape(shapes, merge), "merge", merge.span, selection, children)


def _lanes(shapes: Shapes, body: Body, room: int) -> Iterator[Symbol]:
    for number, lane in enumerate(body.lanes):
        name = _SIDES[number] if number < len(_SIDES) else f"lane {number + 1}"
        if _is_skip(lane):
            yield Symbol(name, "Empty", "empty", lane.span, lane.span)
        else:
            inside = (*_symbols(shapes, lane.items, room),)
            selection = inside[0].selection if inside else lane.span
            yield Symbol(name, _shape(shapes, lane), "lane", lane.span, selection, inside)


def _name(merge: Merge) -> str:
    """How people call a merge: `residual add`, `concat, 2 bodies`."""
    join = merge.join.word.text if merge.join else "add"
    residual = any(_is_skip(lane) for body in merge.bodies for lane in body.lanes)
    count = len(merge.bodies)
    return f"{'residual ' if residual else ''}{join}{f', {count} bodies' if count > 1 else ''}"


def _is_skip(lane: Lane) -> bool:
    return len(lane.items) == 1 and isinstance(item := lane.items[0], Layer) and item.word.text == "Empty"


def _shape(shapes: Shapes, part: Part) -> str:
    """The shape that a part puts out; nothing where it has none, for it is faulty or no layer."""
    while True:
        if isinstance(part, Merge):
            inside: Part | None = part.bodies[-1] if part.bodies else None
        elif isinstance(part, Lane):
            inside = next((item for item in reversed(part.items) if not isinstance(item, Stray)), None)
        else:
            return shown(shape) if (shape := shapes.get(part.span)) else ""
        if inside is None:
            return ""
        part = inside
