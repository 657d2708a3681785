"""The tree of an item as it stands elsewhere in a text: to copy it takes a third of the time that to parse it does."""

from __future__ import annotations

from cnngen.language.syntax.tree import Argument, Body, Item, Lane, Layer, Merge, Scalar, Stray, Tuple, Value

#: Merges nested deeper are not copied: that would take as much of the interpreter's stack.
_DEEPEST = 50


def moved(item: Item, by: int, room: int = _DEEPEST) -> Item | None:
    """The same item with `by` characters more before it; None where its merges nest too deep."""
    if not by:
        return item
    if isinstance(item, Merge):
        return _merge(item, by, room)
    if isinstance(item, Layer):
        return _layer(item, by)
    return Stray(item.text, item.span.moved(by), tuple([_argument(argument, by) for argument in item.arguments]))


def _merge(merge: Merge, by: int, room: int) -> Merge | None:
    if not room:
        return None
    bodies = []
    for body in merge.bodies:
        lanes = []
        for lane in body.lanes:
            items = [moved(item, by, room - 1) for item in lane.items]
            if None in items:
                return None
            lanes.append(Lane(tuple([item for item in items if item is not None]), lane.span.moved(by)))
        bodies.append(Body((*lanes,), body.span.moved(by), body.repaired, body.unfinished))
    join = _layer(merge.join, by) if merge.join else None
    return Merge(join, (*bodies,), merge.bracket.moved(by), merge.span.moved(by), merge.repaired)


def _layer(layer: Layer, by: int) -> Layer:
    arguments = tuple([_argument(argument, by) for argument in layer.arguments]) if layer.arguments else ()
    return Layer(_scalar(layer.word, by), arguments, layer.span.moved(by))


def _argument(argument: Argument, by: int) -> Argument:
    name = _scalar(argument.name, by) if argument.name else None
    value = _value(argument.value, by) if argument.value else None
    return Argument(name, value, argument.span.moved(by))


def _value(value: Value, by: int) -> Value:
    if isinstance(value, Scalar):
        return _scalar(value, by)
    return Tuple(tuple([_scalar(item, by) for item in value.items]), value.span.moved(by))


def _scalar(scalar: Scalar, by: int) -> Scalar:
    return Scalar(scalar.text, scalar.span.moved(by))
