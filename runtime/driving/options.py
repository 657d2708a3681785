"""How a training may differ from what the program says, and the check of it by the language's own rules."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cnngen.language import Code, Span, Training, analyse
from cnngen.language.syntax.tree import Layer, Scalar
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.types import Problem
from cnngen.runtime.errors import CannotTrain

if TYPE_CHECKING:
    from cnngen.runtime.group import Repeat

#: Nobody measures idleness or predictions for longer than an hour.
MOST_SECONDS = 3600

_DEVICE = re.compile(r"auto|cpu|gpu(:\d+)?")


_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}


def seconds_of(text: str) -> float:
    """A time as people write it: 90, 90s, 10m, 1.5h, 2d. Raises CannotTrain."""
    written = _TIME.fullmatch(text.strip())
    if not written:
        raise CannotTrain(f'--max-time takes a number with s, m, h or d, such as 10m, not "{text}".')
    return float(written[1]) * _SECONDS[written[2] or "s"]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What the user asks for beside the program; None means what the program says.

    `dataset` is a name of `DATASETS`, an .npz file or a folder of images by class; `base_dir` is the folder of the
    program's file, where a relative path that the program itself names is looked for; `file` is that file, where there
    is one. `country` is an ISO 3166-1 alpha-3 code; without one there is energy but no carbon. `device` is auto, cpu,
    gpu or gpu:N. `interpreter` is the Python that has Keras, and `python_path` what it must have on its path to find
    `cnngen`, where that is not installed in it. `jit_compile` lets XLA compile the training, which changes what an
    epoch costs; "auto" does so where it pays (docs/measuring.md). `arguments` are further ones of `training(...)`, as a
    program has them: "momentum=0.9, schedule=cosine_decay". `deterministic` makes the same seed give the same
    weights on the same machine, at some cost on a GPU.

    What is measured beside the training (docs/measuring.md): `idle_s` seconds of doing nothing before and after,
    `inference_s` seconds of predictions at each batch size; 0 leaves them out. The training ends with the batch in
    which `max_energy_wh` (of the whole run so far) or `max_time_s` (since the run began) is reached. `repeat` says
    which of several runs of one request this is.
    """

    dataset: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    optimizer: str | None = None
    learning_rate: float | None = None
    seed: int | None = None
    test_split: float | None = None
    validation_split: float | None = None
    country: str | None = None
    device: str = "auto"
    runs_dir: Path = Path("runs")
    interpreter: str = sys.executable
    python_path: str | Path | None = None
    base_dir: Path = Path()
    file: Path | None = None
    jit_compile: bool | Literal["auto"] | None = None
    arguments: str = ""
    deterministic: bool = False
    idle_s: float = 3.0
    inference_s: float = 2.0
    max_energy_wh: float | None = None
    max_time_s: float | None = None
    repeat: Repeat | None = None

    def training(self, program: Training) -> Training:
        """The program's training with these options in place. Raises CannotTrain for a value out of range."""
        if not _DEVICE.fullmatch(self.device):
            raise CannotTrain(f'There is no device "{self.device}"; give auto, cpu, gpu or gpu:N.')
        self._check_measuring()
        given: dict[str, Any] = _read(self.arguments) if self.arguments else {}
        for rule in WORDS["training"].hyperparameters:
            value = getattr(self, rule.name, None)
            if value is None:
                continue
            read = rule.type.read(Scalar(str(value), Span(0, 0)))
            if isinstance(read, Problem):
                raise CannotTrain(f"{rule.name} {read.message}{'' if read.message.endswith('?') else '.'}")
            given[rule.name] = read
        training = replace(program, **given)
        if idle := training.idle():
            other = next(one.goes_with[0].name for one in WORDS["training"].hyperparameters if one.name == idle[0])
            raise CannotTrain(f"{idle[0]} does not go with {other}={getattr(training, other)}: leave one of them out.")
        for found in training.contradictions():
            if found.grave:
                raise CannotTrain(found.message)
        return training

    def _check_measuring(self) -> None:
        for name, value in (("idle", self.idle_s), ("inference", self.inference_s)):
            if not 0 <= value <= MOST_SECONDS:
                raise CannotTrain(f"--{name} must be a number of seconds from 0 to {MOST_SECONDS}.")
        for name, limit, unit in (
            ("max-energy", self.max_energy_wh, "watt-hours"),
            ("max-time", self.max_time_s, "seconds"),
        ):
            if limit is not None and not 0 < limit < math.inf:
                raise CannotTrain(f"--{name} must be a number of {unit} above 0.")


def _read(arguments: str) -> dict[str, Any]:
    """Arguments as a program has them, by name. Raises CannotTrain."""
    analysis = analyse(f"training({arguments}) input conv flatten dense output")
    for found in analysis.diagnostics:
        # Whether they go with the program's own is known when they are put together.
        if found.code not in (Code.IDLE_ARGUMENT, Code.TRAINING):
            raise CannotTrain(f"--training {arguments}: {found.message}")
    (layer, *_) = analysis.tree.items
    written = layer.arguments if isinstance(layer, Layer) else ()
    return {one.name.text: getattr(analysis.network.training, one.name.text) for one in written if one.name}
