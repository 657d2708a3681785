"""Graph convolutions over items, the body of the predictors `neural`, `grammar` and `tensorboard`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.deep.items import Item, Vocabulary, inputs, meaning, present
from cnngen.search.predictors.deep.keras_predictor import KerasPredictor

if TYPE_CHECKING:
    from cnngen.search.predictors.deep.batches import Arrays


class Graph(NamedTuple):
    """Nodes, and edges as pairs of their numbers."""

    nodes: Sequence[Item]
    edges: Sequence[tuple[int, int]]


class GraphPredictor(KerasPredictor):
    """The neural predictor of Wen et al. (2019), section 3.2: directed graph convolutions, the mean over the nodes.

    Each convolution is `V' = relu(A V W+) / 2 + relu(A^T V W-) / 2`, where each node of A leads to
    itself as well and rows add up to 1. With `sums`, the sum over the nodes stands beside their mean: costs add up.
    """

    #: As in the paper's section 4: three convolutions of 144 units, a dense layer of 128.
    units = 144
    convolutions = 3
    dense = 128
    sums = False

    @abstractmethod
    def graph(self, architecture: Architecture) -> Graph:
        """What this predictor reads of a network."""

    def _read(self, architecture: Architecture) -> Graph:
        return self.graph(architecture)

    def _learn_words(self, artefacts: Sequence[Graph]) -> dict[str, Any]:
        return {"words": Vocabulary.of(graph.nodes for graph in artefacts).words}

    def _numbers(self, artefact: Graph, known: dict[str, Any]) -> Arrays:
        import numpy as np

        along = np.eye(len(artefact.nodes), dtype=np.float32)
        for source, target in artefact.edges:
            along[source, target] = 1
        against = along.T.copy()
        for matrix in (along, against):
            matrix /= matrix.sum(axis=1, keepdims=True)
        return Vocabulary(known["words"]).arrays(artefact.nodes) | {"along": along, "against": against}

    def _features(self, known: dict[str, Any]) -> tuple[list[Any], Any]:
        import keras
        from keras import layers

        words, values = inputs(Vocabulary(known["words"]))
        read = {
            "words": words,
            "values": values,
            "along": keras.Input((None, None), name="along"),
            "against": keras.Input((None, None), name="against"),
        }
        x = meaning(words, values, self.units)
        for _ in range(self.convolutions):
            x = _convolution()(self.units)(x, read["along"], read["against"])
        x = _pooling()(self.sums)(x, words)
        x = layers.Dense(self.dense, activation="relu")(x)
        return list(read.values()), layers.Dropout(0.1)(x)


@cache
def _convolution() -> type:
    import keras
    from keras import ops

    class Convolution(keras.layers.Layer):  # type: ignore[misc, name-defined, unused-ignore]
        """Equation 1 of Wen et al. (2019): along the edges and against them."""

        def __init__(self, units: int, **options: Any) -> None:
            super().__init__(**options)
            self._along = keras.layers.Dense(units, use_bias=False)
            self._against = keras.layers.Dense(units, use_bias=False)

        def call(self, nodes: Any, along: Any, against: Any) -> Any:
            forward = ops.relu(ops.matmul(along, self._along(nodes)))
            backward = ops.relu(ops.matmul(against, self._against(nodes)))
            return (forward + backward) / 2

    return Convolution


@cache
def _pooling() -> type:
    import keras
    from keras import ops

    class Pooling(keras.layers.Layer):  # type: ignore[misc, name-defined, unused-ignore]
        """The mean over the nodes that are there, and where wanted their sum, scaled to be of its order."""

        def __init__(self, sums: bool, **options: Any) -> None:
            super().__init__(**options)
            self._sums = sums

        def call(self, nodes: Any, words: Any) -> Any:
            there = present(words)[..., None]
            total = ops.sum(nodes * there, axis=1)
            mean = total / ops.maximum(ops.sum(there, axis=1), 1)
            return ops.concatenate([mean, total / 64], axis=-1) if self._sums else mean

    return Pooling
