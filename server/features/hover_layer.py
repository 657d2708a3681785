"""Hover over a layer's word: its shapes, its hyper-parameters and why they are so, its costs and its share of all."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.language import Analysis, Node, costs
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import Word
from cnngen.server.features.figures import as_written, memory, share
from cnngen.server.features.markdown import code, table
from cnngen.server.features.resolved import nodes_of, resolved


def about_layer(analysis: Analysis, layer: Layer, word: Word) -> str:
    """All about one layer. One that is no part of the network, for it stands at a wrong place, has no figures."""
    parts = [f"**{word.name}** – {word.doc}"]
    nodes = nodes_of(analysis, layer)
    if not nodes:
        return parts[0]
    names = ", ".join(code(node.name) for node in nodes)
    parts.append(f"{_through(analysis, nodes)}, named {names}")
    height, width = costs(analysis.network).receptive_fields[nodes[-1].id]
    parts.append(f"{cost_line(analysis, nodes)} · sees {shown((height, width))} pixels")
    if rows := resolved(analysis, layer):
        cells = [
            (one.parameter.name, code(as_written(one.value)), "written" if one.reason is None else one.reason)
            for one in rows
        ]
        parts.append(table(("hyper-parameter", "value", "why"), cells))
    return "\n\n".join(parts)


def _through(analysis: Analysis, nodes: Sequence[Node]) -> str:
    """The shape that goes in and the shape that comes out."""
    sources = nodes[0].inputs
    before = f"{code(shown(analysis.network.nodes[sources[0]].shape))} → " if sources else ""
    return f"{before}{code(shown(nodes[-1].shape))}"


def cost_line(analysis: Analysis, nodes: Sequence[Node]) -> str:
    """What nodes cost together, MACs and memory for one image, and which part of the network's cost that is."""
    totals = analysis.network.totals
    params = sum(node.params for node in nodes)
    macs = sum(node.macs for node in nodes)
    outputs = sum(node.activation_bytes for node in nodes)
    return " · ".join(
        (
            f"**{params:,}** parameters ({share(params, totals.params)} of the network)",
            f"**{macs:,}** MACs ({share(macs, totals.macs)})",
            f"**{memory(outputs)}** of outputs ({share(outputs, totals.activation_bytes)})",
        )
    )
