"""What a trial is: one network trained once, in a way that its name says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, TypeVar

from cnngen.search.benchmark.specification import Specification
from cnngen.search.sampling.chance import Chance

T = TypeVar("T")
Role = Literal["network", "repeat", "reference"]


@dataclass(frozen=True, slots=True)
class Trial:
    """`id` follows from network, images, training and seed; a reference has its number in it too."""

    id: str
    role: Role
    network: str
    seed: int


def trials(spec: Specification, networks: Iterable[str], reference: str, data_sha256: str) -> list[Trial]:
    """All trials of a benchmark in their order; networks and the reference are given by their hashes."""
    hashes = list(dict.fromkeys(networks))
    training = spec.training
    first = [_trial(spec, data_sha256, "network", network, seed) for network in hashes for seed in training.seeds]
    repeated = _shuffled(hashes, Chance("noise", spec.order.seed))[: round(len(hashes) * training.noise_share)]
    again = [
        _trial(spec, data_sha256, "repeat", network, seed)
        for network in repeated
        for seed in _further_seeds(training.seeds, training.noise_repeats)
    ]
    ordered = _shuffled([*first, *again], Chance("order", spec.order.seed))
    every = spec.order.reference_every
    if not every:
        return ordered
    found: list[Trial] = []
    for number in range(0, len(ordered), every):
        found.append(_trial(spec, data_sha256, "reference", reference, training.seeds[0], number // every + 1))
        found += ordered[number : number + every]
    return [*found, _trial(spec, data_sha256, "reference", reference, training.seeds[0], -(-len(ordered) // every) + 1)]


def _trial(spec: Specification, data: str, role: Role, network: str, seed: int, number: int = 0) -> Trial:
    """`number` tells the times at which the reference is trained apart; 0 for all others."""
    told = asdict(spec.training)
    for selection in ("seeds", "noise_share", "noise_repeats"):
        del told[selection]
    content = {"network": network, "data": data, "training": told, "seed": seed, "number": number}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return Trial(digest[:16], role, network, seed)


def _further_seeds(seeds: list[int], count: int) -> list[int]:
    """Seeds that are not among those."""
    found: list[int] = []
    seed = 1000
    while len(found) < count:
        if seed not in seeds:
            found.append(seed)
        seed += 1
    return found


def _shuffled(items: list[T], chance: Chance) -> list[T]:
    numbers = [chance.number() for _ in items]
    return [items[index] for index in sorted(range(len(items)), key=numbers.__getitem__)]
