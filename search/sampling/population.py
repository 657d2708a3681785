"""Many draws: only networks that hold the conditions, each once, in an order that follows from the seed alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import TYPE_CHECKING

from cnngen.language import analyse
from cnngen.language.collector import paused_collector
from cnngen.search.errors import ConfigurationError, SamplingError
from cnngen.search.sampling.chance import Chance
from cnngen.search.sampling.configuration import Conditions, Configuration
from cnngen.search.sampling.drawing import Draw, draw
from cnngen.search.sampling.sketch import Rejected

if TYPE_CHECKING:
    from concurrent.futures import Future

#: So many draws in a row may give nothing new before the sampler gives up.
PATIENCE = 20_000

#: Networks that one process verifies at a time, and how many such portions wait for each process.
_PORTION, _AHEAD = 64, 4

#: So many of a sample are analysed where not all are: a share, which costs a tenth of the time, but some at least.
_SHARE, _LEAST = 1 / 200, 30

MEASURES = tuple(condition.name for condition in fields(Conditions))


@dataclass
class Tally:
    """What became of the draws, by number."""

    draws: int = 0
    kept: int = 0
    duplicates: int = 0
    #: Larger than a condition allows, by what was too large, or smaller.
    rejected: dict[str, int] = field(default_factory=dict)
    #: Of a size of which there are enough already, where sizes are to be uniform.
    surplus: int = 0

    def reject(self, reason: str) -> None:
        """Count a network that does not hold a condition."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1


@dataclass(frozen=True)
class Uniform:
    """Sizes that are to be equally common: a measure whose range is cut into bins, which are filled alike.

    Layers and depth are cut into steps of the same length, the others into steps of the same ratio.
    """

    measure: str
    bins: int = 10

    def edges(self, configuration: Configuration) -> list[float]:
        """The lower bound of each bin, and the upper bound of the last. Raises ConfigurationError."""
        low, high = getattr(configuration.conditions, self.measure)
        geometric = self.measure not in ("layers", "depth")
        if high == float("inf") or low < 1 or high <= low:
            raise ConfigurationError(
                f"To be uniform by {self.measure}, both ends of their range must be given: "
                f"--{self.measure.replace('_', '-')} {'10e3:1e6' if geometric else '10:100'}."
            )
        steps = [number / self.bins for number in range(self.bins + 1)]
        if geometric:
            # Three digits, so that no machine's way to take a power decides where a network belongs.
            inner = [float(f"{low * (high / low) ** step:.3g}") for step in steps[1:-1]]
        else:
            inner = [float(f"{low + (high - low) * step:.3g}") for step in steps[1:-1]]
        return [low, *inner, high]


class Population:
    """`count` different networks of a configuration; `tally` tells how many draws it took.

    Network by network they are the same for every count, but where sizes are to be uniform.
    """

    def __init__(self, configuration: Configuration, count: int, seed: int, uniform: Uniform | None = None) -> None:
        self.tally = Tally()
        self._configuration = configuration
        self._count = count
        self._seed = seed
        self._measure = uniform.measure if uniform else None
        self._edges = uniform.edges(configuration) if uniform else [0.0, float("inf")]
        bins = len(self._edges) - 1
        self._room = [count // bins + (number < count % bins) for number in range(bins)]

    def __iter__(self) -> Iterator[Draw]:
        """The networks, in order. Raises SamplingError when no more can be found."""
        tally, seen, idle = self.tally, set[str](), 0
        conditions = self._configuration.conditions
        ranges = [(measure, *getattr(conditions, measure)) for measure in MEASURES]
        ranges = [limits for limits in ranges if limits[1:] != (0, float("inf"))]
        while tally.kept < self._count:
            idle += 1
            if idle > PATIENCE:
                raise SamplingError(self._nothing_new())
            number, tally.draws = tally.draws, tally.draws + 1
            try:
                drawn = draw(self._configuration, self._seed, number)
            except Rejected as rejected:
                tally.reject(f"too large: {rejected}")
                continue
            fault = next(
                (
                    f"{'too small' if value < low else 'too large'}: {measure}"
                    for measure, low, high in ranges
                    if not low <= (value := getattr(drawn, measure)) <= high
                ),
                None,
            )
            if fault:
                tally.reject(fault)
                continue
            if drawn.hash in seen:
                tally.duplicates += 1
                continue
            if not self._takes(drawn):
                tally.surplus += 1
                continue
            seen.add(drawn.hash)
            tally.kept += 1
            idle = 0
            yield drawn

    def _takes(self, drawn: Draw) -> bool:
        """Whether there is room for a network of this size; it is then taken."""
        index = 0
        if self._measure:
            value = getattr(drawn, self._measure)
            while value >= self._edges[index + 1] and index < len(self._room) - 1:
                index += 1
        if not self._room[index]:
            return False
        self._room[index] -= 1
        return True

    def _nothing_new(self) -> str:
        tally = self.tally
        reasons = {**tally.rejected, "drawn before": tally.duplicates}
        most = max(reasons, key=lambda reason: reasons[reason])
        hint = f"most are {most}"
        if self._measure and any(self._room):
            index = next(index for index, room in enumerate(self._room) if room)
            low, high = self._edges[index : index + 2]
            hint = f"still wanted are networks with {self._measure} from {low:g} to {high:g}"
        return (
            f"{PATIENCE:,} draws in a row gave nothing new after {tally.kept:,} of {self._count:,} networks; {hint}: "
            "widen the conditions or change the rules."
        )


def analysed_of(count: int) -> int:
    """How many of so many networks `spot_checked` analyses."""
    return min(max(round(count * _SHARE), _LEAST), count)


def spot_checked(draws: Iterable[Draw], count: int, seed: int) -> Iterator[Draw]:
    """The same `count` draws, a random `analysed_of(count)` of them analysed by the language before they are given.

    Which ones follows from the seed. Raises SamplingError for one that is unsound.
    """
    chance, wanted = Chance("cnngen sample, analysed", seed), analysed_of(count)
    for left, drawn in zip(range(count, 0, -1), draws, strict=True):
        # Of those that are left so many are wanted: each choice of them is as likely (Knuth, Algorithm S).
        if chance.number() * left < wanted:
            wanted -= 1
            fault = fault_of(drawn)
            if fault:
                raise SamplingError(fault)
        yield drawn


def verified(draws: Iterable[Draw], jobs: int = 1) -> Iterator[Draw]:
    """The same draws, each analysed by the language before it is given. Raises SamplingError for one that is unsound.

    With several jobs as many processes do it; what comes out is the same.
    """
    if jobs == 1:
        for drawn in draws:
            fault = fault_of(drawn)
            if fault:
                raise SamplingError(fault)
            yield drawn
        return
    from concurrent.futures import ProcessPoolExecutor  # it takes as long to load as a hundred networks to draw

    draws = iter(draws)
    waiting: deque[tuple[list[Draw], Future[str | None]]] = deque()
    with ProcessPoolExecutor(jobs) as pool:
        try:
            while True:
                while len(waiting) < _AHEAD * jobs and (portion := list(islice(draws, _PORTION))):
                    waiting.append((portion, pool.submit(_fault_among, portion)))
                if not waiting:
                    return
                portion, answer = waiting.popleft()
                fault = answer.result()
                if fault:
                    raise SamplingError(fault)
                yield from portion
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def fault_of(drawn: Draw) -> str | None:
    """What is wrong with a draw, by the language's own analysis: a sentence, or None for a sound one."""
    analysis = analyse(drawn.text)
    network, totals = analysis.network, analysis.network.totals
    if analysis.diagnostics:
        fault = f"has a diagnostic: {analysis.diagnostics[0].message.rstrip('.')}"
    elif not analysis.trainable:
        fault = "is no classifier"
    elif network.canonical != drawn.text or network.hash != drawn.hash:
        fault = "is not written as the language writes it"
    elif (totals.layers, totals.params, totals.macs, totals.activation_bytes) != (
        drawn.layers,
        drawn.parameters,
        drawn.macs,
        drawn.activation_bytes,
    ):
        fault = "costs something else than was counted"
    else:
        return None
    return f"The network {drawn.hash[:16]} {fault}; please report it with this configuration and seed."


def _fault_among(portion: list[Draw]) -> str | None:
    with paused_collector():  # an analysis makes no cycles
        return next((fault for drawn in portion if (fault := fault_of(drawn))), None)
