"""`ensemble`: a Gaussian process and extra trees on the same features, weighed by what they say of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.amounts import amounts
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.calibration import deviation
from cnngen.search.predictors.ensemble.bill import Bill, tabled
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
    Of costs the trees tell what a bill (`Bill`) leaves.

    The weight is the one that best orders parts left out of both. The doubt is the process', as wide as holds nine of
    ten networks that were left out. What is kept are the rows that were learned from, the process' parameters and the
    trees: loading solves the process again, and grows nothing.
    """

    name = "ensemble"
    version = 3

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        rows = [groups(architecture) for architecture in architectures]
        self._encoding = Encoding.of(rows)
        if not self._encoding.names:
            raise PredictorError("These networks are all alike: there is nothing to learn from.")
        table = self._encoding.rows(rows)
        kin = _kin(architectures)
        self._line, scores, theta = self._sought(table, targets, kin)
        self._process = Process(self._encoding.groups, theta, table, scores)
        done = [amounts(each.layers) for each in architectures] if self.target.scale == "log" else []
        self._amounts = sorted({name for row in done for name in row})
        seen = _Seen(table[:, self._encoding.few], tabled(self._amounts, done) if done else None)
        self._trees = self._grown(seen, targets, scores)
        self._weigh(seen, targets, scores, kin)

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

    def _grown(self, seen: _Seen, targets: Vector, scores: Vector) -> Forest | Bill:
        if seen.done is None:
            return Forest.of(seen.few, scores, self.seed)
        return Bill.of(seen.done, seen.few, targets, self.seed)

    def _told(self, trees: Forest | Bill, seen: _Seen) -> Vector:
        """What trees say, as scores."""
        if isinstance(trees, Forest):
            return trees.predict(seen.few)
        assert seen.done is not None
        return self._line.forth(trees.logarithm(seen.done, seen.few))

    def _weigh(self, seen: _Seen, targets: Vector, scores: Vector, kin: Whole) -> None:
        """Find the trees' weight, and by how much to widen the doubt.

        Parts left out have fewer networks to be known by than new ones will have, families left out one by one as many;
        the doubt holds its share of either.
        """
        import numpy as np
        from scipy.stats import kendalltau

        fold = np.random.default_rng(self.seed).permutation(kin.max() + 1)[kin] % FOLDS
        by_trees = np.empty(len(scores))
        for each in range(FOLDS):
            out = fold == each
            by_trees[out] = self._told(self._grown(seen.of(~out), targets[~out], scores[~out]), seen.of(out))
        by_process, _ = self._process.left_out(fold)
        apart = by_trees - by_process
        orders = [kendalltau(by_process + weight * apart, scores).statistic for weight in WEIGHTS]
        self._weight = WEIGHTS[int(np.argmax(orders))]
        widths = []
        for left in (fold, kin):
            mean, std = self._process.left_out(left)
            mean = mean + self._weight * (by_trees - mean)
            widths.append(deviation(((scores - mean) / std).tolist()))
        self._widen = max(widths)

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        if not hasattr(self, "_weight"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        table = self._encoding.rows([groups(architecture) for architecture in architectures])
        done = tabled(self._amounts, [amounts(each.layers) for each in architectures]) if self._amounts else None
        mean, std = self._process.predict(table)
        mean = mean + self._weight * (self._told(self._trees, _Seen(table[:, self._encoding.few], done)) - mean)
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
        np.savez_compressed(folder / _ARRAYS, **kept, **self._trees.arrays)
        return {
            "encoding": self._encoding.to_state(),
            "theta": process.theta.tolist(),
            "amounts": self._amounts,
            "trees": self._trees.to_state(),
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
        self._amounts = state["amounts"]
        self._trees = (Bill if self._amounts else Forest).from_state(state["trees"], arrays)
        self._weight, self._widen = state["weight"], state["widen"]


@dataclass(frozen=True)
class _Seen:
    """What trees look at, row by row: features, and of costs the amounts of work."""

    few: Matrix
    done: Matrix | None

    def of(self, rows: Matrix) -> _Seen:
        return _Seen(self.few[rows], None if self.done is None else self.done[rows])


def _kin(architectures: Sequence[Architecture]) -> Whole:
    """The number of each network's family."""
    import numpy as np

    names, kin = np.unique([each.family for each in architectures], return_inverse=True)
    return kin if len(names) >= FAMILIES else np.arange(len(architectures))
