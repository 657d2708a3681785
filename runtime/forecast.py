"""What a training will probably take: time, energy and memory, and what that is based on.

Three bases, each better than the one before: a rule of thumb from the network's costs; the same rule corrected by what
it said of earlier runs on this machine and what they took; and, once an epoch is over, the epochs themselves. The
standard library suffices, so that whoever has a record can check a forecast.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

#: The rule of thumb. A step costs its layers, an image its arithmetic: a training step takes three times the operations
#: of a prediction (forward, and backward for inputs and for weights), two for each multiply-accumulate.
OPERATIONS_PER_MAC = 2 * 3
OPERATIONS_PER_S_AND_THREAD = 8e9
SECONDS_PER_STEP, SECONDS_PER_STEP_AND_LAYER = 0.002, 0.0001
SECONDS_TO_START = 10.0
SECONDS_TO_COMPILE, SECONDS_TO_COMPILE_A_LAYER = 1.0, 0.15

#: What TensorFlow itself holds, in bytes.
BYTES_OF_TENSORFLOW = 700 * 2**20

#: What a forecast of a training that may stop early says behind its basis.
AT_MOST = "; at most, it may stop early"

#: No more earlier runs than this are looked at.
MOST_RUNS = 30


@dataclass(frozen=True)
class Work:
    """What is to be done. `training_bytes` is the memory of one step (`language.costs`), `data_bytes` the images'.

    `may_stop`: the training may end before its last epoch, so that a forecast is an upper bound. `import_s` is what
    starting TensorFlow has taken in this run, where that is over; a worker that was forked has next to none of it.
    """

    hash: str
    layers: int
    macs: int
    images_train: int
    images_validation: int
    images_test: int
    epochs: int
    batch_size: int
    threads: int
    device: str
    jit: bool
    extra_s: float = 0.0
    training_bytes: int = 0
    data_bytes: int = 0
    may_stop: bool = False
    import_s: float = SECONDS_TO_START


@dataclass(frozen=True)
class Past:
    """An earlier run on this machine: what the rule of thumb says of its training, and what it took. `others_s` is
    from the images to the first epoch.
    """

    hash: str
    device: str
    jit: bool
    seconds_of_rule: float
    seconds: float
    power_w: float
    others_s: float


@dataclass(frozen=True)
class Forecast:
    """What the whole run will take, from its beginning; None is what nobody can say.

    `after_epoch` is 0 before the first epoch.
    """

    after_epoch: int
    duration_s: float
    energy_wh: float | None
    memory_bytes: int | None
    basis: str
    runs: int = 0

    def to_json(self) -> dict[str, Any]:
        """The forecast as plain data."""
        return asdict(self)


def seconds_of_training(work: Work) -> float:
    """The rule of thumb for the training of all epochs."""
    steps = math.ceil(work.images_train / work.batch_size)
    per_step = SECONDS_PER_STEP + SECONDS_PER_STEP_AND_LAYER * work.layers
    per_image = work.macs * OPERATIONS_PER_MAC / (OPERATIONS_PER_S_AND_THREAD * work.threads)
    return work.epochs * (steps * per_step + work.images_train * per_image)


def beforehand(work: Work, past: Sequence[Past], power_w: float | None) -> Forecast:
    """The forecast before the first epoch. `power_w` is what the machine is said to take at work, if anybody says."""
    training = seconds_of_training(work)
    start = SECONDS_TO_COMPILE + SECONDS_TO_COMPILE_A_LAYER * work.layers
    basis = "a rule of thumb"
    alike = [run for run in past if (run.device, run.jit) == (work.device, work.jit)]
    same = [run for run in alike if run.hash == work.hash]
    used = same or alike
    if used:
        training *= median(run.seconds / run.seconds_of_rule for run in used)
        power_w = median(run.power_w for run in used)
        if same:
            start = median(run.others_s for run in same)
        runs = f"{len(used)} earlier run{'s' if len(used) > 1 else ''}"
        basis = f"{runs} of this network" if same else f"a rule of thumb, corrected by {runs} on this machine"
    # Backward is two thirds of a training step; a prediction is the other third.
    tested = work.epochs * work.images_validation + work.images_test
    seconds = (
        work.import_s + start + training * (1 + tested / (3 * max(1, work.epochs * work.images_train))) + work.extra_s
    )
    return Forecast(
        0,
        seconds,
        None if power_w is None else power_w * seconds / 3600,
        BYTES_OF_TENSORFLOW + 2 * work.data_bytes + work.training_bytes,
        basis + (AT_MOST if work.may_stop else ""),
        len(used),
    )


def underway(
    epochs: int,
    done: int,
    spent_s: float,
    spent_wh: float,
    epochs_s: float,
    epochs_wh: float,
    rest_s: float,
    *,
    may_stop: bool = False,
) -> Forecast:
    """The forecast once `done` epochs are over, which took `epochs_s` and `epochs_wh` of what was spent so far.

    `rest_s` is what follows the last epoch, at the mean power of the epochs.
    """
    left = (epochs - done) / done
    power_w = epochs_wh * 3600 / epochs_s if epochs_s else 0.0
    return Forecast(
        done,
        spent_s + left * epochs_s + rest_s,
        spent_wh + left * epochs_wh + power_w * rest_s / 3600,
        None,
        ("the first epoch" if done == 1 else f"{done} epochs") + (AT_MOST if may_stop else ""),
    )


def earlier(records: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], machine: Mapping[str, Any]) -> list[Past]:
    """What can be learned from the records and provenances of earlier runs; those of other machines are left out."""
    found = []
    for result, provenance in records:
        try:
            if any(provenance["machine"][key] != machine[key] for key in ("processor", "cores_usable", "device")):
                continue
            training, data = result["energy"]["training"], result["data"]
            epochs = result["run"]["epochs_executed"]
            rule = seconds_of_training(
                Work(
                    result["program"]["hash"],
                    result["network"]["layers"],
                    result["network"]["macs"],
                    data["images_train"],
                    data["images_validation"],
                    data["images_test"],
                    epochs,
                    result["training"]["batch_size"],
                    machine["cores_usable"],
                    result["run"]["device"],
                    result["training"]["jit_compile"],
                )
            )
            before = sum(result["energy"]["phases"][phase]["duration_s"] for phase in ("data", "build", "compile"))
            if result["status"] == "done" and epochs and training["duration_s"] > 0:
                found.append(
                    Past(
                        result["program"]["hash"],
                        result["run"]["device"],
                        result["training"]["jit_compile"],
                        rule,
                        training["duration_s"],
                        training["power_total_mean_w"],
                        before,
                    )
                )
        except (KeyError, TypeError):
            continue  # a record of another version, or of a run that did not get so far
    return found
