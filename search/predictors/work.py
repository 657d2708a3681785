"""`work`: what each kind of work costs, added up, and extra trees for what such a sum cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.amounts import amounts
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.calibration import deviation
from cnngen.search.predictors.ensemble.encoding import Encoding
from cnngen.search.predictors.ensemble.forest import Forest
from cnngen.search.predictors.features import Features, groups
from cnngen.search.predictors.predictor import Prediction, Predictor, PredictorError, from_scale, register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnngen.search.predictors.predictor import Vector

    Matrix = NDArray[np.float64]

#: Into so many parts the networks are cut by their families, to see what is said of those left out.
FOLDS = 5

_ARRAYS = "arrays.npz"


@register
class Work(Predictor):
    """A linear model of a cost: so much for each amount of work, none of it less than nothing, of the least squared
    relative error (Lawson and Hanson 1974). Trees then tell the logarithm of measured over modelled, by the features of
    a network and by the shares that kinds of work have in its cost.

    For costs alone: time, energy, emissions. Its doubt is as wide as holds nine of ten networks left out.
    """

    name = "work"

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        import numpy as np

        if self.target.scale != "log":
            raise PredictorError(
                f"The predictor {self.name} adds up what work costs, and {self.target.name} is no cost: "
                "choose another, such as boosting."
            )
        done = [amounts(architecture.layers) for architecture in architectures]
        names = sorted({name for row in done for name in row})
        table = _table(names, done)
        rows = [groups(architecture) for architecture in architectures]
        encoding = Encoding.of(rows)
        few = encoding.rows(rows)[:, encoding.few]
        errors = np.empty(len(targets))
        for out in _parts(architectures, self.seed):
            said = _Sum.of(table[~out], few[~out], targets[~out], self.seed).logarithm(table[out], few[out])
            errors[out] = np.log(targets[out]) - said
        self._names, self._encoding = names, encoding
        self._sum = _Sum.of(table, few, targets, self.seed)
        self._deviation = deviation(errors.tolist())

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        import numpy as np

        if not hasattr(self, "_deviation"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        table = _table(self._names, [amounts(architecture.layers) for architecture in architectures])
        few = self._encoding.rows([groups(architecture) for architecture in architectures])[:, self._encoding.few]
        mean = self._sum.logarithm(table, few)
        return from_scale(self.target, mean, np.full_like(mean, self._deviation))

    def _save(self, folder: Path) -> dict[str, Any]:
        import numpy as np

        np.savez_compressed(folder / _ARRAYS, prices=self._sum.prices, **self._sum.forest.arrays)
        return {
            "amounts": self._names,
            "encoding": self._encoding.to_state(),
            "least": self._sum.least,
            "depth": self._sum.forest.depth,
            "deviation": self._deviation,
        }

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        import numpy as np

        with np.load(folder / _ARRAYS, allow_pickle=False) as kept:
            arrays = dict(kept)
        self._names, self._encoding = state["amounts"], Encoding.from_state(state["encoding"])
        forest = Forest(state["depth"], {name: arrays[name] for name in Forest.ARRAYS})
        self._sum = _Sum(arrays["prices"], state["least"], forest)
        self._deviation = state["deviation"]


class _Sum:
    """Prices of amounts, in the target's unit, and trees for what is left. No cost is below `least`."""

    def __init__(self, prices: Vector, least: float, forest: Forest) -> None:
        self.prices, self.least, self.forest = prices, least, forest

    @classmethod
    def of(cls, table: Matrix, few: Matrix, targets: Vector, seed: int) -> _Sum:
        """Fitted to rows of amounts and of features, and what they came to."""
        import numpy as np
        from scipy.optimize import nnls

        largest = table.max(axis=0)
        largest[largest == 0] = 1
        scale = float(np.median(targets))
        found, _ = nnls(table / largest * scale / targets[:, None], np.ones(len(targets)))
        prices, least = found * scale / largest, float(targets.min()) / 2
        parts, modelled = _costs(table, prices, least)
        return cls(prices, least, Forest.of(np.hstack([few, parts]), np.log(targets) - modelled, seed))

    def logarithm(self, table: Matrix, few: Matrix) -> Vector:
        """The logarithm of what rows are expected to come to."""
        import numpy as np

        parts, modelled = _costs(table, self.prices, self.least)
        return np.asarray(modelled + self.forest.predict(np.hstack([few, parts])))


def _costs(table: Matrix, prices: Vector, least: float) -> tuple[Matrix, Vector]:
    """The share of each amount in the cost, and the cost's logarithm."""
    import numpy as np

    parts = table * prices
    whole = np.maximum(parts.sum(axis=1), least)
    return parts / whole[:, None], np.log(whole)


def _table(names: Sequence[str], rows: Sequence[Features]) -> Matrix:
    import numpy as np

    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float64)


def _parts(architectures: Sequence[Architecture], seed: int) -> Iterator[NDArray[np.bool_]]:
    """Which networks are left out, in turn: families as a whole."""
    import numpy as np

    names, kin = np.unique([each.family for each in architectures], return_inverse=True)
    kin = kin if len(names) >= FOLDS else np.arange(len(architectures))
    fold = np.random.default_rng(seed).permutation(kin.max() + 1)[kin] % FOLDS
    for part in range(FOLDS):
        yield fold == part
