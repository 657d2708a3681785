"""What `training(...)` comes to in Keras: classes of Keras by name, with their arguments.

One table for both who train: the generated file writes these objects down, the worker makes them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from cnngen.language import Training
from cnngen.language.words.training import TRAINING

#: Keras' optimizer classes by the names that a program can give.
OPTIMIZERS = {
    "adadelta": "Adadelta",
    "adagrad": "Adagrad",
    "adam": "Adam",
    "adamax": "Adamax",
    "adamw": "AdamW",
    "lion": "Lion",
    "nadam": "Nadam",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
}

_SCHEDULES = {
    "cosine_decay": "CosineDecay",
    "exponential_decay": "ExponentialDecay",
    "polynomial_decay": "PolynomialDecay",
    "piecewise_constant_decay": "PiecewiseConstantDecay",
}

#: What belongs to an optimizer, and does not come with every one; to early stopping.
_OF_OPTIMIZERS = (
    "momentum", "nesterov", "beta_1", "beta_2", "rho", "epsilon", "amsgrad", "centered", "initial_accumulator_value",
    "weight_decay", "clipnorm", "clipvalue", "global_clipnorm",
)  # fmt: skip
_OF_EARLY_STOPPING = ("monitor", "min_delta", "patience", "start_from_epoch", "restore_best_weights")

#: Pictures are scaled to 0..1.
_VALUES = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Made:
    """An object of Keras: its class, and the arguments that are not Keras' defaults."""

    class_name: str
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a training is made of. `optimizer` lacks its learning rate.

    `schedule` names the class of the learning rate's schedule, if it has one; `schedule_config` are its arguments, and
    `schedule_epochs` those that are counted in epochs here and in steps there. `boundaries` are of a piecewise
    constant schedule alone: the epochs behind each of which the learning rate is multiplied by `decay_rate`.
    """

    optimizer: Made
    learning_rate: float
    schedule: str | None
    schedule_config: dict[str, Any]
    schedule_epochs: dict[str, float]
    boundaries: tuple[float, ...]
    decay_rate: float
    augmentation: tuple[Made, ...]
    early_stopping: dict[str, Any] | None
    label_smoothing: float
    dtype_policy: str

    def to_json(self) -> dict[str, Any]:
        """The recipe as plain data."""
        return asdict(self)


def recipe(training: Training) -> Recipe:
    """What the training comes to; what does not apply is no part of it."""
    config: dict[str, Any] = {}
    epochs: dict[str, float] = {}
    resolved = training.resolved()
    warm = training.warmup_epochs
    match training.schedule:
        case "cosine_decay":
            config = {"initial_learning_rate": 0.0 if warm else training.learning_rate, **_written(training, "alpha")}
            epochs = {"decay_steps": resolved["decay_epochs"]}
            if warm:
                config["warmup_target"] = training.learning_rate
                epochs["warmup_steps"] = warm
        case "exponential_decay":
            config = {"initial_learning_rate": training.learning_rate, "decay_rate": training.decay_rate}
            config |= _written(training, "staircase")
            epochs = {"decay_steps": resolved["decay_epochs"]}
        case "polynomial_decay":
            config = {"initial_learning_rate": training.learning_rate}
            config |= _written(training, "end_learning_rate", "power")
            epochs = {"decay_steps": resolved["decay_epochs"]}
    return Recipe(
        Made(OPTIMIZERS[training.optimizer], _written(training, *_OF_OPTIMIZERS)),
        training.learning_rate,
        _SCHEDULES.get(training.schedule),
        config,
        epochs,
        resolved.get("boundaries", ()),
        training.decay_rate,
        tuple(_augmentation(training)),
        _written(training, *_OF_EARLY_STOPPING) if training.early_stopping else None,
        training.label_smoothing,
        training.dtype_policy,
    )


def _written(training: Training, *names: str) -> dict[str, Any]:
    """Those that apply and differ from Keras' default."""
    usual = Training()
    found = {
        known.name: getattr(training, known.name)
        for known in TRAINING
        if known.name in names and training.applies(known.name)
    }
    if training.optimizer != "adamw" and not found.get("weight_decay"):
        found.pop("weight_decay", None)  # Keras' way to say none is None, but for AdamW
    return {name: value for name, value in found.items() if value != getattr(usual, name)}


def _augmentation(training: Training) -> list[Made]:
    """The layers that vary images. They compute with 32 bits whatever the network does."""
    fill = _written(training, "fill_mode")
    moved, turned, zoomed = training.random_translation, training.random_rotation, training.random_zoom
    erased = training.random_erasing
    made = []
    if training.random_flip != "none":
        made.append(Made("RandomFlip", {"mode": training.random_flip}))
    if moved:
        made.append(Made("RandomTranslation", {"height_factor": moved, "width_factor": moved, **fill}))
    if turned:
        made.append(Made("RandomRotation", {"factor": turned, **fill}))
    if zoomed:
        made.append(Made("RandomZoom", {"height_factor": zoomed, **fill}))
    if training.random_contrast:
        made.append(Made("RandomContrast", {"factor": training.random_contrast, "value_range": _VALUES}))
    if training.random_brightness:
        made.append(Made("RandomBrightness", {"factor": training.random_brightness, "value_range": _VALUES}))
    if erased:
        # A single number would be the most that Keras draws a share from.
        made.append(Made("RandomErasing", {"factor": (erased, erased), "value_range": _VALUES}))
    if training.mixed:
        made = [Made(one.class_name, {**one.config, "dtype": "float32"}) for one in made]
    return made
