"""Syntax tree to graph: every hyper-parameter gets its value, every layer its shape and cost.

Explicit values win. What is left out follows the rules of the language page, section 3: rule 1 for a lane beside
`Empty`, rule 2 where both lanes have layers, rule 3 elsewhere, and an error at the join where nothing fits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

from cnngen.language.arguments import Written
from cnngen.language.catalogue import WORDS
from cnngen.language.datasets import DATASETS, DEFAULT_DATASET, Dataset
from cnngen.language.diagnostics import Code, Diagnostic, Severity
from cnngen.language.graph import Graph, Stream
from cnngen.language.joins import join_mismatch
from cnngen.language.lanes import Goal, Plan, Step, plan_lane
from cnngen.language.network import Shape
from cnngen.language.order import Order, category
from cnngen.language.shapes import Pair, shown
from cnngen.language.solve import Window
from cnngen.language.trampoline import Computation, run
from cnngen.language.tree import Body, Item, Lane, Layer, Merge, Program

FIRST_FILTERS = 32
MOST_FILTERS = 512
HIDDEN_UNITS = 128
USUAL_CLASSES = 10
LARGEST_IMAGE = 65_536  # pixels along a side: no machine trains beyond


@dataclass(slots=True)
class Resolution:
    """A resolved program. `values` holds every item's hyper-parameters in the words of the language, and `places`
    the nodes that an item became.
    """

    dataset: str | None
    input_shape: Shape
    classes: int
    classifier: Layer | None = None
    graph: Graph = field(default_factory=Graph)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    values: dict[Item, dict[str, Any]] = field(default_factory=dict)
    places: dict[Item, list[int]] = field(default_factory=dict)


def resolve(
    program: Program, order: Order, arguments: dict[Layer, dict[str, Written]], dataset: Dataset | None
) -> Resolution:
    """Resolve a program. `dataset` overrides what its `input` says."""
    resolver = _Resolver(program, order, arguments, dataset)
    run(resolver.program())
    return resolver.resolution


class _Resolver:
    def __init__(
        self,
        program: Program,
        order: Order,
        arguments: dict[Layer, dict[str, Written]],
        dataset: Dataset | None,
    ) -> None:
        self.order = order
        self.arguments = arguments
        self.items = [item for item in program.items if item not in order.misplaced]
        self.defaults = self._settings("defaults")
        self.resolution = self._head(dataset)
        self.graph = self.resolution.graph

    # -- what the whole program says ---------------------------------------------------------------------------

    def _settings(self, word: str) -> dict[str, Any]:
        for item in self.items:
            if isinstance(item, Layer) and self.order.word(item) == word:
                return {name: written.value for name, written in self.arguments[item].items()}
        return {}

    def _head(self, override: Dataset | None) -> Resolution:
        """Input shape and classes: from the data set given, the program's data set, or what it writes."""
        given = self._settings("input")
        name = given.get("dataset")
        named = override or DATASETS.get(name or "")
        if not given and override is None:
            named = DEFAULT_DATASET
        denses = [i for i in self.items if isinstance(i, Layer) and self.order.word(i) == "dense"]
        classifier = denses[-1] if denses else None
        classes = self._settings("output").get("classes")
        if override:
            classes = override.classes
        elif classes is None:
            units = self.arguments[classifier].get("units") if classifier else None
            classes = named.classes if named else units.value if units else USUAL_CLASSES
        shape = named.shape if named else given.get("shape", DEFAULT_DATASET.shape)
        return Resolution(
            override.name if override else named.name if named else name, shape, classes, classifier
        )

    def program(self) -> Computation[Stream]:
        first = next((i for i in self.items if isinstance(i, Layer) and self.order.word(i) == "input"), None)
        span = first.span if first else self.items[0].span if self.items else Lane((), (0, 0)).span  # type: ignore[arg-type]
        written = self.arguments[first] if first else {}
        inferred = {} if "shape" in written else {"shape": "of the data set"}
        stream = self.graph.add("input", span, (), self.resolution.input_shape, {}, inferred)
        if first:
            self.resolution.places[first] = [stream.node]
            self.resolution.values[first] = {"shape": self.resolution.input_shape}
        result = yield self.lane(self.items, stream, None)
        return result

    # -- lanes and merges --------------------------------------------------------------------------------------

    def lane(self, items: list[Item], stream: Stream, goal: Goal | None) -> Computation[Stream]:
        """Resolve items one after the other. A goal is what the lane has to end with."""
        plan = self.plan(items, stream, goal) if goal else Plan()
        setter = self.last_channel_setter(items) if goal else None
        for index, item in enumerate(items):
            channels = None
            if goal:
                channels = goal.channels if index == setter and goal.channels else goal.inner
            if isinstance(item, Merge):
                size = plan.merge_size if plan.merge == index else stream.size if plan.kept else None
                keep = goal is not None and goal.keep
                inner = Goal(size, channels, goal.inner if goal else None, keep)
                stream = yield self.merge(item, stream, inner if size or channels else None)
            elif isinstance(item, Layer):
                stream = self.layer(item, stream, plan.solved.get(index), plan.kept, channels)
        return stream

    def plan(self, items: list[Item], stream: Stream, goal: Goal) -> Plan:
        steps: list[Step | None] = []
        for item in items:
            window = self.window(item) if isinstance(item, Layer) else None
            if window is None:
                steps.append(None)
            else:
                assert isinstance(item, Layer)
                usual = self.usual(item, window, stream.size)
                steps.append(Step(window, usual, self.kept(item, window)))
        return plan_lane(
            steps, stream.size, goal, [i for i, item in enumerate(items) if isinstance(item, Merge)]
        )

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
        self.resolution.places[merge] = []
        left = right = fork
        for body in merge.bodies:
            last = body is merge.bodies[-1]
            left_items, right_items = self.sides(body)
            start = len(self.graph.nodes)
            entered = left, right
            left_goal = self.left_goal(kind, right_items, left, right, goal, last)
            left = yield self.lane(left_items, left, left_goal)
            middle = len(self.graph.nodes)
            if right_items:
                channels = left.shape[2]
                if kind == "concat":
                    channels = max(goal.channels - left.shape[2], 0) if goal and goal.channels and last else 0
                inner = goal.inner if goal else None
                keep = goal is not None and goal.keep
                right = yield self.lane(right_items, right, Goal(left.size, channels or None, inner, keep))
            mismatch = join_mismatch(
                merge, body, kind, self.graph.nodes, (left, right), entered, (start, middle), bool(right_items),
                self.arguments,
            )  # fmt: skip
            if mismatch:
                self.resolution.diagnostics.append(mismatch)
            shape = left.shape
            if kind == "concat":
                shape = (*left.size, left.shape[2] + right.shape[2])
            inferred = {"activation": reason} if reason else {}
            left = self.graph.add(kind, body.span, (left, right), shape, {"activation": activation}, inferred)
            self.resolution.places[merge].append(left.node)
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
        self, kind: str, right_items: list[Item], left: Stream, right: Stream, goal: Goal | None, last: bool
    ) -> Goal | None:
        """What the left lane has to end with, if that is settled before it is resolved."""
        if not right_items:  # rule 1
            if kind == "add":
                return Goal(right.size, right.shape[2], right.shape[2], True)
            rest = goal.channels - right.shape[2] if goal and goal.channels and last else 0
            return Goal(right.size, rest if rest > 0 else None, goal.inner if goal else None, True)
        if goal:
            channels = goal.channels
            if kind == "concat":
                channels = (channels + 1) // 2 if channels and last else goal.inner
            size = goal.size if last else left.size if goal.size else None
            return Goal(size, channels, goal.inner, goal.keep)
        return self.fixed_goal(kind, right_items, right)

    def fixed_goal(self, kind: str, right_items: list[Item], right: Stream) -> Goal | None:
        """What a right lane gives whose explicit values fix it: then the left lane is the one that is solved."""
        size: Pair | None = right.size
        for item in right_items:
            assert isinstance(item, Layer)
            window = self.window(item)
            assert window
            if window.strides is None or size is None:
                size = None
                break
            size = self.kept(item, window).output(size)
        last = right_items[-1]
        assert isinstance(last, Layer)
        filters = self.arguments[last].get("filters") if kind == "add" else None
        if size is None and filters is None:
            return None
        return Goal(size if size and min(size) > 0 else None, filters.value if filters else None)

    # -- single layers -----------------------------------------------------------------------------------------

    def value(self, item: Layer, name: str, inferred: dict[str, str]) -> Any:
        """A hyper-parameter that no solving touches: written, from `defaults`, or the catalogue's default."""
        written = self.arguments[item].get(name)
        if written is not None:
            return written.value
        if name in self.defaults and item is not self.resolution.classifier:
            inferred[name] = "from defaults(…)"
            return self.defaults[name]
        inferred[name] = "the usual value"
        parameter = WORDS[self.order.word(item)].hyperparameter(name)
        return parameter.default if parameter else None

    def window(self, item: Layer) -> Window | None:
        """What is written of an item's window; None for items that have none."""
        kind = category(item, self.order)
        if kind not in ("convolution", "pooling"):
            return None
        written = self.arguments[item]
        kernel, strides, padding = (
            written[name].value if name in written else None
            for name in ("pool_size" if kind == "pooling" else "kernel_size", "strides", "padding")
        )
        word = self.order.word(item)
        return Window(kernel, strides, padding, word == "upconv", word == "sepconv")

    def usual(self, item: Layer, window: Window, size: Pair) -> Window:
        """Rule 3."""
        if category(item, self.order) == "pooling":
            pool: Pair = self.defaults.get("pool_size", (2, 2))
            padding = self.defaults.get("padding", "valid")
            if window.padding == "valid" and window.kernel is None:
                pool = (min(pool[0], size[0]), min(pool[1], size[1]))
            kernel = window.kernel or pool
            return window.filled(kernel, kernel, padding if _fits(kernel, size) else "same")
        kernel = self.defaults.get("kernel_size", (3, 3))
        if window.padding == "valid" and not window.transposed:
            kernel = (min(kernel[0], size[0]), min(kernel[1], size[1]))
        padding = self.defaults.get("padding", "same")
        if not _fits(window.kernel or kernel, size):
            padding = "same"
        return window.filled(kernel, (2, 2) if window.transposed else (1, 1), padding)

    def kept(self, item: Layer, window: Window) -> Window:
        """Rule 1: the layer keeps the size, as far as what is written lets it."""
        name = "pool_size" if category(item, self.order) == "pooling" else "kernel_size"
        kernel: Pair = self.defaults.get(name, (2, 2) if name == "pool_size" else (3, 3))
        return window.filled(kernel, (1, 1), "same")

    def layer(
        self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None
    ) -> Stream:
        """Append the nodes of one word."""
        before = len(self.graph.nodes)
        match category(item, self.order):
            case "convolution" if len(stream.shape) == 3:
                stream = self.convolution(item, stream, solved, kept, channels)
            case "pooling" if len(stream.shape) == 3:
                stream = self.pooling(item, stream, solved, kept)
            case "dropout":
                inferred: dict[str, str] = {}
                args = {"rate": self.value(item, "rate", inferred)}
                self.resolution.values[item] = args
                stream = self.graph.add("dropout", item.span, (stream,), stream.shape, args, inferred)
            case "bridge" if len(stream.shape) == 3:
                word = self.order.word(item)
                shape = (prod(stream.shape),) if word == "flatten" else (stream.shape[2],)
                stream = self.graph.add(word, item.span, (stream,), shape)
            case "dense":
                stream = self.dense(item, stream)
        if len(self.graph.nodes) > before:
            self.resolution.places[item] = list(range(before, len(self.graph.nodes)))
        return stream

    def sized(
        self, item: Layer, stream: Stream, solved: Window | None, kept: bool, inferred: dict[str, str]
    ) -> tuple[Window, Pair]:
        """A layer's window with all values, and the size behind it. Reports what no image can pass."""
        written = self.window(item)
        assert written
        if solved:
            window, reason = solved, "solved, so that the lanes of the merge meet"
        elif kept:
            window, reason = self.kept(item, written), "keeps the shape of the lane"
        else:
            window, reason = self.usual(item, written, stream.size), "the usual value"
        kernel = "pool_size" if category(item, self.order) == "pooling" else "kernel_size"
        for name, value in (
            (kernel, written.kernel),
            ("strides", written.strides),
            ("padding", written.padding),
        ):
            if value is None:
                inferred[name] = (
                    "from defaults(…)" if reason == "the usual value" and name in self.defaults else reason
                )
        size = window.output(stream.size)
        assert window.kernel
        word = self.order.word(item)
        if min(size) < 1:
            message = (
                f"{word} has a window of {shown(window.kernel)}, larger than its image of {shown(stream.size)}: "
                f"make it smaller, or write padding=same."
            )
            self.report(Code.WINDOW_TOO_LARGE, message, item)
            size = (max(size[0], 1), max(size[1], 1))
        elif max(size) > LARGEST_IMAGE:
            message = f"{word} makes an image of {shown(size)}, more than the {LARGEST_IMAGE:,} pixels a side that fit."
            self.report(Code.COST, message, item)
            size = stream.size
        return window, size

    def report(self, code: Code, message: str, item: Layer) -> None:
        self.resolution.diagnostics.append(Diagnostic(code, Severity.ERROR, message, item.span))

    def convolution(
        self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None
    ) -> Stream:
        word = self.order.word(item)
        inferred: dict[str, str] = {}
        window, size = self.sized(item, stream, solved, kept, inferred)
        written = self.arguments[item].get("filters")
        if written:
            filters = written.value
        elif channels:
            filters, inferred["filters"] = channels, "takes the channels that the merge needs"
        else:
            filters = min(MOST_FILTERS, FIRST_FILTERS << min(stream.reductions, 10))
            inferred["filters"] = f"{FIRST_FILTERS}, doubled after each of {stream.reductions} reductions"
        args = {
            "filters": filters,
            "kernel_size": window.kernel,
            "strides": window.strides,
            "padding": window.padding,
            **{
                name: self.value(item, name, inferred)
                for name in ("activation", "use_bias", "kernel_initializer")
            },
        }
        self.resolution.values[item] = values = dict(args)
        if word not in ("convbn", "bnconv"):
            return self.graph.convolution(word, item.span, stream, size, args, inferred)
        norm_inferred: dict[str, str] = {}
        norm = {name: self.value(item, name, norm_inferred) for name in ("epsilon", "momentum")}
        norm["activation"] = None
        activate = self.value(item, "activate", {})
        values.update(epsilon=norm["epsilon"], momentum=norm["momentum"], activate=activate)
        if activate == "norm":
            if args["activation"] != "linear":
                norm["activation"] = args["activation"]
            if "activation" in inferred:
                norm_inferred["activation"] = inferred["activation"]
            args["activation"], inferred["activation"] = "linear", "the activation follows the normalisation"
        else:
            norm_inferred["activation"] = "the activation belongs to the convolution"
        if word == "bnconv":
            stream = self.graph.batch_norm(item.span, stream, norm, norm_inferred)
        stream = self.graph.convolution("conv", item.span, stream, size, args, inferred)
        return self.graph.batch_norm(item.span, stream, norm, norm_inferred) if word == "convbn" else stream

    def pooling(self, item: Layer, stream: Stream, solved: Window | None, kept: bool) -> Stream:
        inferred: dict[str, str] = {}
        window, size = self.sized(item, stream, solved, kept, inferred)
        args = {"pool_size": window.kernel, "strides": window.strides, "padding": window.padding}
        self.resolution.values[item] = args
        return self.graph.pooling(self.order.word(item), item.span, stream, size, args, inferred)

    def dense(self, item: Layer, stream: Stream) -> Stream:
        inferred: dict[str, str] = {}
        written = self.arguments[item].get("units")
        classifier = item is self.resolution.classifier
        if written:
            units = written.value
        else:
            units = self.resolution.classes if classifier else HIDDEN_UNITS
            inferred["units"] = "one for each class" if classifier else "the usual value"
        args = {"units": units}
        args |= {
            name: self.value(item, name, inferred)
            for name in ("activation", "use_bias", "kernel_initializer")
        }
        if classifier and "activation" not in self.arguments[item]:
            args["activation"], inferred["activation"] = "softmax", "the classifier gives probabilities"
        self.resolution.values[item] = args
        return self.graph.dense(item.span, stream, args, inferred)


def _fits(kernel: Pair, size: Pair) -> bool:
    return kernel[0] <= size[0] and kernel[1] <= size[1]
