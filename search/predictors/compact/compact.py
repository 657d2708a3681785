"""`compact`: ridge regression on costs and counts of layers; of a cost behind a bill, what each amount of work costs.
What it becomes is asked without any library.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.amounts import amounts
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.calibration import deviation, parts
from cnngen.search.predictors.compact.line import Line
from cnngen.search.predictors.ensemble.bill import priced, tabled
from cnngen.search.predictors.features import built
from cnngen.search.predictors.predictor import (
    Prediction,
    Predictor,
    PredictorError,
    Target,
    from_scale,
    register,
    to_scale,
)

if TYPE_CHECKING:
    from cnngen.search.predictors.predictor import Vector

#: Into so many parts the networks are cut by their families, to bill each by the prices of the others.
FOLDS = 5

#: How strongly weights are held back, of which the best is taken.
_ALPHAS = tuple(10 ** (exponent / 4) for exponent in range(-4, 17))


@register
class Compact(Predictor):
    """Least squares with small weights; how small, is what errs least on each network when it is left out.

    A cost is what its amounts of work cost together, by prices that are never below nothing (`priced`); least squares
    then tell the logarithm of measured over billed. They learn from bills of networks that the prices were not of.
    Where a bill errs more than none does, as of cells that stand for a larger network, there is none.

    Its doubt grows with the leverage of a network (`Line`), and is as wide as holds nine of ten networks left out.
    """

    name = "compact"
    version = 2

    @property
    def line(self) -> Line:
        """What was fitted. Raises PredictorError before `fit`."""
        if not hasattr(self, "_line"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        return self._line

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        import numpy as np
        from sklearn.linear_model import RidgeCV

        rows = [built(architecture) for architecture in architectures]
        table = {name: np.array([row.get(name, 0.0) for row in rows]) for name in sorted({n for r in rows for n in r})}
        names = [name for name, column in table.items() if np.ptp(column) > 0]
        if not names:
            raise PredictorError("These networks are all alike: there is nothing to learn from.")
        columns = np.array([table[name] for name in names]).T
        means, scales = columns.mean(axis=0), columns.std(axis=0)
        x, values = (columns - means) / scales, to_scale(self.target, targets)
        ridge, prices, least = RidgeCV(_ALPHAS).fit(x, values), {}, 0.0
        if self.target.scale == "log":
            found, lowest, billed = self._bill(architectures, targets)
            corrected = RidgeCV(_ALPHAS).fit(x, values - billed)
            if corrected.best_score_ > ridge.best_score_:
                ridge, prices, least, values = corrected, found, lowest, values - billed
        spread = np.linalg.inv(x.T @ x + ridge.alpha_ * np.eye(len(names)))
        own = ((x @ spread) * x).sum(axis=1)
        self._line = Line(
            names=names,
            means=means.tolist(),
            scales=scales.tolist(),
            weights=ridge.coef_.tolist(),
            level=float(ridge.intercept_),
            spread=spread.tolist(),
            furthest=float((own / (1 - own)).max()),
            deviation=_deviation(own, values - ridge.predict(x)),
            logarithmic=self.target.scale == "log",
            bounds=_bounds(self.target),
            prices=prices,
            least=least,
        )

    def _bill(self, architectures: Sequence[Architecture], targets: Vector) -> tuple[dict[str, float], float, Vector]:
        """Prices of all networks, the least that is billed, and the logarithms of bills by the prices of others."""
        import numpy as np

        work = [amounts(architecture.layers) for architecture in architectures]
        names = sorted({name for row in work for name in row})
        table = tabled(names, work)
        billed = np.empty(len(targets))
        for out in parts(architectures, FOLDS, self.seed):
            prices, least = priced(table[~out], targets[~out])
            billed[out] = np.log(np.maximum(table[out] @ prices, least))
        prices, least = priced(table, targets)
        return {name: float(price) for name, price in zip(names, prices, strict=True) if price > 0}, least, billed

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        import numpy as np

        told = [self.line.told(built(each), amounts(each.layers)) for each in architectures]
        mean, std = np.array(told, dtype=np.float64).reshape(-1, 2).T
        return from_scale(self.target, mean, std)

    def _save(self, folder: Path) -> dict[str, Any]:
        return self.line.to_state()

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        self._line = Line.from_state(state)


def _deviation(own: Vector, residuals: Vector) -> float:
    """The deviation in the middle, by what each network is missed by when it is left out.

    The residual of a network left out is its residual over 1 - h, and its leverage then h / (1 - h), where h is its
    `own` leverage among all; the level adds 1/n to what it does to itself (Allen 1974, PRESS).
    """
    among = own + 1 / len(own)
    return deviation((residuals / (1 - among) / (1 + own / (1 - own)) ** 0.5).tolist())


def _bounds(target: Target) -> tuple[float, float]:
    return (0.0, 1.0) if target.unit == "fraction" else (0.0, 1e300)
