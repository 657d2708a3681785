"""`Training`: how a program asks to be trained, with everything that it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from cnngen.language.words.training import TRAINING

_BY_NAME = {known.name: known for known in TRAINING}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Hyper-parameters that do not go together. `names` are theirs, the one that is wrong first.

    `grave`: Keras would refuse them, or do nothing of what they say. `better` is a name with a value that would help.
    """

    names: tuple[str, ...]
    message: str
    grave: bool = True
    better: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """The arguments of `training(...)`, each under its name in the catalogue.

    The defaults are the protocol of the CNNGen paper, section 6.1: the whole set split 80/20 into training and
    test, 20 % of the training part for validation, 36 epochs. None is what follows from the others: see `resolved`.
    Not all of them go with all others: see `applies`.
    """

    epochs: int = 36
    batch_size: int = 128
    optimizer: str = "adam"
    learning_rate: float = 0.001
    test_split: float = 0.2
    validation_split: float = 0.2
    seed: int = 0
    momentum: float = 0.0
    nesterov: bool = False
    beta_1: float = 0.9
    beta_2: float | None = None
    rho: float | None = None
    epsilon: float = 1e-7
    amsgrad: bool = False
    centered: bool = False
    initial_accumulator_value: float = 0.1
    weight_decay: float | None = None
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    schedule: str = "constant"
    decay_epochs: float | None = None
    warmup_epochs: float = 0.0
    alpha: float = 0.0
    decay_rate: float = 0.1
    staircase: bool = False
    end_learning_rate: float = 0.0001
    power: float = 1.0
    boundaries: tuple[float, ...] | None = None
    early_stopping: bool = False
    monitor: str = "val_loss"
    patience: int = 0
    min_delta: float = 0.0
    start_from_epoch: int = 0
    restore_best_weights: bool = False
    random_flip: str = "none"
    random_translation: float = 0.0
    random_rotation: float = 0.0
    random_zoom: float = 0.0
    fill_mode: str = "reflect"
    random_contrast: float = 0.0
    random_brightness: float = 0.0
    random_erasing: float = 0.0
    label_smoothing: float = 0.0
    dtype_policy: str = "float32"
    jit_compile: bool | Literal["auto"] = "auto"

    def applies(self, name: str) -> bool:
        """Whether a hyper-parameter means anything beside the others: a momentum to sgd, and not to adam."""
        conditions = _BY_NAME[name].goes_with
        return not conditions or any(one.holds(getattr(self, one.name)) for one in conditions)

    def idle(self) -> list[str]:
        """The names of those that differ from their default but mean nothing beside the others."""
        usual = Training()
        return [
            known.name
            for known in TRAINING
            if known.goes_with
            and getattr(self, known.name) != getattr(usual, known.name)
            and not self.applies(known.name)
        ]

    def resolved(self) -> dict[str, Any]:
        """The value of each that applies, by name, but for those without one, such as a limit that is not set."""
        values = {known.name: self._value(known.name) for known in TRAINING if self.applies(known.name)}
        return {name: value for name, value in values.items() if value is not None}

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not go together, though each value is sound by itself."""
        clips = [name for name in ("clipnorm", "clipvalue", "global_clipnorm") if getattr(self, name) is not None]
        if len(clips) > 1:
            message = f"Keras clips gradients in one way only, here there are {' and '.join(clips)}: leave one."
            yield Contradiction((clips[-1], *clips[:-1]), message)
        if self.early_stopping and self.monitor.startswith("val_") and not self.validation_split:
            measure = self.monitor.removeprefix("val_")
            message = f"There is no {self.monitor} to stop by where validation_split is 0: write monitor={measure}."
            yield Contradiction(("monitor", "early_stopping"), message, better=("monitor", measure))
        if self.schedule == "cosine_decay" and self.warmup_epochs >= self.epochs:
            message = (
                f"A warm-up of {self.warmup_epochs:g} epochs leaves none of {self.epochs:,} to learn in: "
                "write fewer warmup_epochs, or more epochs."
            )
            yield Contradiction(("warmup_epochs", "epochs"), message)
        if self.schedule == "piecewise_constant_decay" and self.boundaries and self.boundaries[-1] >= self.epochs:
            message = f"The boundary {self.boundaries[-1]:g} is never reached in {self.epochs:,} epochs."
            yield Contradiction(("boundaries", "epochs"), message, grave=False)
        if self.optimizer == "sgd" and self.nesterov and not self.momentum:
            message = "Without a momentum, nesterov does nothing: write momentum=0.9, or leave nesterov out."
            yield Contradiction(("nesterov", "momentum"), message, grave=False, better=("momentum", "0.9"))

    @property
    def mixed(self) -> bool:
        """Whether layers compute with 16 bits."""
        return self.dtype_policy != "float32"

    def _value(self, name: str) -> Any:
        value = getattr(self, name)
        if value is not None:
            return value
        match name:
            case "beta_2":
                return 0.99 if self.optimizer == "lion" else 0.999
            case "rho":
                return 0.95 if self.optimizer == "adadelta" else 0.9
            case "weight_decay":
                return 0.004 if self.optimizer == "adamw" else 0.0
            case "decay_epochs":
                return self.epochs - (self.warmup_epochs if self.schedule == "cosine_decay" else 0)
            case "boundaries":
                return _whole(self.epochs / 2), _whole(self.epochs * 3 / 4)
        return None


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number
