"""The network as an adjacency matrix with operation labels, the form that graph-based predictors read."""

from __future__ import annotations

from typing import Any

from cnngen.language import Network


def adjacency(network: Network) -> dict[str, Any]:
    """The matrix as plain data: `labels[i]` is the kind of node i, `matrix[i][j]` is 1 where node i feeds node j.

    Nodes stand depth first (left lane, right lane, join), so the matrix is upper triangular. A join that gets the
    same stream on both lanes has one edge from it.
    """
    count = len(network.nodes)
    matrix = [[0] * count for _ in range(count)]
    for node in network.nodes:
        for source in node.inputs:
            matrix[source][node.id] = 1
    return {"schema": 1, "hash": network.hash, "labels": [node.kind for node in network.nodes], "matrix": matrix}
