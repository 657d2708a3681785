"""Syntax tree to graph: every hyper-parameter gets its value, every layer its shape and cost.

Explicit values win. What is left out follows the rules of the language page, section 3: rule 1 for a lane beside
`Empty`, rule 2 where both lanes have layers, rule 3 elsewhere, and an error at the join where nothing fits.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cnngen.language.checks.feature import Feature
from cnngen.language.network import Shape
from cnngen.language.resolve.choices import Choice
from cnngen.language.resolve.graph import Stream
from cnngen.language.resolve.joins import join_mismatch, join_place
from cnngen.language.resolve.lanes import NO_PLAN, Goal, MergePlan, Planner
from cnngen.language.resolve.layers import Layers
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.rows import Row, Rows
from cnngen.language.resolve.shapes import Pair
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Layer, Merge
from cnngen.language.trampoline import Computation, run
from cnngen.language.words.catalogue import WORDS

#: What a word without arguments became behind a shape, in programs without `defaults(…)`: the same in all of them.
_bare: dict[tuple[Feature, Shape, int], Part] = {}
_MOST_BARE = 200


class Resolver:
    """Resolves features of programs whose `defaults(…)` say the same, and keeps what each became."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._parts: dict[tuple[Feature, Shape, int], Part] = {}
        self._forget_layers()

    def remembered(self, feature: Feature, shape: Shape, reductions: int) -> Part | None:
        """What a feature became before, behind such a shape and so many reductions."""
        key = feature, shape, reductions
        return self._parts.get(key) or (None if self.defaults else _bare.get(key))

    def resolve(self, feature: Feature, shape: Shape, reductions: int, place: Span, classes: int | None = None) -> Part:
        """What a feature becomes behind a shape that stands at `place` as the feature's text counts.

        `classes` are given for the classifier.
        """
        part = Part(shape, reductions, place, classes)
        self.layers.begin(feature, part)
        item = feature.item
        if isinstance(item, Layer):  # most are, and nothing is to be planned for one
            part.exit = self.layers.layer(item, part.exit, None, kept=False, channels=None)
        elif isinstance(item, Merge) and len(shape) == 3:  # behind a bridge it is out of order
            self.begin(feature, part)
            part.exit = run(self.merge(item, part.exit, None))
        # An error points at other places too, which are not the same elsewhere; the classifier is one of a kind; and
        # what the repair has made is made anew for the next text.
        if not part.diagnostics and classes is None and feature.reusable:
            self._parts[feature, shape, reductions] = part
            if not self.defaults and feature.text in WORDS:
                if len(_bare) >= _MOST_BARE:
                    _bare.clear()
                _bare[feature, shape, reductions] = part
        return part

    def begin(self, feature: Feature, part: Part) -> None:
        """From now on plan the lanes of this feature."""
        self.text, self.part, self.graph = feature.text, part, part.graph
        self.rows.known = feature.known
        self.planner.begin()

    def forget_others(self, used: Collection[Part]) -> None:
        """Forget all but these parts, once they are many."""
        if len(self._parts) > 2 * len(used) + 100:
            kept = set(used)
            self._parts = {key: part for key, part in self._parts.items() if part in kept}
            self._forget_layers()
        elif self.layers.count > len(used) + 300:  # each repair has a tree of its own
            self._forget_layers()

    def _forget_layers(self) -> None:
        self.layers = Layers(self.defaults)
        self.rows = Rows(self.layers.meaning)
        self.planner = Planner(self.rows)

    # -- lanes and merges --------------------------------------------------------------------------------------

    def lane(self, row: Row, stream: Stream, goal: Goal | None) -> Computation[Stream]:
        """Resolve items one after the other. A goal is what the lane has to end with."""
        plan, channels, keep = NO_PLAN, None, False
        if goal:
            _, last_channels, channels, keep = goal
            if goal.size:
                plan = yield from self.planner.lane(row, stream.size, goal.size, keep)
        for index, item in enumerate(row.items):
            asked = last_channels if goal and index == row.setter and last_channels else channels
            if isinstance(item, Layer):
                stream = self.layers.layer(item, stream, plan.solved.get(index), plan.kept, asked)
            elif isinstance(item, Merge) and len(stream.shape) == 3:  # behind a bridge it is out of order
                size = plan.asked(index, stream.size)
                inner = Goal(size, asked, channels, keep) if size or asked else None
                stream = yield self.merge(item, stream, inner)
        return stream

    def merge(self, merge: Merge, fork: Stream, goal: Goal | None) -> Computation[Stream]:
        """Two lanes that fork and are joined after each body; the right one goes on from where it ended."""
        join = self.layers.meaning(merge.join) if merge.join else self.layers.plain_join
        choice, kind, add = Choice(join), join.word, join.word == "add"
        self.part.choices[merge] = choice
        drafts, places = self.graph.drafts, []
        keep = goal is not None and goal.keep
        plan: MergePlan = yield from self.planner.merge(merge, fork.size, goal.size if goal else None, keep)
        left = right = fork
        for body, size in zip(merge.bodies, plan.bodies, strict=True):
            last = body is merge.bodies[-1]
            left_row, right_row = self.rows.sides(body)
            start = len(drafts)
            entered = left, right
            left_goal = self.left_goal(add, right_row, size, right, goal, last)
            left = yield from self.lane(left_row, left, left_goal)
            middle = len(drafts)
            if right_row.items:
                channels = left.shape[2]
                if not add:
                    channels = max(goal.channels - left.shape[2], 0) if goal and goal.channels and last else 0
                inner = goal.inner if goal else None
                right = yield from self.lane(right_row, right, Goal(left.size, channels or None, inner, keep))
            shape = left.shape
            if (shape if add else shape[:2]) != (right.shape if add else right.size):
                place = join_place(self.text, merge, body)
                ends, lanes = (left, right), (start, middle)
                mismatch = join_mismatch(place, body, kind, drafts, ends, entered, lanes, bool(right_row.items))
                if mismatch:
                    self.part.diagnostics.append(mismatch)
            if not add:
                shape = (*left.size, left.shape[2] + right.shape[2])
            reductions = max(left.reductions, right.reductions)
            left = self.graph.add(kind, body.span, (left.node, right.node), shape, reductions, choice)
            places.append(left.node)
        self.part.joins[merge] = places
        return left

    def left_goal(
        self, add: bool, right_row: Row, size: Pair | None, right: Stream, goal: Goal | None, last: bool
    ) -> Goal | None:
        """What the left lane has to end with, of which the size is planned."""
        if not right_row.items:  # rule 1
            if add:
                return Goal(right.size, right.shape[2], right.shape[2], True)
            rest = goal.channels - right.shape[2] if goal and goal.channels and last else 0
            return Goal(right.size, rest if rest > 0 else None, goal.inner if goal else None, True)
        setter = right_row.items[-1]
        assert isinstance(setter, Layer)
        filters = self.layers.meaning(setter).written.get("filters") if add else None
        if goal is None:
            return Goal(size, filters)
        channels = filters or goal.channels
        if not add:
            channels = (channels + 1) // 2 if channels and last else goal.inner
        return Goal(size, channels, goal.inner, goal.keep)
