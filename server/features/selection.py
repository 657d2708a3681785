"""What a place in the text selects: the layer, the merge, or the layers one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.language import Analysis, Span
from cnngen.language.syntax.lookup import path_at
from cnngen.language.syntax.tree import Argument, Item, Lane, Layer, Merge, Scalar


def layer_at(analysis: Analysis, place: Span) -> Layer | None:
    """The layer, or join, whose word or arguments a place lies in."""
    for part in reversed(path_at(analysis.tree, place.start)):
        if isinstance(part, Layer):
            return part if place.end <= part.span.end else None
        if not isinstance(part, (Scalar, Argument)) and not hasattr(part, "items"):
            return None
    return None


def merge_at(analysis: Analysis, place: Span) -> Merge | None:
    """The innermost merge around a place."""
    for part in reversed(path_at(analysis.tree, place.start)):
        if isinstance(part, Merge) and place.end <= part.span.end:
            return part
    return None


def items_at(analysis: Analysis, place: Span) -> Sequence[Item]:
    """The layers and merges of one lane, or of the program, that a place touches; of an empty place, its layer."""
    path = path_at(analysis.tree, place.start)
    for part in reversed([analysis.tree, *path]):
        if isinstance(part, Lane) and not (part.span.start <= place.start and place.end <= part.span.end):
            continue
        if part is analysis.tree or isinstance(part, Lane):
            items = part.items
            if place.start == place.end:
                return [item for item in items if item in path and isinstance(item, Layer)]
            return [item for item in items if item.span.start < place.end and place.start < item.span.end]
    return []
