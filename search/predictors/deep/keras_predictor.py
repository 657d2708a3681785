"""What the predictors in Keras have in common: how they are fitted, asked, saved and read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.calibration import deviation
from cnngen.search.predictors.deep.batches import batches, padded, size
from cnngen.search.predictors.predictor import (
    Prediction,
    Predictor,
    PredictorError,
    from_scale,
    to_scale,
)

if TYPE_CHECKING:
    import numpy as np

    from cnngen.search.predictors.deep.batches import Arrays
    from cnngen.search.predictors.predictor import Vector

_WEIGHTS = "model.weights.h5"

#: Share of what is learned from that only says when to stop (the paper's section 6).
VALIDATION_SHARE = 0.1

#: So many networks are asked about at once.
_CHUNK = 32


class KerasPredictor(Predictor):
    """A Keras model from a network's artefact to the target, standardised, by least squares.

    Of what it is fitted on, VALIDATION_SHARE is not learned from: the weights that predict it best are kept (without
    `keeps_best` the last), and its errors are the predictor's doubt, the same for every network and as wide as holds
    nine of ten of them.
    """

    version = 3

    #: At most so many times through the data; it ends after `patience` epochs without a better validation. The learning
    #: rate falls to nothing along half a cosine (Loshchilov and Hutter 2017).
    epochs = 60
    patience = 20
    batch_size = 16
    learning_rate = 2e-3
    weight_decay = 1e-4
    keeps_best = True

    @abstractmethod
    def _read(self, architecture: Architecture) -> Any:
        """The artefact of a network, as this predictor reads it. It is asked for once and kept with the network."""

    @abstractmethod
    def _learn_words(self, artefacts: Sequence[Any]) -> dict[str, Any]:
        """What must be known to make arrays and model, as plain data: words, sizes."""

    @abstractmethod
    def _numbers(self, artefact: Any, known: dict[str, Any]) -> Arrays:
        """What the model reads of one artefact, by the names of its inputs.

        Sides may differ between networks: in a batch, zeros stand behind the shorter ones, and must mean nothing.
        """

    @abstractmethod
    def _features(self, known: dict[str, Any]) -> tuple[list[Any], Any]:
        """The model's inputs, and its last features, of the shape (batch, features)."""

    def _varied(self, row: Arrays, chance: np.random.Generator) -> Arrays:
        """What is learned from in place of a network's own arrays, and means the same."""
        return row

    def _fit(self, architectures: Sequence[Architecture], targets: Vector) -> None:
        import keras
        import numpy as np

        keras.utils.clear_session()  # what was fitted before leaves nothing behind
        keras.utils.set_random_seed(self.seed)
        artefacts = [self._kept(architecture) for architecture in architectures]
        self._known = self._learn_words(artefacts)
        values = to_scale(self.target, targets)
        self._mean, self._std = float(values.mean()), float(values.std()) or 1.0
        wanted = ((values - self._mean) / self._std).astype("float32")
        rows = [self._numbers(artefact, self._known) for artefact in artefacts]
        chance = np.random.default_rng(self.seed)
        held, used = np.split(chance.permutation(len(rows)), [max(2, round(VALIDATION_SHARE * len(rows)))])
        self._model = self._build()
        steps = self.epochs * -(-len(used) // self.batch_size)
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, steps)
        optimizer = keras.optimizers.AdamW(rate, weight_decay=self.weight_decay, clipnorm=1.0)
        # Compiled by XLA, each shape of a batch would be compiled anew.
        self._model.compile(optimizer, loss="mse", jit_compile=False)
        checked = [rows[n] for n in held]
        best, least, since = self._model.get_weights(), np.inf, 0
        for _ in range(self.epochs):
            for batch in batches([size(row) for row in rows], used, self.batch_size, chance):
                self._model.train_on_batch(padded([self._varied(rows[n], chance) for n in batch]), wanted[batch, None])
            error = float(((self._ask(checked) - wanted[held]) ** 2).mean())
            since += 1
            if error < least:
                best, least, since = self._model.get_weights(), error, 0
            if self.keeps_best and since == self.patience:
                break
        if self.keeps_best:
            self._model.set_weights(best)
        errors = (self._ask(checked) - wanted[held]).tolist()
        self._deviation = deviation(errors) * self._std

    def _predict(self, architectures: Sequence[Architecture]) -> Prediction:
        import numpy as np

        if not hasattr(self, "_model"):
            raise PredictorError(f"The predictor {self.name} has learned nothing yet: fit it first.")
        rows = [self._numbers(self._kept(architecture), self._known) for architecture in architectures]
        mean = self._ask(rows).astype(np.float64) * self._std + self._mean
        return from_scale(self.target, mean, np.full_like(mean, self._deviation))

    def _kept(self, architecture: Architecture) -> Any:
        """The artefact, made when it is first asked for: repetitions and targets share it."""
        name = f"artefact of {self.name}"
        if name not in architecture.memory:
            architecture.memory[name] = self._read(architecture)
        return architecture.memory[name]

    def _ask(self, rows: Sequence[Arrays]) -> Vector:
        """Standardised predictions, those of the smallest first, so that a batch has little to fill up."""
        import numpy as np

        told = np.empty(len(rows))
        order = np.argsort([size(row) for row in rows], kind="stable")
        for first in range(0, len(rows), _CHUNK):
            chunk = order[first : first + _CHUNK]
            told[chunk] = self._model.predict_on_batch(padded([rows[n] for n in chunk]))[:, 0]
        return told

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
