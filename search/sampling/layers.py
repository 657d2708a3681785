"""Drawing single layers: windows that fit their image, filters, and the values that change no shape."""

from __future__ import annotations

from typing import Any

from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Window, solve_window
from cnngen.search.sampling.chance import Chance, Choice
from cnngen.search.sampling.configuration import Configuration
from cnngen.search.sampling.sketch import STYLED, Sketch, Stream, Style, styled


class LayerDrawer:
    """Draws the layers of one network onto its sketch."""

    def __init__(self, configuration: Configuration, chance: Chance, sketch: Sketch) -> None:
        self.rules = configuration
        self.chance = chance
        self.sketch = sketch
        shared = configuration.network.same
        #: What this network has drawn once for all.
        self.shared: dict[str, Any] = {
            name: chance.pick(getattr(configuration.convolution, name)) for name in shared if name != "join"
        }
        if "join" in shared:
            self.shared["join"] = chance.pick(configuration.merge.join)
        everything = all(name in self.shared for name in STYLED)
        self._style = styled(*[self.shared[name] for name in STYLED]) if everything else None

    # -- what changes no shape ---------------------------------------------------------------------------------

    def style(self) -> Style:
        """The values of one layer."""
        if self._style:
            return self._style
        rules, pick, shared = self.rules.convolution, self.chance.pick, self.shared
        return styled(*[shared[name] if name in shared else pick(getattr(rules, name)) for name in STYLED])

    def join(self) -> str:
        """The kind of a merge's join."""
        kind: str = self.shared.get("join") or self.chance.pick(self.rules.merge.join)
        return kind

    # -- windows -----------------------------------------------------------------------------------------------

    def window(
        self, windows: Choice[int], strides: Choice[int], paddings: Choice[str], size: Pair
    ) -> tuple[int, int, str]:
        """A window, a stride and a padding that leave an image that is large enough."""
        chance, smallest = self.chance, min(size)
        padding = chance.pick(paddings)
        fitting = windows
        if padding == "valid":
            small = windows.among(("window", smallest), lambda window: window <= smallest)
            fitting, padding = (small, "valid") if small else (windows, "same")
        window = chance.pick(fitting)
        allowed = strides.among(("stride", window), lambda stride: stride <= window)
        stride = chance.pick(allowed) if allowed else 1
        after = self.sketch.size("", size, (window, window), (stride, stride), padding)
        if min(after) < min(self.rules.network.smallest_image, smallest):
            return window, 1, "same"
        return window, stride, padding

    def reducible(self, size: Pair) -> bool:
        """Whether half of an image is still large enough."""
        return (min(size) + 1) // 2 >= self.rules.network.smallest_image and max(size) > 1

    # -- layers ------------------------------------------------------------------------------------------------

    def word(self, *, shrinks: bool = False) -> str:
        """A kind of convolution; one that `shrinks` the image is no upconv."""
        words = self.rules.feature.convolution
        if shrinks:
            fitting = words.among("shrinks", lambda word: word != "upconv")
            return self.chance.pick(fitting) if fitting else "conv"
        return self.chance.pick(words)

    def filters(self, stream: Stream, *, lane: bool) -> int:
        """How many filters a convolution behind a stream has, where nothing says what is needed."""
        rules, chance = self.rules.filters, self.chance
        if stream.raw:
            wanted: float = chance.pick(rules.first)
        elif lane:
            wanted = stream.channels * chance.pick(rules.lane_factor)
        else:
            wanted = stream.channels * chance.pick(rules.factor) + chance.pick(rules.step)
        multiple = rules.multiple
        return min(max(-(-int(wanted) // multiple) * multiple, multiple), rules.most)

    def convolution(self, stream: Stream) -> Stream:
        """A convolution outside of merges."""
        word, rules = self.word(), self.rules.convolution
        filters = self.filters(stream, lane=False)
        if word == "upconv":
            return self._enlarging(stream, filters)
        window, stride, padding = self.window(rules.kernel_size, rules.strides, rules.padding, stream.size)
        return self._written(word, stream, filters, window, stride, padding)

    def _enlarging(self, stream: Stream, filters: int) -> Stream:
        """An upconv: it doubles the image where that is no larger than the network's input then, else keeps it."""
        window = self.chance.pick(self.rules.convolution.kernel_size)
        height, width, _ = self.rules.network.input
        stride = 2 if 2 * stream.height <= height and 2 * stream.width <= width else 1
        return self._written("upconv", stream, filters, window, stride, "same")

    def kept(self, stream: Stream, filters: int | None) -> Stream:
        """A convolution of a lane that keeps the size."""
        word = self.word()
        filters = filters or self.filters(stream, lane=True)
        return self._written(word, stream, filters, self.chance.pick(self.rules.convolution.kernel_size), 1, "same")

    def reducing(self, stream: Stream, filters: int | None) -> Stream:
        """A convolution of a lane that may reduce the image."""
        word, rules = self.word(shrinks=True), self.rules.convolution
        filters = filters or self.filters(stream, lane=False)
        window, stride, padding = self.window(rules.kernel_size, rules.strides, rules.padding, stream.size)
        return self._written(word, stream, filters, window, stride, padding)

    def meeting(self, stream: Stream, filters: int | None, size: Pair) -> Stream:
        """A convolution of a right lane that takes the image to a size; the language's solver finds its window."""
        word = self.word(shrinks=True)
        filters = filters or self.filters(stream, lane=True)
        window = self.chance.pick(self.rules.convolution.kernel_size)
        wanted = (size[0], size[0]), (size[1], size[1])
        square = word == "sepconv"
        solved = (
            solve_window(Window((window, window), None, "same", square_strides=square), stream.size, wanted, (1, 1))
            or solve_window(Window(None, None, None, square_strides=square), stream.size, wanted, (1, 1))
            or solve_window(Window(None, None, None), stream.size, wanted, (1, 1))
        )
        assert solved and solved.kernel and solved.strides and solved.padding
        if square and solved.strides[0] != solved.strides[1]:
            word = "conv"
        return self.sketch.convolution(
            word, stream, filters, solved.kernel, solved.strides, solved.padding, self.style()
        )

    def _written(self, word: str, stream: Stream, filters: int, window: int, stride: int, padding: str) -> Stream:
        return self.sketch.convolution(word, stream, filters, (window, window), (stride, stride), padding, self.style())

    def pooling(self, stream: Stream, *, keep: bool = False) -> Stream:
        """A pooling."""
        rules = self.rules.pooling
        word = self.chance.pick(rules.kind)
        if keep:
            window, stride, padding = self.chance.pick(rules.pool_size), 1, "same"
        else:
            window, stride, padding = self.window(rules.pool_size, rules.strides, rules.padding, stream.size)
        return self.sketch.pooling(word, stream, (window, window), (stride, stride), padding)

    def dropout(self, stream: Stream) -> Stream:
        """A dropout."""
        return self.sketch.dropout(stream, self.chance.pick(self.rules.dropout.rate))
