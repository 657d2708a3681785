"""Single layers: every hyper-parameter of one word gets its value, and the word's nodes join the graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from cnngen.language.checks.arguments import Written
from cnngen.language.checks.order import Order, category
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.network import Node, Shape
from cnngen.language.resolve.graph import Graph, Stream
from cnngen.language.resolve.lanes import LARGEST_IMAGE, Step
from cnngen.language.resolve.shapes import Pair, shown
from cnngen.language.resolve.solve import Window
from cnngen.language.syntax.tree import Item, Layer
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.hyperparameters import FIRST_FILTERS, HIDDEN_UNITS, MOST_FILTERS


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
    places: dict[Item, Sequence[int]] = field(default_factory=dict)


class _Result(NamedTuple):
    """What a layer became: its nodes, whose places are not yet known, its values, and the reductions behind it."""

    nodes: list[Node]
    values: dict[str, Any] | None
    reductions: int


@dataclass(slots=True)
class Layers:
    """Resolves the words of one program, one at a time. `defaults` is what its `defaults(…)` says."""

    order: Order
    arguments: dict[Layer, dict[str, Written]]
    defaults: dict[str, Any]
    resolution: Resolution
    #: Most layers of a network are like others: what one became holds for all with the same key.
    _meanings: dict[Layer, int] = field(default_factory=dict)
    _numbers: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _steps: dict[tuple[int, Pair], Step | None] = field(default_factory=dict)
    _results: dict[tuple[Any, ...], _Result] = field(default_factory=dict)

    def value(self, item: Layer, name: str, inferred: dict[str, str]) -> Any:
        """A hyper-parameter that no solving touches: written, from `defaults`, or the catalogue's default."""
        written = self.arguments[item].get(name)
        if written is not None:
            return written.value
        if name in self.defaults:
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

    def meaning(self, item: Layer) -> int:
        """The same number for all layers with the same word and the same written values."""
        found = self._meanings.get(item)
        if found is None:
            written = tuple((name, value) for name, (value, _) in self.arguments[item].items())
            found = self._numbers.setdefault((self.order.word(item), written), len(self._numbers))
            self._meanings[item] = found
        return found

    def step(self, item: Layer, size: Pair) -> Step | None:
        """An item as the planner of a lane sees it, whose image has this size; None for items without a window."""
        key = self.meaning(item), size
        if key not in self._steps:
            window = self.window(item)
            step = Step(window, self.usual(item, window, size), self.kept(item, window)) if window else None
            self._steps[key] = step
        return self._steps[key]

    def layer(self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None) -> Stream:
        """Append the nodes of one word."""
        resolution, nodes = self.resolution, self.resolution.graph.nodes
        if item is resolution.classifier:
            return self.resolve(item, stream, solved, kept, channels)
        key = self.meaning(item), stream.shape, stream.reductions, solved, kept, channels
        known = self._results.get(key)
        if known is None:
            before, reported = len(nodes), len(resolution.diagnostics)
            stream = self.resolve(item, stream, solved, kept, channels)
            if len(resolution.diagnostics) == reported:  # an error belongs to one place, so it is found anew
                self._results[key] = _Result(nodes[before:], resolution.values.get(item), stream.reductions)
            return stream
        if not known.nodes:
            return stream
        first = len(nodes)
        stream = self.resolution.graph.repeat(known.nodes, item.span, stream, known.reductions)
        resolution.places[item] = range(first, len(nodes))
        if known.values is not None:
            resolution.values[item] = known.values
        return stream

    def resolve(self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None) -> Stream:
        """Find the values and nodes of one word."""
        before = len(self.resolution.graph.nodes)
        match category(item, self.order):
            case "convolution" if len(stream.shape) == 3:
                stream = self.convolution(item, stream, solved, kept, channels)
            case "pooling" if len(stream.shape) == 3:
                stream = self.pooling(item, stream, solved, kept)
            case "dropout":
                inferred: dict[str, str] = {}
                args = {"rate": self.value(item, "rate", inferred)}
                self.resolution.values[item] = args
                stream = self.resolution.graph.add("dropout", item.span, (stream,), stream.shape, args, inferred)
            case "bridge" if len(stream.shape) == 3:
                word = self.order.word(item)
                shape = (prod(stream.shape),) if word == "flatten" else (stream.shape[2],)
                stream = self.resolution.graph.add(word, item.span, (stream,), shape)
            case "dense":
                stream = self.dense(item, stream)
        if len(self.resolution.graph.nodes) > before:
            self.resolution.places[item] = range(before, len(self.resolution.graph.nodes))
        return stream

    def sized(
        self, item: Layer, stream: Stream, solved: Window | None, kept: bool, inferred: dict[str, str]
    ) -> tuple[Window, Pair]:
        """A layer's window with all values, and the size behind it. Reports what no image can pass."""
        step = self.step(item, stream.size)
        assert step
        written = step.free
        if solved:
            window, reason = solved, "solved, so that the lanes of the merge meet"
        elif kept:
            window, reason = step.kept, "keeps the shape of the lane"
        else:
            window, reason = step.usual, "the usual value"
        kernel = "pool_size" if category(item, self.order) == "pooling" else "kernel_size"
        for name, value in (
            (kernel, written.kernel),
            ("strides", written.strides),
            ("padding", written.padding),
        ):
            if value is None:
                inferred[name] = "from defaults(…)" if reason == "the usual value" and name in self.defaults else reason
        size = window.output(stream.size)
        assert window.kernel
        word = self.order.word(item)
        if min(size) < 1:
            self.report_window(item, kernel, window.kernel, stream.size)
            size = (max(size[0], 1), max(size[1], 1))
        elif max(size) > LARGEST_IMAGE:
            message = (
                f"{word} makes an image of {shown(size)}, more than the {LARGEST_IMAGE:,} pixels a side that fit: "
                "make its strides smaller."
            )
            self.resolution.diagnostics.append(Diagnostic(Code.COST, Severity.ERROR, message, item.span))
            size = stream.size
        return window, size

    def report_window(self, item: Layer, name: str, kernel: Pair, size: Pair) -> None:
        """Report a window that is larger than its image, where the window is written if it is."""
        written = self.arguments[item]
        largest = min(kernel[0], size[0]), min(kernel[1], size[1])
        value = f"{name}={largest[0] if largest[0] == largest[1] else largest}"
        message = (
            f"{self.order.word(item)} has a window of {shown(kernel)}, larger than its image of {shown(size)}: "
            f"write {value}, or padding=same."
        )
        new = {name: value, "padding": "padding=same"}
        fixes = [Fix(f"Write {new[key]}", (Edit(written[key].span, new[key]),)) for key in new if key in written]
        span = written[name].span if name in written else item.span
        self.resolution.diagnostics.append(
            Diagnostic(Code.WINDOW_TOO_LARGE, Severity.ERROR, message, span, fixes=tuple(fixes))
        )

    def convolution(
        self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None
    ) -> Stream:
        """Append a convolution, with its normalisation before or behind it."""
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
            **{name: self.value(item, name, inferred) for name in ("activation", "use_bias", "kernel_initializer")},
        }
        self.resolution.values[item] = values = dict(args)
        if word not in ("convbn", "bnconv"):
            return self.resolution.graph.convolution(word, item.span, stream, size, args, inferred)
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
            stream = self.resolution.graph.batch_norm(item.span, stream, norm, norm_inferred)
        stream = self.resolution.graph.convolution("conv", item.span, stream, size, args, inferred)
        return self.resolution.graph.batch_norm(item.span, stream, norm, norm_inferred) if word == "convbn" else stream

    def pooling(self, item: Layer, stream: Stream, solved: Window | None, kept: bool) -> Stream:
        """Append a pooling."""
        inferred: dict[str, str] = {}
        window, size = self.sized(item, stream, solved, kept, inferred)
        args = {"pool_size": window.kernel, "strides": window.strides, "padding": window.padding}
        self.resolution.values[item] = args
        return self.resolution.graph.pooling(self.order.word(item), item.span, stream, size, args, inferred)

    def dense(self, item: Layer, stream: Stream) -> Stream:
        """Append a dense layer; the last one is the classifier."""
        inferred: dict[str, str] = {}
        written = self.arguments[item].get("units")
        classifier = item is self.resolution.classifier
        if written:
            units = written.value
        else:
            units = self.resolution.classes if classifier else HIDDEN_UNITS
            inferred["units"] = "one for each class" if classifier else "the usual value"
        args = {"units": units}
        args |= {name: self.value(item, name, inferred) for name in ("activation", "use_bias", "kernel_initializer")}
        if classifier and "activation" not in self.arguments[item]:
            args["activation"], inferred["activation"] = "softmax", "the classifier gives probabilities"
        self.resolution.values[item] = args
        return self.resolution.graph.dense(item.span, stream, args, inferred)


def _fits(kernel: Pair, size: Pair) -> bool:
    return kernel[0] <= size[0] and kernel[1] <= size[1]
