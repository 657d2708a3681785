"""`ensemble`: a Gaussian process and boosted trees on the same features, weighed by what they say of others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.ensemble.encoding import Encoding
from cnngen.search.predictors.ensemble.forest import Forest
from cnngen.search.predictors.ensemble.process import Process
from cnngen.search.predictors.ensemble.scores import NormalScores
from cnngen.search.predictors.features import groups
from cnngen.search.predictors.predictor import Prediction, Predictor, PredictorError, register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnngen.search.predictors.predictor import Vector

    Matrix = NDArray[np.float64]

#: Into so many parts the networks are cut, to see what trees say of those that they have not seen.
FOLDS = 3

_ARRAYS = "arrays.npz"


@register
class Ensemble(Predictor):
    """The weighted mean of both, in normal scores of the target.

    The weight is the one that errs least, by squares, on networks left out. The doubt is the process', times what
    makes intervals hold half and nine tenths of the networks left out. What is kept are the rows that were learned
    from, the process' parameters and the trees: loading solves the process again, and grows nothing.
    """

    name = "ensemble"
    version = 1

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        rows = [groups(architecture) for architecture in architectures]
        self._encoding = Encoding.of(rows)
        if not self._encoding.names:
            raise PredictorError("These networks are all alike: there is nothing to learn from.")
        table = self._encoding.rows(rows)
        self._line, scores = NormalScores.of(self.target, targets)
        self._process = Process.of(self._encoding.groups, table, scores, self.seed)
        self._forest = Forest.of(table, scores, self.seed)
        self._weigh(table, scores)

    def _weigh(self, table: Matrix, scores: Vector) -> None:
        """Find the trees' weight, and by how much to widen the doubt."""
        import numpy as np
        from scipy.stats import norm

        by_process, std = self._process.left_out()
        by_trees = np.empty(len(scores))
        fold = np.random.default_rng(self.seed).permutation(len(scores)) % FOLDS
        for each in range(FOLDS):
            out = fold == each
            by_trees[out] = Forest.of(table[~out], scores[~out], self.seed).predict(table[out])
        apart = by_trees - by_process
        best = float(apart @ (scores - by_process)) / (float(apart @ apart) or 1.0)
        self._weight = min(max(best, 0.0), 1.0)
        errors = np.abs(scores - by_process - self._weight * apart) / std
        levels = (0.5, 0.9)
        self._widen = float(np.mean([np.quantile(errors, level) / norm.ppf((1 + level) / 2) for level in levels]))

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        if not hasattr(self, "_weight"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        table = self._encoding.rows([groups(architecture) for architecture in architectures])
        mean, std = self._process.predict(table)
        mean = mean + self._weight * (self._forest.predict(table) - mean)
        return self._line.prediction(mean, self._widen * std)

    def _save(self, folder: Path) -> dict[str, Any]:
        import numpy as np

        process, line = self._process, self._line
        kept: dict[str, Any] = {
            "rows": process.rows,
            "scores": process.scores,
            "knots": line.scores,
            "values": line.values,
        }
        np.savez_compressed(folder / _ARRAYS, **kept, **self._forest.arrays)
        return {
            "encoding": self._encoding.to_state(),
            "theta": process.theta.tolist(),
            "start": self._forest.start,
            "depth": self._forest.depth,
            "weight": self._weight,
            "widen": self._widen,
        }

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        import numpy as np

        with np.load(folder / _ARRAYS, allow_pickle=False) as kept:
            arrays = dict(kept)
        self._encoding = Encoding.from_state(state["encoding"])
        self._line = NormalScores(self.target, arrays["knots"], arrays["values"])
        theta = np.array(state["theta"])
        self._process = Process(self._encoding.groups, theta, arrays["rows"], arrays["scores"])
        self._forest = Forest(state["start"], state["depth"], {name: arrays[name] for name in Forest.ARRAYS})
        self._weight, self._widen = state["weight"], state["widen"]
