"""Syntax tree to graph: every hyper-parameter gets its value, every layer its shape and cost.

Explicit values win. What is left out follows the rules of the language page, section 3: rule 1 for a lane beside
`Empty`, rule 2 where both lanes have layers, rule 3 elsewhere, and an error at the join where nothing fits.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cnngen.language.checks.feature import Feature
from cnngen.language.resolve.graph import Stream
from cnngen.language.resolve.joins import join_mismatch, join_place
from cnngen.language.resolve.lanes import Goal, MergePlan, Plan, Planner
from cnngen.language.resolve.layers import Layers
from cnngen.language.resolve.part import Entry, Part, begin_part
from cnngen.language.resolve.shapes import Pair
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Item, Layer, Merge
from cnngen.language.trampoline import Computation, run


class Resolver:
    """Resolves features of programs whose `defaults(…)` say the same, and keeps what each became."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.layers = Layers(defaults)
        self.planner = Planner(self.layers.step, self.layers.meaning, self.sides)
        self._parts: dict[tuple[Feature, Entry], Part] = {}

    def remembered(self, feature: Feature, entry: Entry) -> Part | None:
        """What a feature became before, behind such an entry."""
        return self._parts.get((feature, entry))

    def resolve(self, feature: Feature, entry: Entry, place: Span, classes: int | None = None) -> Part:
        """What a feature becomes behind `entry`, which stands at `place` as the feature's text counts.

        `classes` are given for the classifier.
        """
        part = begin_part(entry, place, classes)
        self.begin(feature, part)
        if isinstance(feature.item, Layer):  # most are, and nothing is to be planned for one
            part.exit = self.layers.layer(feature.item, part.exit, None, kept=False, channels=None)
        else:
            part.exit = run(self.lane([feature.item], part.exit, None))
        # An error points at other places too, which are not the same elsewhere; the classifier is one of a kind.
        if not part.diagnostics and classes is None:
            self._parts[feature, entry] = part
        return part

    def begin(self, feature: Feature, part: Part) -> None:
        """From now on resolve what stands in this feature."""
        self.text, self.known, self.arguments, self.part = feature.text, feature.known, feature.arguments, part
        self.graph = part.graph
        self.layers.begin(feature, part)
        self.planner.begin()

    def forget_others(self, used: Collection[Part]) -> None:
        """Forget all but these parts, once they are many."""
        if len(self._parts) > 2 * len(used) + 100:
            kept = set(used)
            self._parts = {key: part for key, part in self._parts.items() if part in kept}
            self.layers = Layers(self.defaults)
            self.planner = Planner(self.layers.step, self.layers.meaning, self.sides)

    # -- lanes and merges --------------------------------------------------------------------------------------

    def lane(self, items: list[Item], stream: Stream, goal: Goal | None) -> Computation[Stream]:
        """Resolve items one after the other. A goal is what the lane has to end with."""
        plan = Plan()
        if goal and goal.size:
            plan = yield self.planner.lane(items, stream.size, goal.size, goal.keep)
        setter = self.last_channel_setter(items) if goal else None
        for index, item in enumerate(items):
            channels = None
            if goal:
                channels = goal.channels if index == setter and goal.channels else goal.inner
            if isinstance(item, Layer):
                stream = self.layers.layer(item, stream, plan.solved.get(index), plan.kept, channels)
            elif isinstance(item, Merge) and len(stream.shape) == 3:  # behind a bridge it is out of order
                size = plan.asked(index, stream.size)
                keep = goal is not None and goal.keep
                inner = Goal(size, channels, goal.inner if goal else None, keep)
                stream = yield self.merge(item, stream, inner if size or channels else None)
        return stream

    def last_channel_setter(self, items: list[Item]) -> int | None:
        """The index of the item that decides how many channels a lane ends with."""
        for index in range(len(items) - 1, -1, -1):
            if self.known.category(items[index]) in ("convolution", "merge"):
                return index
        return None

    def merge(self, merge: Merge, fork: Stream, goal: Goal | None) -> Computation[Stream]:
        """Two lanes that fork and are joined after each body; the right one goes on from where it ended."""
        kind, activation, reason = self.join_of(merge)
        self.part.values[merge] = {"activation": activation or "linear"}
        places = []
        keep = goal is not None and goal.keep
        plan: MergePlan = yield self.planner.merge(merge, fork.size, goal.size if goal else None, keep)
        left = right = fork
        for body, size in zip(merge.bodies, plan.bodies, strict=True):
            last = body is merge.bodies[-1]
            left_items, right_items = self.sides(body)
            start = len(self.graph.nodes)
            entered = left, right
            left_goal = self.left_goal(kind, right_items, size, right, goal, last)
            left = yield self.lane(left_items, left, left_goal)
            middle = len(self.graph.nodes)
            if right_items:
                channels = left.shape[2]
                if kind == "concat":
                    channels = max(goal.channels - left.shape[2], 0) if goal and goal.channels and last else 0
                inner = goal.inner if goal else None
                right = yield self.lane(right_items, right, Goal(left.size, channels or None, inner, keep))
            mismatch = join_mismatch(
                join_place(self.text, merge, body),
                body,
                kind,
                self.graph.nodes,
                (left, right),
                entered,
                (start, middle),
                bool(right_items),
            )
            if mismatch:
                self.part.diagnostics.append(mismatch)
            shape = left.shape
            if kind == "concat":
                shape = (*left.size, left.shape[2] + right.shape[2])
            inferred = {"activation": reason} if reason else {}
            left = self.graph.add(kind, body.span, (left, right), shape, {"activation": activation}, inferred)
            places.append(left.node)
        self.part.joins[merge] = places
        return left

    def join_of(self, merge: Merge) -> tuple[str, str | None, str]:
        """A merge's kind of join, its activation (None for linear), and why it is that where it is not written."""
        if merge.join is None:
            return "add", None, "joins are linear"
        written = self.arguments[merge.join].get("activation")
        activation = None if written is None or written.value == "linear" else written.value
        return merge.join.word.text, activation, "" if written else "joins are linear"

    def sides(self, body: Body) -> tuple[list[Item], list[Item]]:
        """The layers of both lanes. A right lane without layers is the identity."""
        lanes = [[item for item in lane.items if item not in self.known.misplaced] for lane in body.lanes[:2]]
        lanes += [[], []]
        right = [item for item in lanes[1] if self.known.category(item) == "convolution"]
        return lanes[0], right

    def left_goal(
        self, kind: str, right_items: list[Item], size: Pair | None, right: Stream, goal: Goal | None, last: bool
    ) -> Goal | None:
        """What the left lane has to end with, of which the size is planned."""
        if not right_items:  # rule 1
            if kind == "add":
                return Goal(right.size, right.shape[2], right.shape[2], True)
            rest = goal.channels - right.shape[2] if goal and goal.channels and last else 0
            return Goal(right.size, rest if rest > 0 else None, goal.inner if goal else None, True)
        setter = right_items[-1]
        assert isinstance(setter, Layer)
        filters = self.arguments[setter].get("filters") if kind == "add" else None
        if goal is None:
            return Goal(size, filters.value if filters else None)
        channels = filters.value if filters else goal.channels
        if kind == "concat":
            channels = (channels + 1) // 2 if channels and last else goal.inner
        return Goal(size, channels, goal.inner, goal.keep)
