"""Other words in place: one convolution for another, `concat` for `add` and back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cnngen.language import Analysis, Edit, Span
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.action import REWRITE, Action, laid_out
from cnngen.server.features.selection import layer_at, merge_at

_CONVOLUTIONS = ("conv", "convbn", "bnconv", "sepconv")


def change_convolution(analysis: Analysis, place: Span) -> Iterator[Action]:
    """Offer the other convolutions; arguments that one does not take go."""
    layer = layer_at(analysis, place) if analysis.ok else None
    if layer is None or layer.word.text not in _CONVOLUTIONS:
        return
    for name in _CONVOLUTIONS:
        if name == layer.word.text:
            continue
        edits = [Edit(layer.word.span, name), *_unknown(analysis, layer, name)]
        # Those with and without normalisation make the same shapes; only separable strides must be square.
        if name != "sepconv" or analysis.edited(edits).ok:
            yield Action(f"Change to {name}", REWRITE, partial(laid_out, analysis, edits))


def change_join(analysis: Analysis, place: Span) -> Iterator[Action]:
    """Offer to concatenate where lanes are added, and to add where they are concatenated, if that fits."""
    merge = merge_at(analysis, place) if analysis.ok else None
    layer = layer_at(analysis, place)
    if merge is None or (layer and layer is not merge.join):
        return
    name = "add" if merge.join and merge.join.word.text == "concat" else "concat"
    if merge.join:
        edit = Edit(merge.join.word.span, name)
    else:
        edit = Edit(Span(merge.span.start, merge.span.start), f"{name} ")
    if analysis.edited([edit]).ok:
        title = "Add the lanes instead" if name == "add" else "Concatenate the lanes instead"
        yield Action(title, REWRITE, partial(laid_out, analysis, [edit]))


def _unknown(analysis: Analysis, layer: Layer, name: str) -> Iterator[Edit]:
    """Takes out the arguments that another word does not have, each with a comma beside it."""
    arguments = layer.arguments
    known = [bool(argument.name and WORDS[name].hyperparameter(argument.name.text)) for argument in arguments]
    if not any(known) and arguments:
        yield Edit(Span(layer.word.span.end, layer.span.end), "")
        return
    first = known.index(True) if arguments else 0
    if first:
        yield Edit(Span(arguments[0].span.start, arguments[first].span.start), "")
    for index in range(first + 1, len(arguments)):
        if not known[index]:
            yield Edit(Span(arguments[index - 1].span.end, arguments[index].span.end), "")
