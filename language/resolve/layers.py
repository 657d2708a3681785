"""Single layers: every hyper-parameter of one word gets its value, and the word's nodes join the graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from cnngen.language.checks.arguments import Written
from cnngen.language.checks.feature import Feature
from cnngen.language.checks.recognition import Recognition
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.network import Node
from cnngen.language.resolve.graph import Stream
from cnngen.language.resolve.lanes import LARGEST_IMAGE, Step
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.shapes import Pair, shown
from cnngen.language.resolve.solve import Window
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.hyperparameters import FIRST_FILTERS, HIDDEN_UNITS, MOST_FILTERS


class _Result(NamedTuple):
    """What a layer became: its nodes, whose places are not yet known, its values, and the reductions behind it."""

    nodes: list[Node]
    values: dict[str, Any] | None
    reductions: int


#: What convolutions and dense layers have besides sizes.
_RULED_BY_DEFAULTS = ("activation", "use_bias", "kernel_initializer")


@dataclass(slots=True)
class Layers:
    """Resolves words, one at a time, of programs whose `defaults(…)` say the same."""

    defaults: dict[str, Any]
    #: What the words at hand stand in, and what they become a part of.
    known: Recognition = field(init=False)
    arguments: dict[Layer, dict[str, Written]] = field(init=False)
    part: Part = field(init=False)
    #: Most layers of a network are like others: what one became holds for all with the same key.
    _meanings: dict[Layer, int] = field(default_factory=dict)
    _numbers: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _settled: dict[tuple[int, tuple[str, ...]], tuple[dict[str, Any], dict[str, str]]] = field(default_factory=dict)
    _steps: dict[tuple[int, Pair], Step | None] = field(default_factory=dict)
    _results: dict[tuple[Any, ...], _Result] = field(default_factory=dict)

    def begin(self, feature: Feature, part: Part) -> None:
        """From now on resolve the words of this feature."""
        self.known, self.arguments, self.part = feature.known, feature.arguments, part

    def settled(self, item: Layer, *names: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Hyper-parameters that no solving touches, and why each that is not written is what it is.

        They are written, or `defaults` has them, or they have the catalogue's default.
        """
        key = self.meaning(item), names
        found = self._settled.get(key)
        if found is None:
            written, word = self.arguments[item], WORDS[self.known.word(item)]
            values: dict[str, Any] = {}
            inferred: dict[str, str] = {}
            for name in names:
                parameter = word.hyperparameter(name)
                if name in written:
                    values[name] = written[name].value
                elif name in self.defaults:
                    values[name], inferred[name] = self.defaults[name], "from defaults(…)"
                else:
                    values[name], inferred[name] = parameter.default if parameter else None, "the usual value"
            found = self._settled[key] = values, inferred
        return found

    def window(self, item: Layer) -> Window | None:
        """What is written of an item's window; None for items that have none."""
        kind = self.known.category(item)
        if kind not in ("convolution", "pooling"):
            return None
        written = self.arguments[item]
        kernel, strides, padding = (
            written[name].value if name in written else None
            for name in ("pool_size" if kind == "pooling" else "kernel_size", "strides", "padding")
        )
        word = self.known.word(item)
        return Window(kernel, strides, padding, word == "upconv", word == "sepconv")

    def usual(self, item: Layer, window: Window, size: Pair) -> Window:
        """Rule 3."""
        if self.known.category(item) == "pooling":
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
        name = "pool_size" if self.known.category(item) == "pooling" else "kernel_size"
        kernel: Pair = self.defaults.get(name, (2, 2) if name == "pool_size" else (3, 3))
        return window.filled(kernel, (1, 1), "same")

    def meaning(self, item: Layer) -> int:
        """The same number for all layers with the same word and the same written values."""
        found = self._meanings.get(item)
        if found is None:
            written = tuple((name, value) for name, (value, _) in self.arguments[item].items())
            found = self._numbers.setdefault((self.known.word(item), written), len(self._numbers))
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
        part, nodes = self.part, self.part.graph.nodes
        if part.classes is not None:
            return self.resolve(item, stream, solved, kept, channels)
        key = self.meaning(item), stream.shape, stream.reductions, solved, kept, channels
        known = self._results.get(key)
        if known is None:
            before, reported = len(nodes), len(part.diagnostics)
            stream = self.resolve(item, stream, solved, kept, channels)
            if len(part.diagnostics) == reported:  # an error belongs to one place, so it is found anew
                self._results[key] = _Result(nodes[before:], part.values.get(item), stream.reductions)
            return stream
        if known.values is not None:
            part.values[item] = known.values
        return part.graph.repeat(known.nodes, item.span, stream, known.reductions) if known.nodes else stream

    def resolve(self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None) -> Stream:
        """Find the values and nodes of one word."""
        match self.known.category(item):
            case "convolution" if len(stream.shape) == 3:
                stream = self.convolution(item, stream, solved, kept, channels)
            case "pooling" if len(stream.shape) == 3:
                stream = self.pooling(item, stream, solved, kept)
            case "dropout":
                args, inferred = self.settled(item, "rate")
                self.part.values[item] = args
                stream = self.part.graph.add("dropout", item.span, (stream,), stream.shape, args, inferred)
            case "bridge" if len(stream.shape) == 3:
                word = self.known.word(item)
                shape = (prod(stream.shape),) if word == "flatten" else (stream.shape[2],)
                stream = self.part.graph.add(word, item.span, (stream,), shape)
            case "dense":
                stream = self.dense(item, stream)
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
        kernel = "pool_size" if self.known.category(item) == "pooling" else "kernel_size"
        for name, value in (
            (kernel, written.kernel),
            ("strides", written.strides),
            ("padding", written.padding),
        ):
            if value is None:
                inferred[name] = "from defaults(…)" if reason == "the usual value" and name in self.defaults else reason
        size = window.output(stream.size)
        assert window.kernel
        word = self.known.word(item)
        if min(size) < 1:
            self.report_window(item, kernel, window.kernel, stream.size)
            size = (max(size[0], 1), max(size[1], 1))
        elif max(size) > LARGEST_IMAGE:
            message = (
                f"{word} makes an image of {shown(size)}, more than the {LARGEST_IMAGE:,} pixels a side that fit: "
                "make its strides smaller."
            )
            self.part.diagnostics.append(Diagnostic(Code.COST, Severity.ERROR, message, item.span))
            size = stream.size
        return window, size

    def report_window(self, item: Layer, name: str, kernel: Pair, size: Pair) -> None:
        """Report a window that is larger than its image, where the window is written if it is."""
        written = self.arguments[item]
        largest = min(kernel[0], size[0]), min(kernel[1], size[1])
        value = f"{name}={largest[0] if largest[0] == largest[1] else largest}"
        message = (
            f"{self.known.word(item)} has a window of {shown(kernel)}, larger than its image of {shown(size)}: "
            f"write {value}, or padding=same."
        )
        new = {name: value, "padding": "padding=same"}
        fixes = [Fix(f"Write {new[key]}", (Edit(written[key].span, new[key]),)) for key in new if key in written]
        span = written[name].span if name in written else item.span
        self.part.diagnostics.append(
            Diagnostic(Code.WINDOW_TOO_LARGE, Severity.ERROR, message, span, fixes=tuple(fixes))
        )

    def convolution(
        self, item: Layer, stream: Stream, solved: Window | None, kept: bool, channels: int | None
    ) -> Stream:
        """Append a convolution, with its normalisation before or behind it."""
        word = self.known.word(item)
        inferred: dict[str, str] = {}
        window, size = self.sized(item, stream, solved, kept, inferred)
        written = self.arguments[item].get("filters")
        if written:
            filters = written.value
        elif channels:
            filters, inferred["filters"] = channels, "takes the channels that the merge needs"
        else:
            filters = min(MOST_FILTERS, FIRST_FILTERS << min(stream.reductions, 10))
            inferred["filters"] = _doubled(stream.reductions)
        rest, why = self.settled(item, *_RULED_BY_DEFAULTS)
        inferred |= why
        args = {
            "filters": filters,
            "kernel_size": window.kernel,
            "strides": window.strides,
            "padding": window.padding,
            **rest,
        }
        self.part.values[item] = values = dict(args)
        if word not in ("convbn", "bnconv"):
            return self.part.graph.convolution(word, item.span, stream, size, args, inferred)
        numbers, why = self.settled(item, "epsilon", "momentum")
        norm, norm_inferred = {**numbers, "activation": None}, dict(why)
        activate = self.settled(item, "activate")[0]["activate"]
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
            stream = self.part.graph.batch_norm(item.span, stream, norm, norm_inferred)
        stream = self.part.graph.convolution("conv", item.span, stream, size, args, inferred)
        return self.part.graph.batch_norm(item.span, stream, norm, norm_inferred) if word == "convbn" else stream

    def pooling(self, item: Layer, stream: Stream, solved: Window | None, kept: bool) -> Stream:
        """Append a pooling."""
        inferred: dict[str, str] = {}
        window, size = self.sized(item, stream, solved, kept, inferred)
        args = {"pool_size": window.kernel, "strides": window.strides, "padding": window.padding}
        self.part.values[item] = args
        return self.part.graph.pooling(self.known.word(item), item.span, stream, size, args, inferred)

    def dense(self, item: Layer, stream: Stream) -> Stream:
        """Append a dense layer; the last one is the classifier."""
        inferred: dict[str, str] = {}
        written = self.arguments[item].get("units")
        classes = self.part.classes
        if written:
            units = written.value
        else:
            units = HIDDEN_UNITS if classes is None else classes
            inferred["units"] = "the usual value" if classes is None else "one for each class"
        rest, why = self.settled(item, *_RULED_BY_DEFAULTS)
        inferred |= why
        args = {"units": units, **rest}
        if classes is not None and "activation" not in self.arguments[item]:
            args["activation"], inferred["activation"] = "softmax", "the classifier gives probabilities"
        self.part.values[item] = args
        return self.part.graph.dense(item.span, stream, args, inferred)


def _doubled(reductions: int) -> str:
    """Why a convolution has the filters that it has, behind so many reductions of the image."""
    if not reductions:
        return f"{FIRST_FILTERS}, for nothing before reduces the image"
    times = "the reduction" if reductions == 1 else f"each of the {reductions} reductions"
    most = f", up to {MOST_FILTERS}" if FIRST_FILTERS << min(reductions, 10) > MOST_FILTERS else ""
    return f"{FIRST_FILTERS}, doubled after {times} of the image{most}"


def _fits(kernel: Pair, size: Pair) -> bool:
    return kernel[0] <= size[0] and kernel[1] <= size[1]
