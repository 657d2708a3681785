"""Syntax tree to graph: every hyper-parameter gets its value, every layer its shape and cost.

Explicit values win. What is left out follows the rules of the language page, section 3: rule 1 for a lane beside
`Empty`, rule 2 where both lanes have layers, rule 3 elsewhere, and an error at the join where nothing fits.
"""

from __future__ import annotations

from typing import Any

from cnngen.language.checks.arguments import Written
from cnngen.language.checks.order import Order, category
from cnngen.language.resolve.graph import Stream
from cnngen.language.resolve.joins import join_mismatch, join_place
from cnngen.language.resolve.lanes import Goal, MergePlan, Plan, Planner
from cnngen.language.resolve.layers import Layers, Resolution
from cnngen.language.resolve.shapes import Pair
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Item, Layer, Merge, Program
from cnngen.language.trampoline import Computation, run
from cnngen.language.words.datasets import DATASETS, DEFAULT_DATASET, Dataset
from cnngen.language.words.hyperparameters import USUAL_CLASSES


def resolve(
    text: str, program: Program, order: Order, arguments: dict[Layer, dict[str, Written]], dataset: Dataset | None
) -> Resolution:
    """Resolve the program of a text. `dataset` overrides what its `input` says."""
    resolver = _Resolver(text, program, order, arguments, dataset)
    run(resolver.program())
    return resolver.resolution


class _Resolver:
    def __init__(
        self,
        text: str,
        program: Program,
        order: Order,
        arguments: dict[Layer, dict[str, Written]],
        dataset: Dataset | None,
    ) -> None:
        self.text = text
        self.order = order
        self.arguments = arguments
        self.items = [item for item in program.items if item not in order.misplaced]
        self.resolution = self._head(dataset)
        self.graph = self.resolution.graph
        self.layers = Layers(order, arguments, self._settings("defaults"), self.resolution)
        self.planner = Planner(self.layers.step, self.layers.meaning, self.sides)

    # -- what the whole program says ---------------------------------------------------------------------------

    def _settings(self, word: str) -> dict[str, Any]:
        layers = self.order.placed.get(word)
        return {name: written.value for name, written in self.arguments[layers[0]].items()} if layers else {}

    def _head(self, override: Dataset | None) -> Resolution:
        """Input shape and classes: from the data set given, the program's data set, or what it writes."""
        given = self._settings("input")
        name = given.get("dataset")
        named = override or DATASETS.get(name or "")
        if not given and override is None:
            named = DEFAULT_DATASET
        denses = self.order.placed.get("dense")
        classifier = denses[-1] if denses else None
        classes = self._settings("output").get("classes")
        if override:
            classes = override.classes
        elif classes is None:
            units = self.arguments[classifier].get("units") if classifier else None
            classes = named.classes if named else units.value if units else USUAL_CLASSES
        shape = named.shape if named else given.get("shape", DEFAULT_DATASET.shape)
        return Resolution(override.name if override else named.name if named else name, shape, classes, classifier)

    def program(self) -> Computation[Stream]:
        first = next(iter(self.order.placed.get("input", ())), None)
        span = first.span if first else self.items[0].span if self.items else Span(0, 0)
        written = self.arguments[first] if first else {}
        inferred = {} if "shape" in written else {"shape": "of the data set"}
        stream = self.graph.add("input", span, (), self.resolution.input_shape, {}, inferred)
        if first:
            self.resolution.places[first] = (stream.node,)
            self.resolution.values[first] = {"shape": self.resolution.input_shape}
        end: Stream = yield self.lane(self.items, stream, None)
        return end

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
            elif isinstance(item, Merge):
                size = plan.asked(index, stream.size)
                keep = goal is not None and goal.keep
                inner = Goal(size, channels, goal.inner if goal else None, keep)
                stream = yield self.merge(item, stream, inner if size or channels else None)
        return stream

    def last_channel_setter(self, items: list[Item]) -> int | None:
        """The index of the item that decides how many channels a lane ends with."""
        for index in range(len(items) - 1, -1, -1):
            if category(items[index], self.order) in ("convolution", "merge"):
                return index
        return None

    def merge(self, merge: Merge, fork: Stream, goal: Goal | None) -> Computation[Stream]:
        """Two lanes that fork and are joined after each body; the right one goes on from where it ended."""
        kind, activation, reason = self.join_of(merge)
        self.resolution.values[merge] = {"activation": activation or "linear"}
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
                self.resolution.diagnostics.append(mismatch)
            shape = left.shape
            if kind == "concat":
                shape = (*left.size, left.shape[2] + right.shape[2])
            inferred = {"activation": reason} if reason else {}
            left = self.graph.add(kind, body.span, (left, right), shape, {"activation": activation}, inferred)
            places.append(left.node)
        self.resolution.places[merge] = places
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
        lanes = [[item for item in lane.items if item not in self.order.misplaced] for lane in body.lanes[:2]]
        lanes += [[], []]
        right = [item for item in lanes[1] if category(item, self.order) == "convolution"]
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
