"""CNN501: a layer whose cost explodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.network import Node
from cnngen.language.resolve.graph import MANY_PARAMETERS, MUCH_MEMORY

MOST_VALUES = 1 << 31  # TensorFlow counts the elements of a tensor in 32 bits in many kernels


def check_cost(facts: Facts) -> Iterator[Diagnostic]:
    """Look at each layer's parameters and output, and report the one that explodes, not those that follow it."""
    if not facts.resolution.heavy:
        return
    nodes = facts.nodes
    for node in nodes:
        if node.params <= MANY_PARAMETERS and node.activation_bytes <= MUCH_MEMORY:
            continue
        before = max((nodes[source].activation_bytes for source in node.inputs), default=0)
        if before // 4 <= MOST_VALUES:
            found = _weights(node, nodes) or _output(node, before)
            if found:
                yield found


def _weights(node: Node, nodes: Sequence[Node]) -> Diagnostic | None:
    if node.params <= MANY_PARAMETERS:
        return None
    advice = "write fewer filters, or reduce the channels before it"
    fixes: tuple[Fix, ...] = ()
    flatten = _flatten_before(node, nodes)
    if flatten:
        advice = f"its {nodes[node.inputs[0]].shape[0]:,} inputs come from flatten, so pool the image before that"
        channels = nodes[flatten.inputs[0]].shape[2]
        if (channels + 1) * node.args["units"] <= MANY_PARAMETERS:
            advice += f", or write global_avg_pooling instead ({channels:,} inputs)"
            fixes = (Fix("Use global_avg_pooling instead of flatten", (Edit(flatten.span, "global_avg_pooling"),)),)
    elif node.kind == "dense":
        advice = "write fewer units, here or in the dense before it"
    if node.params > MOST_VALUES:
        return _report(node, f"{node.params:,} parameters, more than one tensor can hold", advice, fixes, error=True)
    return _report(node, f"{node.params:,} parameters in this one layer", advice, fixes)


def _output(node: Node, before: int) -> Diagnostic | None:
    memory = node.activation_bytes
    advice = "make the images smaller" if node.kind == "input" else "reduce the image before it, or its channels"
    if memory // 4 > MOST_VALUES:
        what = f"an output of {memory // 4:,} values, more than one tensor can hold"
        return _report(node, what, advice, error=True)
    if memory > MUCH_MEMORY >= before:
        return _report(node, f"an output of {memory / 2**20:,.0f} MiB for each image of a batch", advice)
    return None


def _report(node: Node, what: str, advice: str, fixes: tuple[Fix, ...] = (), *, error: bool = False) -> Diagnostic:
    severity = Severity.ERROR if error else Severity.WARNING
    return Diagnostic(Code.COST, severity, f"{node.name} has {what}: {advice}.", node.span, fixes=fixes)


def _flatten_before(node: Node, nodes: Sequence[Node]) -> Node | None:
    """The flatten whose vector a dense gets, past a dropout."""
    while node.kind in ("dense", "dropout"):
        node = nodes[node.inputs[0]]
        if node.kind == "dense":
            return None
    return node if node.kind == "flatten" else None
