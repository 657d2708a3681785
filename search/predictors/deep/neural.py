"""`neural`: the neural predictor of Wen et al. (2019) on the labelled adjacency matrix, the paper's baseline."""

from __future__ import annotations

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.deep.graph import Graph, GraphPredictor
from cnngen.search.predictors.predictor import register


@register
class Neural(GraphPredictor):
    """Sees which operations there are and how they are connected, and nothing else."""

    name = "neural"

    def graph(self, architecture: Architecture) -> Graph:
        """The labelled adjacency matrix."""
        nodes = [[(layer.operation, 0.0)] for layer in architecture.layers]
        edges = [(source, number) for number, layer in enumerate(architecture.layers) for source in layer.inputs]
        return Graph(nodes, edges)
