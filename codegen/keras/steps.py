"""Parts in the order in which they are made: one step a layer or call, and loops of what repeats unchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnngen.codegen.keras.parts import Call, Layer, Merge, Part, Row
from cnngen.codegen.keras.wording import title

#: How often a statement stands one behind the other until it is written as a loop.
LOOP = 3

#: The most statements of a loop.
LONGEST_LOOP = 8

#: Equal for steps that do the same.
Signature = tuple[Any, ...]

#: The step in front of the first: what a function gets.
START = 0


@dataclass(eq=False, slots=True)
class Step:
    """One layer or call, numbered like the steps whose output it reads; `comment` says what begins here.

    When `times` is more than one, it and the parts `behind` it repeat, each on the output of the one before.
    """

    id: int
    inputs: tuple[int, ...]
    part: Layer | Call
    comment: str = ""
    times: int = 1
    behind: tuple[Layer | Call, ...] = ()


def steps_of(parts: Sequence[Part]) -> list[Step]:
    """Parts in the order in which they are made."""
    steps: list[Step] = []
    _add(parts, START, steps)
    return steps


def _add(parts: Sequence[Part], stream: int, steps: list[Step]) -> int:
    for part in parts:
        if isinstance(part, Row):
            stream = _add(part.parts, stream, steps)
        elif isinstance(part, Merge):
            stream = _add_merge(part, stream, steps)
        else:
            steps.append(Step(len(steps) + 1, (stream,), part))
            stream = len(steps)
    return stream


def _add_merge(merge: Merge, stream: int, steps: list[Step]) -> int:
    first = len(steps)
    right = stream
    for body in merge.bodies:
        stream = _add(body.left, stream, steps)
        right = _add(body.right, right, steps)
        steps.append(Step(len(steps) + 1, (stream, right), body.join))
        stream = len(steps)
    steps[first].comment = title(merge)
    return stream


def looped(steps: Sequence[Step]) -> list[Step]:
    """The steps with what repeats unchanged, one behind the other, put into loops."""
    readers = Counter(stream for step in steps for stream in step.inputs)
    chained = [  # whether a step does nothing but go on from the one before it
        index > 0 and step.inputs == (steps[index - 1].id,) and readers[step.inputs[0]] == 1 and not step.comment
        for index, step in enumerate(steps)
    ]
    signatures = [_signature(step) for step in steps]
    found: list[Step] = []
    ends: dict[int, int] = {}  # by the last step that a loop was made of: the loop
    index = 0
    while index < len(steps):
        step = steps[index]
        length, times = _loop(index, signatures, chained) if len(step.inputs) == 1 else (1, 1)
        inputs = tuple(ends.get(stream, stream) for stream in step.inputs)
        behind = tuple(other.part for other in steps[index + 1 : index + length])
        found.append(Step(step.id, inputs, step.part, step.comment, times, behind))
        index += length * times
        ends[steps[index - 1].id] = step.id
    return found


def _loop(index: int, signatures: Sequence[Signature], chained: Sequence[bool]) -> tuple[int, int]:
    """How many steps from here on repeat, and how often: those that save most lines, or (1, 1)."""
    best = (1, 1)
    for length in range(1, LONGEST_LOOP + 1):
        segment = signatures[index : index + length]
        if len(segment) < length or not all(chained[index + 1 : index + length]):
            break
        times = 1
        while (
            signatures[index + times * length : index + (times + 1) * length] == segment
            and all(chained[index + times * length : index + (times + 1) * length])
        ):  # fmt: skip
            times += 1
        if times >= LOOP and length * (times - 1) > best[0] * (best[1] - 1):
            best = (length, times)
    return best


def _signature(step: Step) -> Signature:
    part = step.part
    if isinstance(part, Call):
        return (part.function, *((name, type(value), value) for name, value in part.arguments.items()))
    return (part.kind, *((name, type(value), value) for name, value in part.values.items()))
