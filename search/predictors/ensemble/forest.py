"""Boosted trees as plain arrays: fitted by scikit-learn, kept and asked without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Whole = NDArray[np.int32]

#: Shallow trees on few features each (Friedman 2002): the columns are many and much alike.
SETTINGS: dict[str, Any] = {
    "n_estimators": 300, "learning_rate": 0.04, "max_depth": 4, "subsample": 0.6, "max_features": 0.1,
    "min_samples_leaf": 3,
}  # fmt: skip


class Forest:
    """Trees that add up. All their nodes stand in one row; a leaf leads to itself."""

    ARRAYS = ("roots", "feature", "threshold", "left", "right", "value")

    def __init__(self, start: float, depth: int, arrays: dict[str, Any]) -> None:
        self.start = start
        self.depth = depth
        self.arrays = arrays

    @classmethod
    def of(cls, rows: Matrix, scores: Matrix, seed: int) -> Forest:
        """Gradient boosting of the squared error."""
        import numpy as np
        from sklearn.ensemble import GradientBoostingRegressor

        model = GradientBoostingRegressor(**SETTINGS, random_state=seed).fit(rows, scores)
        parts: dict[str, list[Any]] = {name: [] for name in cls.ARRAYS}
        size = depth = 0
        for tree in (estimator.tree_ for estimator in model.estimators_[:, 0]):
            own = np.arange(tree.node_count)
            leaf = tree.children_left < 0
            parts["roots"].append([size])
            parts["feature"].append(np.where(leaf, 0, tree.feature))
            parts["threshold"].append(np.where(leaf, 0.0, tree.threshold))
            parts["left"].append(size + np.where(leaf, own, tree.children_left))
            parts["right"].append(size + np.where(leaf, own, tree.children_right))
            parts["value"].append(SETTINGS["learning_rate"] * tree.value[:, 0, 0])
            size += tree.node_count
            depth = max(depth, tree.max_depth)
        arrays = {name: np.concatenate(part) for name, part in parts.items()}
        return cls(float(model.init_.constant_[0, 0]), depth, arrays)

    def predict(self, rows: Matrix) -> Matrix:
        """The sum over all trees, for each row."""
        import numpy as np

        at = self.arrays
        single = rows.astype(np.float32)  # as scikit-learn compares
        line = np.arange(len(rows))[:, None]
        node = np.broadcast_to(at["roots"], (len(rows), len(at["roots"])))
        for _ in range(self.depth):
            lower = single[line, at["feature"][node]] <= at["threshold"][node]
            node = np.where(lower, at["left"][node], at["right"][node])
        return np.asarray(self.start + at["value"][node].sum(axis=1))
