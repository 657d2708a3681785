"""The canonical text of a network: the program with every hyper-parameter written."""

from __future__ import annotations

from typing import Any

from cnngen.language.checks.order import Order, category
from cnngen.language.resolve.layers import Resolution
from cnngen.language.syntax.tree import Body, Item, Layer, Merge, Program


def canonical_text(program: Program, order: Order, resolution: Resolution) -> str:
    """The program with every hyper-parameter written, one feature a line.

    Training and the data set's name are no part of it, the input's shape and the number of classes are.
    """
    parts = [f"input(shape={_value(resolution.input_shape)})"]
    for item in program.items:
        if item not in order.misplaced and category(item, order) not in (
            None,
            "training",
            "defaults",
            "input",
            "output",
        ):
            parts.append("".join(_written(item, order, resolution)))
    parts.append(f"output(classes={resolution.classes})")
    return "\n".join(parts) + "\n"


def _written(item: Item, order: Order, resolution: Resolution) -> list[str]:
    """The pieces of text of one item. Merges may nest as deep as they like: the stack is a list."""
    pieces: list[str] = []
    pending: list[Item | str] = [item]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, Layer):
            word = order.word(part)
            values = resolution.values.get(part)
            pieces.append(f"{word}({_arguments(values)})" if values else word)
        elif isinstance(part, Merge):
            pending.extend(reversed(_merge(part, order, resolution)))
    return pieces


def _merge(merge: Merge, order: Order, resolution: Resolution) -> list[Item | str]:
    join = merge.join.word.text if merge.join else "add"
    parts: list[Item | str] = [f"{join}({_arguments(resolution.values.get(merge, {}))}) ["]
    for body in merge.bodies:
        parts += [" (", *_lane(body, 0, order), ", ", *_lane(body, 1, order), ")"]
    return [*parts, " ]"]


def _lane(body: Body, side: int, order: Order) -> list[Item | str]:
    lane = body.lanes[side].items if side < len(body.lanes) else ()
    items = [item for item in lane if item not in order.misplaced]
    if side == 1 and not items:
        return ["Empty"]
    parts: list[Item | str] = []
    for index, item in enumerate(items):
        parts += [" ", item] if index else [item]
    return parts


def _arguments(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(str(item) for item in value)})"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
