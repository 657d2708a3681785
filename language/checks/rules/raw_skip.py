"""CNN303: an identity skip on the raw input limits a whole lane to the channels of the image."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Layer, Merge


def check_raw_skip(facts: Facts) -> Iterator[Diagnostic]:
    """Look at the first feature: a merge that adds its lane to the input itself."""
    if not facts.outline.layers:
        return
    index, part = facts.outline.layers[0], facts.resolution.parts[0]
    feature, start = facts.outline.features[index], facts.outline.starts[index]
    merge = feature.item
    if not isinstance(merge, Merge) or (merge.join and merge.join.word.text == "concat"):
        return
    nodes = part.graph.drafts
    for body, join in zip(merge.bodies, part.joins.get(merge, ()), strict=False):
        right = body.lanes[1].items if len(body.lanes) > 1 else ()
        empty = right[0] if right and isinstance(right[0], Layer) else None
        source = nodes[nodes[join].inputs[1]]
        if source is nodes[0] and empty and feature.known.word(empty) == "Empty":
            channels = source.shape[2]
            message = (
                f"This skip adds the raw input, which limits the whole lane to its {channels} "
                f"channel{'s' if channels > 1 else ''}: put a convolution before the merge."
            )
            at = merge.span.start
            fix = Fix("Insert conv before the merge", (Edit(Span(at, at), "conv "),))
            found = Diagnostic(Code.RAW_SKIP, Severity.WARNING, message, empty.span, fixes=(fix,))
            yield found.moved(start)
