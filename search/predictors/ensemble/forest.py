"""Extra trees (Geurts et al. 2006) as plain arrays: grown by scikit-learn, kept and asked without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Whole = NDArray[np.int32]

SETTINGS: dict[str, Any] = {"n_estimators": 100, "max_features": 0.4, "min_samples_leaf": 2}


class Forest:
    """Trees whose mean is taken. All their nodes stand in one row; a leaf leads to itself."""

    ARRAYS = ("roots", "feature", "threshold", "left", "right", "value")

    def __init__(self, depth: int, arrays: dict[str, Any]) -> None:
        self.depth = depth
        self.arrays = arrays

    @classmethod
    def of(cls, rows: Matrix, scores: Matrix, seed: int) -> Forest:
        """Trees that split at random thresholds, each on all rows."""
        import numpy as np
        from sklearn.ensemble import ExtraTreesRegressor

        model = ExtraTreesRegressor(**SETTINGS, random_state=seed).fit(rows, scores)
        parts: dict[str, list[Any]] = {name: [] for name in cls.ARRAYS}
        size = depth = 0
        for tree in (estimator.tree_ for estimator in model.estimators_):
            own = np.arange(tree.node_count)
            leaf = tree.children_left < 0
            parts["roots"].append([size])
            parts["feature"].append(np.where(leaf, 0, tree.feature))
            parts["threshold"].append(np.where(leaf, 0.0, tree.threshold))
            parts["left"].append(size + np.where(leaf, own, tree.children_left))
            parts["right"].append(size + np.where(leaf, own, tree.children_right))
            parts["value"].append(tree.value[:, 0, 0])
            size += tree.node_count
            depth = max(depth, tree.max_depth)
        made = {name: np.concatenate(part) for name, part in parts.items()}
        return cls(
            depth, {name: each if each.dtype.kind == "f" else each.astype(np.int32) for name, each in made.items()}
        )

    def to_state(self) -> dict[str, Any]:
        """What is kept of it besides its arrays."""
        return {"depth": self.depth}

    @classmethod
    def from_state(cls, state: dict[str, Any], arrays: dict[str, Any]) -> Forest:
        """What `to_state` and `arrays` gave."""
        return cls(state["depth"], {name: arrays[name] for name in cls.ARRAYS})

    def predict(self, rows: Matrix) -> Matrix:
        """The mean over all trees, for each row."""
        import numpy as np

        at = self.arrays
        single = rows.astype(np.float32)  # as scikit-learn compares
        line = np.arange(len(rows))[:, None]
        node = np.broadcast_to(at["roots"], (len(rows), len(at["roots"])))
        for _ in range(self.depth):
            lower = single[line, at["feature"][node]] <= at["threshold"][node]
            node = np.where(lower, at["left"][node], at["right"][node])
        return np.asarray(at["value"][node].mean(axis=1))
