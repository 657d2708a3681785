"""A bill: what each amount of work costs, added up, and extra trees for what such a sum cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.ensemble.forest import Forest
from cnngen.search.predictors.features import Features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnngen.search.predictors.predictor import Vector

    Matrix = NDArray[Any]


class Bill:
    """Prices of amounts, in the target's unit, none of them below nothing, and trees for the logarithm of measured over
    billed. No bill is below `least`.
    """

    def __init__(self, prices: Vector, least: float, forest: Forest) -> None:
        self.prices, self.least, self.forest = prices, least, forest

    @classmethod
    def of(cls, table: Matrix, few: Matrix, targets: Vector, seed: int) -> Bill:
        """Fitted to rows of amounts and of features, and what they came to."""
        import numpy as np

        prices, least = priced(table, targets)
        parts, modelled = _costs(table, prices, least)
        return cls(prices, least, Forest.of(np.hstack([few, parts]), np.log(targets) - modelled, seed))

    @property
    def arrays(self) -> dict[str, Any]:
        """What is kept of it as arrays."""
        return {"prices": self.prices, **self.forest.arrays}

    def to_state(self) -> dict[str, Any]:
        """What is kept of it besides."""
        return {"least": self.least, "forest": self.forest.to_state()}

    @classmethod
    def from_state(cls, state: dict[str, Any], arrays: dict[str, Any]) -> Bill:
        """What `to_state` and `arrays` gave."""
        return cls(arrays["prices"], state["least"], Forest.from_state(state["forest"], arrays))

    def logarithm(self, table: Matrix, few: Matrix) -> Vector:
        """The logarithm of what rows are expected to come to."""
        import numpy as np

        parts, modelled = _costs(table, self.prices, self.least)
        return np.asarray(modelled + self.forest.predict(np.hstack([few, parts])))


def priced(table: Matrix, targets: Vector) -> tuple[Vector, float]:
    """What each amount costs, by least squares of the relative error (Lawson and Hanson 1974), and half of the least
    that any of the rows came to: no bill is below that.
    """
    import numpy as np
    from scipy.optimize import nnls

    largest = table.max(axis=0)
    largest[largest == 0] = 1
    scale = float(np.median(targets))
    found, _ = nnls(table / largest * scale / targets[:, None], np.ones(len(targets)), maxiter=30 * table.shape[1])
    return found * scale / largest, float(targets.min()) / 2


def _costs(table: Matrix, prices: Vector, least: float) -> tuple[Matrix, Vector]:
    """The share of each amount in the cost, and the cost's logarithm."""
    import numpy as np

    parts = table * prices
    whole = np.maximum(parts.sum(axis=1), least)
    return parts / whole[:, None], np.log(whole)


def tabled(names: Sequence[str], rows: Sequence[Features]) -> Matrix:
    """Amounts as a matrix, a column for each name."""
    import numpy as np

    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float64)
