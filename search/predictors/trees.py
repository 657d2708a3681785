"""`tree` and `boosting`: decision trees, as the talk has them and as one would fit them today."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.calibration import deviation, parts
from cnngen.search.predictors.features import features
from cnngen.search.predictors.predictor import (
    Prediction,
    Predictor,
    PredictorError,
    from_scale,
    register,
    to_scale,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnngen.search.predictors.predictor import Vector

    Matrix = NDArray[np.float64]

#: What was learned from, in the predictor's folder.
_DATA = "learned.npz"

#: Into so many parts the data are cut, to see how far each is from what the others say of it.
_FOLDS = 5


class FeaturePredictor(Predictor):
    """A regressor of scikit-learn on a table of features.

    Its doubt is as wide as holds nine of ten networks that were left out with their families. What is saved is the
    table that it was fitted on: trees grow again from it within a second, the same as before, and no code is loaded.
    """

    @abstractmethod
    def _names(self, architectures: Sequence[Architecture]) -> list[str]:
        """The features that are looked at."""

    @abstractmethod
    def _regressor(self) -> Any:
        """The regressor, not fitted."""

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        import numpy as np

        self._columns = self._names(architectures)
        table, values = self._table(architectures), to_scale(self.target, targets)
        errors = np.empty(len(values))
        for out in parts(architectures, _FOLDS, self.seed):
            errors[out] = values[out] - self._regressor().fit(table[~out], values[~out]).predict(table[out])
        self._deviation = deviation(errors.tolist())
        self._grow(table, values)

    def _grow(self, table: Matrix, values: Vector) -> None:
        self._learned = table, values
        self._fitted = self._regressor().fit(table, values)

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        import numpy as np

        if not hasattr(self, "_fitted"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        mean = self._fitted.predict(self._table(architectures))
        return from_scale(self.target, mean, np.full_like(mean, self._deviation))

    def _table(self, architectures: Sequence[Architecture]) -> Matrix:
        import numpy as np

        rows = [features(architecture) for architecture in architectures]
        return np.array([[row.get(name, 0.0) for name in self._columns] for row in rows], dtype=np.float64)

    def _save(self, folder: Path) -> dict[str, Any]:
        import numpy as np

        table, values = self._learned
        np.savez_compressed(folder / _DATA, table=table, values=values)
        return {"features": self._columns, "deviation": self._deviation}

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        import numpy as np

        self._columns, self._deviation = state["features"], state["deviation"]
        with np.load(folder / _DATA, allow_pickle=False) as learned:
            self._grow(learned["table"], learned["values"])


@register
class Tree(FeaturePredictor):
    """One decision tree on what the authors chose: layers, epochs, multiply-accumulates, parameters."""

    name = "tree"
    version = 2

    def _names(self, architectures: Sequence[Architecture]) -> list[str]:
        return ["log layers", "training epochs", "log macs", "log parameters"]

    def _regressor(self) -> Any:
        from sklearn.tree import DecisionTreeRegressor

        return DecisionTreeRegressor(min_samples_leaf=3, random_state=self.seed)


@register
class Boosting(FeaturePredictor):
    """Gradient boosting on path encoding, costs, and all other features of the graph."""

    name = "boosting"
    version = 3

    def _names(self, architectures: Sequence[Architecture]) -> list[str]:
        """Those that tell at least two of the networks apart from the others."""
        rows = [features(architecture) for architecture in architectures]
        names = {name for row in rows for name in row}
        return sorted(name for name in names if len({row.get(name, 0.0) for row in rows}) > 1)

    def _regressor(self) -> Any:
        from sklearn.ensemble import GradientBoostingRegressor

        return GradientBoostingRegressor(
            n_estimators=300,
            learning_rate=0.04,
            max_depth=4,
            subsample=0.6,
            max_features=0.1,
            min_samples_leaf=3,
            random_state=self.seed,
        )
