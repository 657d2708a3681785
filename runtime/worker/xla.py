"""Whether XLA pays: it may make each step cheaper, and it takes longer to begin."""

from __future__ import annotations

from cnngen.runtime import forecast

#: What XLA is taken to save of a training's time on a GPU, and the seconds by which its compiling takes longer.
SAVED = 0.25
SECONDS_MORE, SECONDS_MORE_A_LAYER = 5.0, 0.5


def pays(work: forecast.Work) -> bool:
    """Whether to compile with XLA: on a GPU where the training is long enough, on a processor never.

    On a processor it was found to save a third of the CPU time for a LeNet on a quiet machine, and to take two to four
    times as much on a busy one, and for convolutions that oneDNN does well (docs/measuring.md). What cannot be told
    beforehand is left to who asks for it.

    No clock is read, so that the same request is always answered the same on machines of one kind: XLA changes what
    an epoch takes, and two runs of one request must be comparable.
    """
    if work.device == "cpu":
        return False
    return SAVED * forecast.seconds_of_training(work) > SECONDS_MORE + SECONDS_MORE_A_LAYER * work.layers
