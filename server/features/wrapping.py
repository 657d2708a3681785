"""Put layers into a residual block, and take the left lane out of a merge."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cnngen.language import Analysis, Edit, Span
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.action import REWRITE, Action, laid_out
from cnngen.server.features.selection import items_at, merge_at


def wrap(analysis: Analysis, place: Span) -> Iterator[Action]:
    """Offer `[ (…, Empty) ]` around the layers that are selected."""
    items = items_at(analysis, place) if analysis.ok else ()
    if not items or not all(_is_feature(item) for item in items):
        return
    span = Span(items[0].span.start, items[-1].span.end)
    edits = [Edit(Span(span.start, span.start), "[ ("), Edit(Span(span.end, span.end), ", Empty) ]")]
    if analysis.edited(edits).ok:
        yield Action("Wrap in a residual block", REWRITE, partial(laid_out, analysis, edits))


def unwrap(analysis: Analysis, place: Span) -> Iterator[Action]:
    """Offer to keep only the left lane of the innermost merge, one body after the other."""
    merge = merge_at(analysis, place) if analysis.ok else None
    if merge is None:
        return
    lanes = [body.lanes[0].span for body in merge.bodies]
    text = " ".join(analysis.text[lane.start : lane.end] for lane in lanes)
    edits = [Edit(merge.span, text)]
    if analysis.edited(edits).ok:
        yield Action("Unwrap: keep the left lane only", REWRITE, partial(laid_out, analysis, edits))


def _is_feature(item: object) -> bool:
    return not isinstance(item, Layer) or WORDS[item.word.text].category in ("convolution", "dropout", "pooling")
