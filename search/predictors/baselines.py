"""What any predictor must beat: a straight line over the logarithm of one cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.calibration import deviation
from cnngen.search.predictors.predictor import (
    Prediction,
    Predictor,
    PredictorError,
    from_scale,
    register,
    to_scale,
)

if TYPE_CHECKING:
    from cnngen.search.predictors.predictor import Vector


class CostAlone(Predictor):
    """Least squares of the target over log(1 + cost); its doubt is as wide as holds nine of ten networks left out."""

    cost: str
    version = 2

    def _costs(self, architectures: Sequence[Architecture]) -> Vector:
        import numpy as np

        return np.log1p(np.array([architecture.costs[self.cost] for architecture in architectures], dtype=np.float64))

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        costs, values = self._costs(architectures), to_scale(self.target, targets)
        centred = costs - costs.mean()
        spread = float((centred**2).sum()) or 1.0
        self.slope = float(centred @ values) / spread
        self.level = float(values.mean() - self.slope * costs.mean())
        residuals = values - self.slope * costs - self.level
        leverage = 1 / len(values) + centred**2 / spread
        left = residuals / (1 - leverage).clip(1e-9)  # what each is missed by when it is left out (Allen 1974, PRESS)
        self.deviation = deviation(left.tolist())

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        import numpy as np

        if not hasattr(self, "slope"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        mean = self.slope * self._costs(architectures) + self.level
        return from_scale(self.target, mean, np.full_like(mean, self.deviation))

    def _save(self, folder: Path) -> dict[str, Any]:
        return {"slope": self.slope, "level": self.level, "deviation": self.deviation}

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        self.slope, self.level, self.deviation = state["slope"], state["level"], state["deviation"]


@register
class ParametersAlone(CostAlone):
    """The number of parameters says it all."""

    name = "parameters"
    cost = "parameters"


@register
class MacsAlone(CostAlone):
    """The multiply-accumulates of one forward pass say it all."""

    name = "macs"
    cost = "macs"
