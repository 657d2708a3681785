"""`curve`: the end of a learning curve from its beginning, by what others' curves came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.predictor import PredictorError, register
from cnngen.search.predictors.trees import FeaturePredictor

#: What of a training's beginning is known begins with this (`tables.published.CURVE`).
_KNOWN = "training curve "


@register
class Curve(FeaturePredictor):
    """A straight line over the first epochs of the learning curve and nothing else (after Baker et al. 2017).

    What reads features reads the curve too, where it is known: beside this it tells what a network adds to its curve.
    """

    name = "curve"
    version = 2

    def _names(self, architectures: Sequence[Architecture]) -> list[str]:
        names = {f"training {name}" for architecture in architectures for name in architecture.training}
        known = sorted(name for name in names if name.startswith(_KNOWN))
        if not known:
            raise PredictorError("The predictor curve reads the first epochs of a training; of these none is known.")
        return known

    def _regressor(self) -> Any:
        from sklearn.linear_model import RidgeCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        return make_pipeline(StandardScaler(), RidgeCV([10 ** (exponent / 4) for exponent in range(-8, 13)]))
