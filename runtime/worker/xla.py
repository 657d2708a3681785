"""Whether XLA pays: it makes each step cheaper and takes longer to begin."""

from __future__ import annotations

from cnngen.runtime import forecast

#: What XLA saves of a training's time on a processor, and the seconds by which its compiling takes longer.
SAVED = 0.25
SECONDS_MORE, SECONDS_MORE_A_LAYER = 3.0, 0.1


def pays(work: forecast.Work) -> bool:
    """Whether the training is long enough, by the rule of thumb alone.

    No clock is read, so that the same request is always answered the same on machines of one kind: XLA changes what
    an epoch takes, and two runs of one request must be comparable.
    """
    return SAVED * forecast.seconds_of_training(work) > SECONDS_MORE + SECONDS_MORE_A_LAYER * work.layers
