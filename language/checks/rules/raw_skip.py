"""CNN303: an identity skip on the raw input limits a whole lane to the channels of the image."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Layer, Merge


def check_raw_skip(facts: Facts) -> Iterator[Diagnostic]:
    """Look at the first feature: a merge that adds its lane to the input itself."""
    nodes = facts.resolution.graph.nodes
    for merge in facts.program.items:
        if not isinstance(merge, Merge) or (merge.join and merge.join.word.text == "concat"):
            continue
        for body, place in zip(merge.bodies, facts.resolution.places.get(merge, ()), strict=False):
            right = body.lanes[1].items if len(body.lanes) > 1 else ()
            empty = right[0] if right and isinstance(right[0], Layer) else None
            source = nodes[nodes[place].inputs[1]]
            if source.kind == "input" and empty and facts.order.word(empty) == "Empty":
                channels = source.shape[2]
                message = (
                    f"This skip adds the raw input, which limits the whole lane to its {channels} "
                    f"channel{'s' if channels > 1 else ''}: put a convolution before the merge."
                )
                at = merge.span.start
                fix = Fix("Insert conv before the merge", (Edit(Span(at, at), "conv "),))
                yield Diagnostic(Code.RAW_SKIP, Severity.WARNING, message, empty.span, fixes=(fix,))
