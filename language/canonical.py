"""The canonical text of a network: the program with every hyper-parameter written."""

from __future__ import annotations

from typing import Any

from cnngen.language.checks.feature import Feature
from cnngen.language.checks.recognition import Recognition
from cnngen.language.resolve.choices import Choice
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.program import Resolution
from cnngen.language.resolve.values import spoken
from cnngen.language.syntax.tree import Body, Item, Layer, Merge


def canonical_text(resolution: Resolution) -> str:
    """The program with every hyper-parameter written, one feature a line.

    Training and the data set's name are no part of it, the input's shape and the number of classes are.
    """
    head, outline = resolution.head, resolution.outline
    features = [outline.features[index] for index in outline.layers]
    lines = [
        f"input(shape={_value(head.input_shape)})",
        *map(_line, features, resolution.parts),
        f"output(classes={head.classes})",
    ]
    return "\n".join(lines) + "\n"


def _line(feature: Feature, part: Part) -> str:
    """The text of one feature; a part is one feature's, and keeps it."""
    if not part.canonical:
        part.canonical = "".join(_written(feature, part))
    return part.canonical


def _written(feature: Feature, part: Part) -> list[str]:
    """The pieces of text of one feature. Merges may nest as deep as they like: the stack is a list."""
    known = feature.known
    pieces: list[str] = []
    pending: list[Item | str] = [feature.item]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            pieces.append(item)
        elif isinstance(item, Layer):
            word = known.word(item)
            choice = part.choices.get(item)
            pieces.append(f"{word}({_arguments(choice)})" if choice else word)
        elif isinstance(item, Merge):
            pending.extend(reversed(_merge(item, known, part)))
    return pieces


def _merge(merge: Merge, known: Recognition, part: Part) -> list[Item | str]:
    join = merge.join.word.text if merge.join else "add"
    choice = part.choices.get(merge)
    parts: list[Item | str] = [f"{join}({_arguments(choice) if choice else ''}) ["]
    for body in merge.bodies:
        parts += [" (", *_lane(body, 0, known), ", ", *_lane(body, 1, known), ")"]
    return [*parts, " ]"]


def _lane(body: Body, side: int, known: Recognition) -> list[Item | str]:
    lane = body.lanes[side].items if side < len(body.lanes) else ()
    items = [item for item in lane if item not in known.misplaced]
    if side == 1 and not items:
        return ["Empty"]
    parts: list[Item | str] = []
    for index, item in enumerate(items):
        parts += [" ", item] if index else [item]
    return parts


def _arguments(choice: Choice) -> str:
    return ", ".join(f"{name}={_value(value)}" for name, value in spoken(choice).items())


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(str(item) for item in value)})"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
