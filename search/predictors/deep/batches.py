"""Networks of many sizes in batches: few zeros are computed, though what is learned from comes in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

    #: What a model reads, by the names of its inputs.
    Arrays = dict[str, NDArray[Any]]

#: So many batches are drawn together, and made of what is of like size in them.
_WINDOW = 4


def size(row: Arrays) -> int:
    """How long a network is: the first side of what is read of it."""
    return max(len(array) for array in row.values())


def padded(rows: Sequence[Arrays]) -> Arrays:
    """The arrays of several networks as one of each name, with zeros behind what is shorter than the longest."""
    import numpy as np

    together = {}
    for name, first in rows[0].items():
        sides = [max(row[name].shape[side] for row in rows) for side in range(first.ndim)]
        together[name] = np.zeros((len(rows), *sides), dtype=first.dtype)
        for place, row in zip(together[name], rows, strict=True):
            place[tuple(slice(side) for side in row[name].shape)] = row[name]
    return together


def batches(
    sizes: Sequence[int], used: Sequence[int] | NDArray[np.int64], batch_size: int, chance: Generator
) -> Iterator[NDArray[np.int64]]:
    """Each of `used` once, in an order that is drawn: numbers of networks, those of a batch of like size."""
    import numpy as np

    order = chance.permutation(np.asarray(used))
    window = _WINDOW * batch_size
    for first in range(0, len(order), window):
        drawn = order[first : first + window]
        like = drawn[np.argsort(np.asarray(sizes)[drawn], kind="stable")]
        parts = [like[place : place + batch_size] for place in range(0, len(like), batch_size)]
        yield from (parts[place] for place in chance.permutation(len(parts)))
