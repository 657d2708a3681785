"""How many batches Keras is given at once (`steps_per_execution`): between small ones it takes time of its own."""

from __future__ import annotations

import math

from cnngen.runtime import forecast

#: Who stops a training waits for what Keras was given: for so many seconds at most, by the rule of thumb.
SECONDS = 0.5

#: More save nothing more: sixteen at once leave a sixteenth of what there is to save.
MOST = 16


def steps_per_execution(work: forecast.Work) -> int:
    """As many batches as half a second is enough for, but a number that divides an epoch's and a validation's.

    Both are read from data without an end, so one batch too many would be taken from the next epoch. Like the choice
    of XLA (`xla.py`) this depends on the request and the machine alone, and no clock is read.
    """
    steps = math.ceil(work.images_train / work.batch_size)
    together = math.gcd(steps, math.ceil(work.images_validation / work.batch_size))
    most = min(MOST, int(SECONDS / (forecast.seconds_of_training(work) / (work.epochs * steps))))
    return max((number for number in range(1, most + 1) if together % number == 0), default=1)
