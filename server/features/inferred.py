"""Leave out what would be inferred alike: of a layer, of a merge with all that is in it, of the whole program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from cnngen.language import Analysis, Edit, Node, Span
from cnngen.language.syntax.tree import Item, Layer, Merge
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.action import INFERRED, REWRITE, Action, laid_out
from cnngen.server.features.explicit import inside
from cnngen.server.features.figures import as_written
from cnngen.server.features.resolved import arguments
from cnngen.server.features.sameness import same_network
from cnngen.server.features.selection import layer_at, merge_at

#: The names that are to go, by layer.
_Surplus = dict[Layer, set[str]]


def leave_to_inference(analysis: Analysis, place: Span) -> Iterator[Action]:
    """Offer it for the layer or the merge at a place."""
    if not analysis.ok:
        return
    layer, merge = layer_at(analysis, place), merge_at(analysis, place)
    if layer and (merge is None or layer is not merge.join):
        if edits := surplus(analysis, [layer]):
            title = f"Remove hyper-parameters of {layer.word.text} that would be inferred alike"
            yield Action(title, REWRITE, partial(laid_out, analysis, edits))
    elif merge and (layer is None or layer is merge.join) and (edits := surplus(analysis, inside(merge))):
        title = "Remove hyper-parameters of the merge that would be inferred alike"
        yield Action(title, REWRITE, partial(laid_out, analysis, edits))


def leave_all_to_inference(analysis: Analysis) -> Iterator[Action]:
    """Offer it for the program."""
    if analysis.ok and (edits := surplus(analysis, analysis.tree.walk())):
        title = "Remove all hyper-parameters that would be inferred alike"
        yield Action(title, INFERRED, partial(laid_out, analysis, edits))


def surplus(analysis: Analysis, items: Iterable[Item]) -> list[Edit]:
    """Takes out arguments such that the network stays the same.

    At first all are taken out. What that changes comes back, in each top-level item from its first layer on, for
    what follows may change by that alone; until nothing differs.
    """
    names = _candidates(analysis, items)
    while any(names.values()):
        edits = [edit for layer, out in names.items() for edit in _removal(layer, out)]
        after = analysis.edited(edits)
        if _same(analysis, after):
            return edits
        if not _put_back(analysis, after, names):
            return []
    return []


def _candidates(analysis: Analysis, items: Iterable[Item]) -> _Surplus:
    """The arguments of the layers and joins, but for those with a comment among them."""
    found: _Surplus = {}
    for item in items:
        layer = item.join if isinstance(item, Merge) else item
        if not isinstance(layer, Layer) or layer.word.text == "defaults" or not layer.arguments:
            continue
        inner = analysis.text[layer.word.span.end : layer.span.end]
        if "//" not in inner and "/*" not in inner:
            found[layer] = set(arguments(layer)) - _unusual(layer)
    return found


def _unusual(layer: Layer) -> set[str]:
    """Arguments of `training` that are not those it has anyway: no layer shows them."""
    word = WORDS[layer.word.text]
    if word.name != "training":
        return set()
    usual = {parameter.name: as_written(parameter.default) for parameter in word.hyperparameters}
    return {name for name, text in arguments(layer).items() if text != usual[name]}


def _same(before: Analysis, after: Analysis) -> bool:
    old, new = before.network, after.network
    return after.ok and (old.dataset, old.training) == (new.dataset, new.training) and same_network(old, new)


def _put_back(before: Analysis, after: Analysis, names: _Surplus) -> bool:
    """Keep what made a difference. False where nothing is left to keep."""
    changed = False
    done: set[int] = set()
    tops = [item.span for item in before.tree.items]
    owners = _owners(before, names)
    top = 0
    for old, new in zip(before.network.nodes, after.network.nodes, strict=False):
        while top < len(tops) and tops[top].end < old.span.end:
            top += 1
        layer = owners.get(old.span)
        if top in done or layer is None or (old.args == new.args and old.shape == new.shape):
            continue
        if back := names[layer] & _differing(old, new):
            # One at a time: a window that stays may explain the strides.
            names[layer].remove(min(back, key=_order(layer).index))
            done.add(top)
            changed = True
    if not changed:  # what no node shows: the data set, the number of classes, an activation that is linear anyway
        for layer, out in names.items():
            shown_nowhere = layer.word.text in ("input", "output", "training") or "activate" in out
            if out and (shown_nowhere or layer is [other for other, left in names.items() if left][-1]):
                names[layer] = out - {"activate"} if "activate" in out else set()
                return True
    return changed


def _owners(analysis: Analysis, names: _Surplus) -> dict[Span, Layer]:
    """The layers of which arguments may go, by the places that their nodes have."""
    owners = {layer.span: layer for layer in names}
    for item in analysis.tree.walk():
        if isinstance(item, Merge) and item.join in names:
            owners |= {body.span: item.join for body in item.bodies}
    return owners


def _differing(old: Node, new: Node) -> set[str]:
    """The names of the arguments that differ; the activation's place goes with it."""
    names = {name for name in old.args if old.args[name] != new.args.get(name)}
    if old.kind == "input":
        names |= {"shape", "dataset"}
    return names | {"activate"} if "activation" in names else names


def _order(layer: Layer) -> list[str]:
    """The hyper-parameters of a layer; before the activation, whether it follows the normalisation."""
    names = [parameter.name for parameter in WORDS[layer.word.text].hyperparameters]
    return ["activate", *names] if arguments(layer).get("activate") == "norm" else names


def _removal(layer: Layer, out: set[str]) -> Iterator[Edit]:
    if not out:
        return
    kept = [f"{name}={value}" for name, value in arguments(layer).items() if name not in out]
    yield Edit(Span(layer.word.span.end, layer.span.end), f"({', '.join(kept)})" if kept else "")
