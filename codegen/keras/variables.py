"""Which variable holds which stream, as one would name them by hand."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from cnngen.codegen.keras.steps import START, Step

#: What the comments of merges end with whose right lane leaves the stream much as it is.
SHORTCUTS = ("residual block", "dense connection", "downsampling block", "projection block")


class Variables:
    """Which variable holds which step's output.

    The stream is `x` from one end to the other. What a fork hands to a right lane is kept in a `shortcut`, or in a
    `branch` where layers of its own stand beside the left lane, until the join has read it, as one would write it
    by hand; `shortcut_2` inside of it, and so on.
    """

    def __init__(self, steps: Sequence[Step], start: str) -> None:
        self.holder: dict[int, str] = {START: start}
        self._readers: dict[int, int] = {START: 0} | {step.id: 0 for step in steps}  # that are still to come
        for step in steps:
            for stream in step.inputs:
                self._readers[stream] += 1
        self._in_x: int | None = START if start == "x" else None  # the step whose output `x` holds
        self._saved: dict[str, list[str]] = {"shortcut": [], "branch": []}  # all names made
        self._free: dict[str, list[int]] = {"shortcut": [], "branch": []}  # heaps of numbers that can be used again
        self._branches: set[int] = set()  # the streams whose right lane is no shortcut

    def assign(self, step: Step) -> tuple[str | None, str]:
        """Choose the variable of the step's output.

        Returns the shortcut in which the step's first input has to be saved before (None where it need not),
        and the variable.
        """
        for stream in step.inputs:
            self._readers[stream] -= 1
        first, *others = step.inputs
        if step.comment and not step.comment.endswith(SHORTCUTS):
            self._branches.add(first)
        saved = None
        target = self.holder[first]
        if self._readers[first] and target == "x":
            saved = self.holder[first] = self._new(first)
        elif self._readers[first] or target == "inputs":  # stays where it is
            x_is_free = self._in_x is None or not self._readers[self._in_x]
            target = "x" if x_is_free else self._new(first)
        for stream in dict.fromkeys(others):
            if not self._readers[stream]:
                self._release(self.holder[stream])
        self.holder[step.id] = target
        if target == "x":
            self._in_x = step.id
        return saved, target

    def _new(self, stream: int) -> str:
        base = "branch" if stream in self._branches else "shortcut"
        made, free = self._saved[base], self._free[base]
        if free:
            return made[heapq.heappop(free)]
        made.append(base if not made else f"{base}_{len(made) + 1}")
        return made[-1]

    def _release(self, variable: str) -> None:
        base = variable.partition("_")[0]
        if base in self._saved:
            heapq.heappush(self._free[base], self._saved[base].index(variable))
