"""`work`: what each kind of work costs, added up, and extra trees for what such a sum cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.amounts import amounts
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.calibration import deviation, parts
from cnngen.search.predictors.ensemble.bill import Bill, tabled
from cnngen.search.predictors.ensemble.encoding import Encoding
from cnngen.search.predictors.features import groups
from cnngen.search.predictors.predictor import Prediction, Predictor, PredictorError, from_scale, register

if TYPE_CHECKING:
    from cnngen.search.predictors.predictor import Vector

#: Into so many parts the networks are cut by their families, to see what is said of those left out.
FOLDS = 5

_ARRAYS = "arrays.npz"


@register
class Work(Predictor):
    """A linear model of a cost: so much for each amount of work. Trees then correct it, by the features of a network
    and by the shares that amounts have in its cost.

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
        table = tabled(names, done)
        rows = [groups(architecture) for architecture in architectures]
        encoding = Encoding.of(rows)
        few = encoding.rows(rows)[:, encoding.few]
        errors = np.empty(len(targets))
        for out in parts(architectures, FOLDS, self.seed):
            said = Bill.of(table[~out], few[~out], targets[~out], self.seed).logarithm(table[out], few[out])
            errors[out] = np.log(targets[out]) - said
        self._names, self._encoding = names, encoding
        self._bill = Bill.of(table, few, targets, self.seed)
        self._deviation = deviation(errors.tolist())

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        import numpy as np

        if not hasattr(self, "_deviation"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        table = tabled(self._names, [amounts(architecture.layers) for architecture in architectures])
        few = self._encoding.rows([groups(architecture) for architecture in architectures])[:, self._encoding.few]
        mean = self._bill.logarithm(table, few)
        return from_scale(self.target, mean, np.full_like(mean, self._deviation))

    def _save(self, folder: Path) -> dict[str, Any]:
        import numpy as np

        np.savez_compressed(folder / _ARRAYS, **self._bill.arrays)
        return {
            "amounts": self._names,
            "encoding": self._encoding.to_state(),
            "bill": self._bill.to_state(),
            "deviation": self._deviation,
        }

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        import numpy as np

        with np.load(folder / _ARRAYS, allow_pickle=False) as kept:
            arrays = dict(kept)
        self._names, self._encoding = state["amounts"], Encoding.from_state(state["encoding"])
        self._bill = Bill.from_state(state["bill"], arrays)
        self._deviation = state["deviation"]
