"""Write what is inferred into the text: of a layer, of a merge with all that is in it, of the whole program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from cnngen.language import Analysis, Edit, Span
from cnngen.language.syntax.tree import Item, Layer, Merge
from cnngen.server.features.action import EXPLICIT, REWRITE, Action, laid_out
from cnngen.server.features.resolved import arguments, texts
from cnngen.server.features.sameness import same_network
from cnngen.server.features.selection import layer_at, merge_at


def make_explicit(analysis: Analysis, place: Span) -> Iterator[Action]:
    """Offer it for the layer or the merge at a place."""
    if not analysis.ok:
        return
    layer, merge = layer_at(analysis, place), merge_at(analysis, place)
    if layer and (merge is None or layer is not merge.join) and any(_missing(analysis, layer)):
        title = f"Make the hyper-parameters of {layer.word.text} explicit"
        yield Action(title, REWRITE, partial(_edits, analysis, [layer]))
    elif merge and (layer is None or layer is merge.join) and any(_all_missing(analysis, inside(merge))):
        title = "Make the hyper-parameters of the merge explicit"
        yield Action(title, REWRITE, partial(_edits, analysis, list(inside(merge))))


def make_all_explicit(analysis: Analysis) -> Iterator[Action]:
    """Offer it for the program."""
    if analysis.ok and any(_all_missing(analysis, analysis.tree.walk())):
        title = "Make all hyper-parameters explicit"
        yield Action(title, EXPLICIT, partial(_edits, analysis, list(analysis.tree.walk())))


def inside(merge: Merge) -> Iterator[Item]:
    """A merge and all that it holds."""
    pending: list[Item] = [merge]
    while pending:
        item = pending.pop()
        yield item
        if isinstance(item, Merge):
            pending += [inner for body in item.bodies for lane in body.lanes for inner in lane.items]


def _edits(analysis: Analysis, items: Iterable[Item]) -> tuple[Edit, ...]:
    """Nothing, should the network become another one."""
    edits = list(_all_missing(analysis, items))
    same = same_network(analysis.network, analysis.edited(edits).network)
    return laid_out(analysis, edits) if same else ()


def _all_missing(analysis: Analysis, items: Iterable[Item]) -> Iterator[Edit]:
    for item in items:
        if isinstance(item, (Layer, Merge)):
            yield from _missing(analysis, item)


def _missing(analysis: Analysis, item: Layer | Merge) -> Iterator[Edit]:
    """Writes the arguments that a layer or a merge's join lacks."""
    layer = item.join if isinstance(item, Merge) else item
    have = arguments(layer) if layer else {}
    lacking = [f"{name}={value}" for name, value in texts(analysis, item).items() if name not in have]
    if not lacking:
        return
    text = ", ".join(lacking)
    if layer is None:
        yield Edit(Span(item.span.start, item.span.start), f"add({text}) ")
    elif layer.arguments:
        end = layer.arguments[-1].span.end
        yield Edit(Span(end, end), f", {text}")
    else:
        yield Edit(Span(layer.word.span.end, layer.span.end), f"({text})")
