"""How wide intervals must be, so that they hold their share: found on networks that were not learned from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

from cnngen.search.predictors.architecture import Architecture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The share of measured values that intervals are calibrated to hold.
LEVEL = 0.9


def deviation(errors: Sequence[float]) -> float:
    """The standard deviation with which the LEVEL interval of a normal distribution holds that share of these errors.

    Split conformal prediction (Papadopoulos et al. 2002; Lei et al. 2018): of n errors the ceil((n + 1) LEVEL)-th
    smallest in size is taken, which holds a new one with a probability of LEVEL at least. Where errors are too few for
    that, the largest is taken, and the interval holds n / (n + 1) of them.
    """
    sizes = sorted(abs(error) for error in errors)
    rank = min(math.ceil((len(sizes) + 1) * LEVEL), len(sizes))
    return sizes[rank - 1] / NormalDist().inv_cdf((1 + LEVEL) / 2)


def parts(architectures: Sequence[Architecture], count: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """Which networks are left out, in turn, `count` times: families as a whole, each once.

    Where there are fewer families than that, each network stands for itself.
    """
    import numpy as np

    names, kin = np.unique([each.family for each in architectures], return_inverse=True)
    kin = kin if len(names) >= count else np.arange(len(architectures))
    fold = np.random.default_rng(seed).permutation(kin.max() + 1)[kin] % count
    for part in range(count):
        yield fold == part
