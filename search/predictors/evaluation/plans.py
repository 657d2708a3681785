"""Which comparisons there are: of a published set by the paper's protocol, of the public tables at several sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
PUBLISHED = ("accuracy", "energy", "energy_cpu", "time", "time_cpu", "carbon", "latency", "latency_128")

#: By figure of a published set, the tau that its best predictor is to reach from 80 %: the paper's best, and ours.
TO_REACH = {"accuracy": 0.30, "energy": 0.90, "energy_cpu": 0.90}

#: Sizes of the training set, besides 80 %, that a curve has; and the figures of our own set that have one.
CURVE, CURVED = (32, 64, 128), ("accuracy", "energy_cpu")

#: Mean taus in the paper's section 6.3, of accuracies of its 1,300 networks.
PAPER = {"code": 0.30, "neural": 0.10, "image": 0.05}


@dataclass(frozen=True)
class Plan:
    """One comparison before its data are loaded, and the taus to reach, where they are known: by size, `bar` from 80 %.

    `paper` has the mean taus that the paper tells of its own networks.
    """

    name: str
    load: Callable[[], Table]
    figure: str
    sizes: Sequence[int | None] = (None,)
    test: int | None = None
    to_reach: Sequence[float] = ()
    programs: bool = False
    curves: bool = False
    bar: float | None = None
    paper: Mapping[str, float] = field(default_factory=dict)

    @property
    def wanted(self) -> dict[int | None, float]:
        """The tau to reach by size of training set; None: 80 %."""
        numbers = [size for size in self.sizes if size]
        known: dict[int | None, float] = dict(zip(numbers, self.to_reach, strict=False))
        return known if self.bar is None else known | {None: self.bar}

    def experiment(self, table: Table, predictors: Sequence[str], repetitions: int, seed: int) -> Experiment | None:
        """The comparison on its table; None where that has no such figure."""
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
            column.noise,
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


def of_set(
    folder: Path, sizes: Sequence[int | None] = (None,), country: str = "", *, curve: bool = False
) -> Iterator[Plan]:
    """The comparisons of a published set, one for each figure; and accuracy once more when training has begun.

    With `country`, emissions are those of its grid; with `curve`, `CURVED` are compared at the sizes of `CURVE` too.
    """
    load = partial(published, folder, country=country)  # one for all figures: what is made of a network is made once
    for figure in PUBLISHED:
        paper = PAPER if figure == "accuracy" else {}
        asked = (*CURVE, *sizes) if curve and figure in CURVED else sizes
        yield Plan(folder.name, load, figure, asked, bar=TO_REACH.get(figure), programs=True, paper=paper)
    begun = partial(published, folder, EPOCHS)
    yield Plan(folder.name, begun, BEGUN, sizes, programs=True, curves=True)
