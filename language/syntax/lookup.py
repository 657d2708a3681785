"""Finding one's way in a syntax tree: what stands at a place, and what a part consists of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from cnngen.language.syntax.items import Items
from cnngen.language.syntax.tree import Argument, Body, Item, Lane, Layer, Merge, Program, Scalar, Tuple

#: What has a span in the tree.
Part: TypeAlias = Item | Body | Lane | Argument | Tuple | Scalar


def parts(of: Program | Part) -> Sequence[Part]:
    """What a part consists of, in the order of the text."""
    match of:
        case Program() | Lane() | Tuple():
            return of.items
        case Layer():
            return (of.word, *of.arguments)
        case Merge():
            return (of.join, *of.bodies) if of.join else of.bodies
        case Body():
            return of.lanes
        case Argument():
            return tuple(part for part in (of.name, of.value) if part is not None)
    return ()


def path_at(program: Program, offset: int) -> list[Part]:
    """The parts that an offset lies in or touches, from the outermost to the innermost.

    Between two parts that touch each other the one behind the offset counts, as with a cursor before a word.
    """
    path: list[Part] = []
    inside: Program | Part = program
    while touched := _touching(inside, offset):
        inside = touched[-1]
        path.append(inside)
    return path


def _touching(part: Program | Part, offset: int) -> Sequence[Part]:
    if isinstance(part, Program) and isinstance(part.items, Items):
        return part.items.touching(offset)
    return [inner for inner in parts(part) if inner.span.start <= offset <= inner.span.end]
