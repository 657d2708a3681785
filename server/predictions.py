"""What programs are predicted to come to. The model is read when somebody asks for the first time."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from cnngen.language import Analysis

if TYPE_CHECKING:
    from cnngen.search.predictors.compact.shipped import Predicted

#: So many texts are remembered: the lens, the diagram and a hover ask about the same one.
_REMEMBERED = 16


class Predictions:
    """Asks the predictor that cnngen carries along, once for each text."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Predicted | None] = OrderedDict()

    def of(self, analysis: Analysis) -> Predicted | None:
        """The prediction for a program; None for one unlike those learned from, or with errors."""
        from cnngen.search.predictors.compact.shipped import shipped

        if analysis.text not in self._known:
            self._known[analysis.text] = shipped().predict(analysis)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[analysis.text]
