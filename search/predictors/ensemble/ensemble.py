"""`ensemble`: a Gaussian process and extra trees on the same features, weighed by what they say of others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.ensemble.encoding import Encoding
from cnngen.search.predictors.ensemble.forest import Forest
from cnngen.search.predictors.ensemble.process import Process
from cnngen.search.predictors.ensemble.scores import Line
from cnngen.search.predictors.features import groups
from cnngen.search.predictors.predictor import Prediction, Predictor, PredictorError, register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnngen.search.predictors.predictor import Vector

    Matrix = NDArray[np.float64]
    Whole = NDArray[np.intp]

#: Into so many parts the networks are cut by their families; each is left out in turn, to see what is said of it.
FOLDS = 3

#: What trees may weigh beside the process.
WEIGHTS = tuple(tenth / 10 for tenth in range(11))

#: With fewer families than this each network stands for itself when some are left out.
FAMILIES = 8

#: Lengths, noise and scale are sought on so many networks at most: more hardly move them.
SOUGHT_ON = 400

_ARRAYS = "arrays.npz"


@register
class Ensemble(Predictor):
    """The weighted mean of both, in scores of the target: by rank or straight, whichever orders those left out better.

    The weight is the one that best orders parts left out of both. The doubt is the process', times what makes intervals
    hold half and nine tenths of these. What is kept are the rows that were learned from, the process' parameters and
    the trees: loading solves the process again, and grows nothing.
    """

    name = "ensemble"
    version = 2

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        rows = [groups(architecture) for architecture in architectures]
        self._encoding = Encoding.of(rows)
        if not self._encoding.names:
            raise PredictorError("These networks are all alike: there is nothing to learn from.")
        table = self._encoding.rows(rows)
        kin = _kin(architectures)
        self._line, scores, theta = self._sought(table, targets, kin)
        self._process = Process(self._encoding.groups, theta, table, scores)
        few = table[:, self._encoding.few]
        self._forest = Forest.of(few, scores, self.seed)
        self._weigh(few, scores, kin)

    def _sought(self, table: Matrix, targets: Vector, kin: Whole) -> tuple[Line, Vector, Vector]:
        """The line of the better scale, the scores on it, and the process' parameters."""
        import numpy as np
        from scipy.stats import kendalltau

        some = np.random.default_rng(self.seed).permutation(len(table))[:SOUGHT_ON]
        best: tuple[float, Line, Vector, Vector] | None = None
        for make in (Line.by_rank, Line.straight):
            line, scores = make(self.target, targets)
            process = Process.of(self._encoding.groups, table[some], scores[some])
            tau = float(kendalltau(process.left_out(kin[some])[0], scores[some]).statistic)
            if best is None or tau > best[0]:
                best = tau, line, scores, process.theta
        assert best is not None
        return best[1:]

    def _weigh(self, few: Matrix, scores: Vector, kin: Whole) -> None:
        """Find the trees' weight, and by how much to widen the doubt."""
        import numpy as np
        from scipy.stats import kendalltau, norm

        fold = np.random.default_rng(self.seed).permutation(kin.max() + 1)[kin] % FOLDS
        by_process, std = self._process.left_out(fold)
        by_trees = np.empty(len(scores))
        for each in range(FOLDS):
            out = fold == each
            by_trees[out] = Forest.of(few[~out], scores[~out], self.seed).predict(few[out])
        apart = by_trees - by_process
        orders = [kendalltau(by_process + weight * apart, scores).statistic for weight in WEIGHTS]
        self._weight = WEIGHTS[int(np.argmax(orders))]
        errors = np.abs(scores - by_process - self._weight * apart) / std
        levels = (0.5, 0.9)
        self._widen = float(np.mean([np.quantile(errors, level) / norm.ppf((1 + level) / 2) for level in levels]))

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        if not hasattr(self, "_weight"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        table = self._encoding.rows([groups(architecture) for architecture in architectures])
        mean, std = self._process.predict(table)
        mean = mean + self._weight * (self._forest.predict(table[:, self._encoding.few]) - mean)
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
            "depth": self._forest.depth,
            "weight": self._weight,
            "widen": self._widen,
        }

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        import numpy as np

        with np.load(folder / _ARRAYS, allow_pickle=False) as kept:
            arrays = dict(kept)
        self._encoding = Encoding.from_state(state["encoding"])
        self._line = Line(self.target, arrays["knots"], arrays["values"])
        theta = np.array(state["theta"])
        self._process = Process(self._encoding.groups, theta, arrays["rows"], arrays["scores"])
        self._forest = Forest(state["depth"], {name: arrays[name] for name in Forest.ARRAYS})
        self._weight, self._widen = state["weight"], state["widen"]


def _kin(architectures: Sequence[Architecture]) -> Whole:
    """The number of each network's family."""
    import numpy as np

    names, kin = np.unique([each.family for each in architectures], return_inverse=True)
    return kin if len(names) >= FAMILIES else np.arange(len(architectures))
