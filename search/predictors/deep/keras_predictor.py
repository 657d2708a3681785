"""What the predictors in Keras have in common: how they are fitted, asked, saved and read."""

from __future__ import annotations

from abc import abstractmethod
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
    to_scale,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnngen.search.predictors.predictor import Vector

    Arrays = dict[str, NDArray[Any]]

_WEIGHTS = "model.weights.h5"

#: Share of what is learned from that only says when to stop (the paper's section 6).
VALIDATION_SHARE = 0.1

#: So many networks are asked about at once.
_CHUNK = 256


class KerasPredictor(Predictor):
    """A Keras model from a network's artefact to the target, standardised, by least squares.

    Of what it is fitted on, VALIDATION_SHARE is not learned from: the weights that predict it best are kept, and its
    errors are the predictor's doubt, the same for every network and as wide as holds nine of ten of them.
    """

    version = 2

    #: At most so many times through the data; it ends after `patience` epochs without a better validation.
    epochs = 200
    patience = 30
    batch_size = 16
    learning_rate = 1e-3
    weight_decay = 1e-4

    @abstractmethod
    def _learn_words(self, architectures: Sequence[Architecture]) -> dict[str, Any]:
        """What must be known to make arrays and model, as plain data: words, sizes."""

    @abstractmethod
    def _arrays(self, architectures: Sequence[Architecture], known: dict[str, Any], fitting: bool) -> Arrays:
        """What the model reads, by the names of its inputs. For `fitting` all rows have the same length."""

    @abstractmethod
    def _features(self, known: dict[str, Any]) -> tuple[list[Any], Any]:
        """The model's inputs, and its last features, of the shape (batch, features)."""

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        import keras
        import numpy as np

        keras.utils.set_random_seed(self.seed)
        self._known = self._learn_words(architectures)
        values = to_scale(self.target, targets)
        self._mean, self._std = float(values.mean()), float(values.std()) or 1.0
        wanted = ((values - self._mean) / self._std).astype("float32")[:, None]
        arrays = self._arrays(architectures, self._known, fitting=True)
        order = np.random.default_rng(self.seed).permutation(len(values))
        held, used = np.split(order, [max(2, round(VALIDATION_SHARE * len(order)))])
        self._model = self._build()
        self._model.compile(
            optimizer=keras.optimizers.AdamW(self.learning_rate, weight_decay=self.weight_decay), loss="mse"
        )
        stop = keras.callbacks.EarlyStopping("val_loss", patience=self.patience, restore_best_weights=True)
        self._model.fit(
            {name: array[used] for name, array in arrays.items()},
            wanted[used],
            validation_data=({name: array[held] for name, array in arrays.items()}, wanted[held]),
            epochs=self.epochs,
            batch_size=self.batch_size,
            callbacks=[stop],
            verbose=0,
        )
        error = wanted[held] - self._ask([architectures[n] for n in held])[:, None]
        self._deviation = deviation(error[:, 0].tolist()) * self._std

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        import numpy as np

        if not hasattr(self, "_model"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        mean = self._ask(architectures).astype(np.float64) * self._std + self._mean
        return from_scale(self.target, mean, np.full_like(mean, self._deviation))

    def _ask(self, architectures: Sequence[Architecture]) -> Vector:
        import numpy as np

        told = [np.empty(0)]
        for first in range(0, len(architectures), _CHUNK):
            arrays = self._arrays(architectures[first : first + _CHUNK], self._known, fitting=False)
            told.append(self._model.predict(arrays, verbose=0, batch_size=32)[:, 0])
        return np.concatenate(told)

    def _build(self) -> Any:
        import keras

        inputs, features = self._features(self._known)
        return keras.Model(inputs, keras.layers.Dense(1, name="target")(features))

    def _save(self, folder: Path) -> dict[str, Any]:
        # Weights alone: a whole model's file may bring code along.
        self._model.save_weights(folder / _WEIGHTS)
        return {"known": self._known, "mean": self._mean, "std": self._std, "deviation": self._deviation}

    def _load(self, folder: Path, state: dict[str, Any]) -> None:
        self._known = state["known"]
        self._mean, self._std, self._deviation = state["mean"], state["std"], state["deviation"]
        self._model = self._build()
        self._model.load_weights(folder / _WEIGHTS)


def program_of(architecture: Architecture, name: str) -> Any:
    """The resolved program of an architecture. Raises PredictorError where it is a table's cell."""
    if architecture.network is None:
        raise PredictorError(f"The predictor {name} reads programs; these networks are cells of a table.")
    return architecture.network
