"""CNN501: a layer whose cost explodes."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.diagnostics import Code, Diagnostic, Severity
from cnngen.language.rules.facts import Facts

MANY_PARAMETERS = 50_000_000  # twice those of ResNet-50, in one layer
MUCH_MEMORY = 1 << 28  # bytes of one layer's output for one image: 256 MiB
MOST_VALUES = 1 << 31  # TensorFlow counts the elements of a tensor in 32 bits in many kernels


def check_cost(facts: Facts) -> Iterator[Diagnostic]:
    """Look at each layer's parameters and at the memory of its output."""
    for node in facts.resolution.graph.nodes:
        weights = node.params
        values = node.activation_bytes // 4
        if weights > MOST_VALUES or values > MOST_VALUES:
            what = f"{weights:,} parameters" if weights > MOST_VALUES else f"an output of {values:,} values"
            message = f"{node.name} has {what}, more than one tensor can hold: reduce the image before it."
            yield Diagnostic(Code.COST, Severity.ERROR, message, node.span)
        elif weights > MANY_PARAMETERS:
            message = f"{node.name} alone has {weights:,} parameters: reduce the image or the channels before it."
            yield Diagnostic(Code.COST, Severity.WARNING, message, node.span)
        elif node.activation_bytes > MUCH_MEMORY:
            message = (
                f"The output of {node.name} takes {node.activation_bytes / 2**20:,.0f} MiB for each image of a batch: "
                "reduce the image before it."
            )
            yield Diagnostic(Code.COST, Severity.WARNING, message, node.span)
