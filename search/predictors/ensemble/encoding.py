"""Features as rows of numbers: which ones are looked at, and on which scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnngen.search.predictors.features import Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

#: A feature is looked at where at least so many networks differ from most others in it: one alone teaches nothing.
LEAST = 2

#: Counts of rare things are taken by their logarithm, and are too many for trees; these groups are such.
COUNTED = ("around1", "around2", "paths")

#: Farther from the mean than so many standard deviations, all is equally far.
FARTHEST = 4.0

Groups = Mapping[str, Features]


class Encoding:
    """Columns of a matrix: their names, groups, means and standard deviations over what was learned from."""

    def __init__(self, names: Sequence[str], groups: Sequence[str], mean: Matrix, std: Matrix) -> None:
        self.names = list(names)
        self.groups = list(groups)
        self.mean = mean
        self.std = std
        self._place = {name: place for place, name in enumerate(names)}

    @classmethod
    def of(cls, rows: Sequence[Groups]) -> Encoding:
        """The columns that tell these networks apart."""
        import numpy as np

        seen: dict[str, dict[str, list[float]]] = {}
        for row in rows:
            for group, found in row.items():
                columns = seen.setdefault(group, {})
                for name, value in found.items():
                    columns.setdefault(name, []).append(value)
        names, groups = [], []
        for group, columns in seen.items():
            for name in sorted(columns):
                if _apart(columns[name], len(rows)) >= LEAST:
                    names.append(name)
                    groups.append(group)
        made = cls(names, groups, np.zeros(len(names)), np.ones(len(names)))
        raw = made._raw(rows)
        made.mean, made.std = raw.mean(axis=0), raw.std(axis=0)
        return made

    def rows(self, rows: Sequence[Groups]) -> Matrix:
        """The matrix of these networks, standardised."""
        import numpy as np

        return np.clip((self._raw(rows) - self.mean) / self.std, -FARTHEST, FARTHEST)

    @property
    def few(self) -> NDArray[np.bool_]:
        """Which columns trees look at: those that count no rare things, or all where there are no others."""
        import numpy as np

        found = ~np.isin(self.groups, COUNTED)
        return found if found.any() else ~found

    def _raw(self, rows: Sequence[Groups]) -> Matrix:
        import numpy as np

        made = np.zeros((len(rows), len(self.names)))
        for line, row in zip(made, rows, strict=True):
            for found in row.values():
                for name, value in found.items():
                    if (place := self._place.get(name)) is not None:
                        line[place] = value
        counted = np.isin(self.groups, COUNTED)
        made[:, counted] = np.log1p(made[:, counted])
        return made

    def to_state(self) -> dict[str, Any]:
        """As plain data."""
        return {"names": self.names, "groups": self.groups, "mean": self.mean.tolist(), "std": self.std.tolist()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Encoding:
        """What `to_state` gave."""
        import numpy as np

        return cls(state["names"], state["groups"], np.array(state["mean"]), np.array(state["std"]))


def _apart(values: Sequence[float], count: int) -> int:
    """How many of `count` networks differ from the value that most have; those without a value have 0."""
    times = Counter(values)
    times[0.0] += count - len(values)
    return count - max(times.values())
