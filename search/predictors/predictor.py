"""What every predictor is: fitted on architectures and what they came to, then asked for others, with its doubt."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from math import log
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, TypeVar

from cnngen.search.errors import SearchError
from cnngen.search.predictors.architecture import Architecture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

#: The file of a saved predictor that says which it is; the rest of the folder is the predictor's own.
CARD = "predictor.json"

#: Raised whenever the card of before cannot be read any more.
FORMAT = 2


class PredictorError(SearchError):
    """A predictor that cannot be fitted, read or asked."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is predicted: its name, its unit, whether more is better, and its scale.

    On scale `log` equal ratios are equal steps: costs, which are positive and span decades. Such a target is fitted
    by its logarithm, and told in its own unit.
    """

    name: str
    unit: str
    more_is_better: bool
    scale: str = "linear"


TARGETS = {
    target.name: target
    for target in (
        Target("accuracy", "fraction", True),
        Target("energy", "kWh", False, "log"),
        Target("time", "s", False, "log"),
        Target("carbon", "kg", False, "log"),
        Target("latency", "ms", False, "log"),
    )
}


@dataclass(frozen=True)
class Prediction:
    """For each architecture the mean and the standard deviation of what is expected, in the target's unit.

    The deviation is that of one measured value around the prediction: doubt of the model and noise of training.
    """

    mean: Vector
    std: Vector

    def interval(self, level: float) -> tuple[Vector, Vector]:
        """Bounds between which a share `level` of measured values is expected, those of a normal distribution."""
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.std
        return self.mean - reach, self.mean + reach

    def times(self, factor: float) -> Prediction:
        """The same in another unit, in which values are so many times as large."""
        return Prediction(self.mean * factor, self.std * factor)


class Predictor(ABC):
    """A model from architectures to one target.

    The same seed, architectures and targets give the same predictions. A saved predictor is a folder of JSON and
    arrays (`.npz` without objects), never a pickle: to load one runs no code of its maker.
    """

    name: str
    #: Raised whenever the same data would give other predictions than before.
    version = 1

    def __init__(self, target: Target = TARGETS["accuracy"], seed: int = 0) -> None:
        self.target = target
        self.seed = seed

    def fit(self, architectures: Sequence[Architecture], targets: Sequence[float]) -> None:
        """Learn from what these came to, in the target's unit.

        Raises PredictorError where there is too little or nothing to learn from.
        """
        import numpy as np

        values = np.asarray(targets, dtype=np.float64)
        if len(architectures) != len(values):
            raise PredictorError(f"There are {len(architectures)} architectures but {len(values)} targets.")
        if len(values) < 8:
            raise PredictorError(f"A predictor needs 8 networks to learn from, not {len(values)}: train more.")
        if not np.isfinite(values).all():
            raise PredictorError("Some targets are not finite: leave those networks out.")
        if self.target.scale == "log" and values.min() <= 0:
            raise PredictorError(f"Some targets are not positive, which {self.target.name} must be: leave them out.")
        self._fit(architectures, values)

    def predict(self, architectures: Sequence[Architecture]) -> Prediction:
        """What is expected of these. Raises PredictorError before `fit`."""
        return self._predict(architectures)

    def save(self, folder: Path) -> None:
        """Write the fitted predictor into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {"format": FORMAT, "predictor": self.name, "version": self.version, "seed": self.seed}
        told |= {"target": asdict(self.target)}
        card = folder / CARD
        state = self._save(folder)
        beside = card.with_suffix(".tmp")
        beside.write_text(json.dumps(told | {"state": state}, indent=1) + "\n", encoding="utf-8")
        beside.replace(card)

    @abstractmethod
    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None: ...

    @abstractmethod
    def _predict(self, architectures: Sequence[Architecture]) -> Prediction: ...

    @abstractmethod
    def _save(self, folder: Path) -> dict[str, Any]:
        """Write arrays into the folder, and give the rest as plain data."""

    @abstractmethod
    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        """Become what was saved."""


_Class = TypeVar("_Class", bound=type[Predictor])

#: Where each predictor is: its module is imported when it is asked for by name.
MODULES = {
    "parameters": "baselines",
    "macs": "baselines",
    "curve": "curve",
    "compact": "compact.compact",
    "tree": "trees",
    "work": "work",
    "boosting": "trees",
    "image": "deep.image",
    "code": "deep.code",
    "neural": "deep.neural",
    "grammar": "deep.grammar",
    "tensorboard": "deep.tensorboard",
    "ensemble": "ensemble.ensemble",
}

_known: dict[str, type[Predictor]] = {}


def register(cls: _Class) -> _Class:
    """Make a predictor known by its name."""
    _known[cls.name] = cls
    return cls


def named(name: str) -> type[Predictor]:
    """The predictor of a name. Raises PredictorError, which lists the names there are."""
    if name not in MODULES:
        raise PredictorError(f"There is no predictor {name!r}; there are {', '.join(sorted(MODULES))}.")
    if name not in _known:
        import_module(f"cnngen.search.predictors.{MODULES[name]}")
    return _known[name]


def load(folder: Path) -> Predictor:
    """A saved predictor. Raises PredictorError where the folder holds none, or one of another version."""
    try:
        told = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if told["format"] != FORMAT or told["version"] != named(told["predictor"]).version:
            raise PredictorError(f"{folder} was written by another version of cnngen: fit the predictor again.")
        predictor = named(told["predictor"])(Target(**told["target"]), told["seed"])
        predictor._load(folder, told["state"])
    except OSError as error:
        raise PredictorError(f"{folder} holds no predictor that can be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise PredictorError(f"{folder} holds no whole predictor: fit it again.") from error
    return predictor


Scale = Callable[["Vector"], "Vector"]


def to_scale(target: Target, values: Vector) -> Vector:
    """Targets as they are fitted: on the target's scale."""
    import numpy as np

    return np.log(values) if target.scale == "log" else values


def from_scale(target: Target, mean: Vector, std: Vector) -> Prediction:
    """A prediction in the target's unit; on a logarithmic scale the deviation is a share of the mean."""
    return _Ratios(mean, std) if target.scale == "log" else Prediction(mean, std)


class _Ratios(Prediction):
    """A prediction whose doubt is normal on a logarithmic scale: an interval goes as many times up as down."""

    def __init__(self, mean: Vector, std: Vector) -> None:
        import numpy as np

        super().__init__(np.exp(mean), np.exp(mean) * std)
        object.__setattr__(self, "_logarithm", (mean, std))

    def interval(self, level: float) -> tuple[Vector, Vector]:
        import numpy as np

        mean, std = self._logarithm  # type: ignore[attr-defined]
        reach = NormalDist().inv_cdf((1 + level) / 2) * std
        return np.exp(mean - reach), np.exp(mean + reach)

    def times(self, factor: float) -> Prediction:
        mean, std = self._logarithm  # type: ignore[attr-defined]
        return _Ratios(mean + log(factor), std)
