"""Which comparisons there are: of a published set by the paper's protocol, of the public tables at several sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cnngen.search.predictors.evaluation.experiment import Experiment
from cnngen.search.predictors.tables.nasbench101 import ecnas, nasbench101
from cnngen.search.predictors.tables.nasbench201 import nasbench201
from cnngen.search.predictors.tables.published import BEGUN, published
from cnngen.search.predictors.tables.table import Table

#: Predictors that read programs, which the cells of a table do not have.
OF_PROGRAMS = ("image", "code", "grammar", "tensorboard")

#: Predictors that add up costs: accuracy is none.
OF_COSTS = ("work",)

#: Predictors that read the first epochs of a training, and how many of them.
OF_CURVES = ("curve", "compact", "boosting", "ensemble")
EPOCHS = 2

#: The figures of a published set that are predicted.
PUBLISHED = ("accuracy", "energy", "energy_cpu", "time", "time_cpu", "carbon")


@dataclass(frozen=True)
class Plan:
    """One comparison before its data are loaded, and where it is known, the tau to reach for each size."""

    name: str
    load: Callable[[], Table]
    figure: str
    sizes: Sequence[int | None] = (None,)
    test: int | None = None
    to_reach: Sequence[float] = ()
    programs: bool = False
    curves: bool = False

    def experiment(self, predictors: Sequence[str], repetitions: int, seed: int) -> Experiment | None:
        """The comparison with its data; None where the table has no such figure. Raises SearchError."""
        table = self.load()
        if self.figure not in table.columns:
            return None
        column = table.columns[self.figure]
        fit = [
            name
            for name in predictors
            if (name in OF_CURVES if self.curves else name != "curve" and (self.programs or name not in OF_PROGRAMS))
            and (name not in OF_COSTS or column.target.scale == "log")
        ]
        return Experiment(
            f"{self.name}: {column.title}",
            column.target,
            table.architectures,
            column.values.tolist(),
            fit,
            self.sizes,
            self.test,
            repetitions,
            seed,
        )


#: The sizes at which predictors are published; 5,000 networks or all others are the test.
PUBLIC = (
    Plan(
        "NAS-Bench-101",
        nasbench101,
        "val_acc_108ep",
        (100, 172, 424, 1000),
        5000,
        (0.74, 0.76, 0.79, 0.81),
    ),
    Plan("NAS-Bench-201", nasbench201, "c10_test_200ep", (78, 100, 391, 781), 5000, (0.76, 0.78, 0.85, 0.87)),
    Plan("NAS-Bench-201", nasbench201, "latency_pixel3", (100, 391, 781), 5000),
    Plan("EC-NAS 7V", ecnas, "energy_kwh", (100, 400, 1000, 3448), None, (0.88, 0.92, 0.94, 0.96)),
)


def of_set(folder: Path, sizes: Sequence[int | None] = (None,)) -> Iterator[Plan]:
    """The comparisons of a published set, one for each figure; and accuracy once more when training has begun."""
    for figure in PUBLISHED:
        yield Plan(folder.name, partial(published, folder), figure, sizes, programs=True)
    begun = partial(published, folder, EPOCHS)
    yield Plan(folder.name, begun, BEGUN, sizes, programs=True, curves=True)
