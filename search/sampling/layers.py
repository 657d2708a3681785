"""Drawing single layers: windows that fit their image, filters, and the values that change no shape."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cnngen.language.resolve import solve
from cnngen.language.resolve.shapes import Pair
from cnngen.search.sampling.chance import Chance, Choice
from cnngen.search.sampling.configuration import Configuration
from cnngen.search.sampling.sketch import Sketch, Stream
from cnngen.search.sampling.spelling import Style, Window, square, window


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
        #: What each layer draws of its style, and where it stands there; no choice where there is a single value.
        self._styles: list[tuple[int, Choice[Any] | None]] = []
        values = []
        for place, name in enumerate(Style._fields):
            choice: Choice[Any] = getattr(configuration.convolution, name)
            values.append(self.shared.get(name, choice.values[0]))
            if name not in self.shared:
                self._styles.append((place, choice if len(choice.values) > 1 else None))
        self._style = Style._make(values)
        self._shrinking = configuration.feature.convolution.among("shrinks", lambda word: word != "upconv")

    # -- what changes no shape ---------------------------------------------------------------------------------

    def style(self) -> Style:
        """The values of one layer."""
        if self._styles:
            pick, number = self.chance.pick, self.chance.number
            values: list[Any] = list(self._style)
            for place, choice in self._styles:
                if choice is None:
                    number()  # so that what follows is the same as behind a choice
                else:
                    values[place] = pick(choice)
            return Style._make(values)
        return self._style

    def join(self) -> str:
        """The kind of a merge's join."""
        kind: str = self.shared.get("join") or self.chance.pick(self.rules.merge.join)
        return kind

    # -- windows -----------------------------------------------------------------------------------------------

    def window(self, windows: Choice[int], strides: Choice[int], paddings: Choice[str], size: Pair) -> Window:
        """A window, a stride and a padding that leave an image that is large enough."""
        chance, smallest = self.chance, min(size)
        padding = chance.pick(paddings)
        fitting = windows
        if padding == "valid":
            small = windows.at_most(smallest)
            fitting, padding = (small, "valid") if small else (windows, "same")
        kernel = chance.pick(fitting)
        allowed = strides.at_most(kernel)
        drawn = square(kernel, chance.pick(allowed) if allowed else 1, padding)
        if min(drawn.after(size)) < min(self.rules.network.smallest_image, smallest):
            return square(kernel, 1, "same")
        return drawn

    def reducible(self, size: Pair) -> bool:
        """Whether half of an image is still large enough."""
        return (min(size) + 1) // 2 >= self.rules.network.smallest_image and max(size) > 1

    # -- layers ------------------------------------------------------------------------------------------------

    def word(self, *, shrinks: bool = False) -> str:
        """A kind of convolution; one that `shrinks` the image is no upconv."""
        words = self._shrinking if shrinks else self.rules.feature.convolution
        return self.chance.pick(words) if words else "conv"

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
        drawn = self.window(rules.kernel_size, rules.strides, rules.padding, stream.size)
        return self.sketch.convolution(word, stream, filters, drawn, self.style())

    def _enlarging(self, stream: Stream, filters: int) -> Stream:
        """An upconv: it doubles the image where that is no larger than the network's input then, else keeps it."""
        kernel = self.chance.pick(self.rules.convolution.kernel_size)
        height, width, _ = self.rules.network.input
        stride = 2 if 2 * stream.size[0] <= height and 2 * stream.size[1] <= width else 1
        return self.sketch.convolution("upconv", stream, filters, square(kernel, stride, "same"), self.style())

    def kept(self, stream: Stream, filters: int | None) -> Stream:
        """A convolution of a lane that keeps the size."""
        word = self.word()
        filters = filters or self.filters(stream, lane=True)
        kept = square(self.chance.pick(self.rules.convolution.kernel_size), 1, "same")
        return self.sketch.convolution(word, stream, filters, kept, self.style())

    def reducing(self, stream: Stream, filters: int | None) -> Stream:
        """A convolution of a lane that may reduce the image."""
        word, rules = self.word(shrinks=True), self.rules.convolution
        filters = filters or self.filters(stream, lane=False)
        drawn = self.window(rules.kernel_size, rules.strides, rules.padding, stream.size)
        return self.sketch.convolution(word, stream, filters, drawn, self.style())

    def meeting(self, stream: Stream, filters: int | None, size: Pair) -> Stream:
        """A convolution of a right lane that takes the image to a size; the language's solver finds its window."""
        word = self.word(shrinks=True)
        filters = filters or self.filters(stream, lane=True)
        kernel = self.chance.pick(self.rules.convolution.kernel_size)
        found = _meeting(kernel, stream.size, size, word == "sepconv")
        if word == "sepconv" and found.strides[0] != found.strides[1]:
            word = "conv"
        return self.sketch.convolution(word, stream, filters, found, self.style())

    def pooling(self, stream: Stream, *, keep: bool = False) -> Stream:
        """A pooling."""
        rules = self.rules.pooling
        word = self.chance.pick(rules.kind)
        if keep:
            return self.sketch.pooling(word, stream, square(self.chance.pick(rules.pool_size), 1, "same"))
        return self.sketch.pooling(
            word, stream, self.window(rules.pool_size, rules.strides, rules.padding, stream.size)
        )

    def dropout(self, stream: Stream) -> Stream:
        """A dropout."""
        return self.sketch.dropout(stream, self.chance.pick(self.rules.dropout.rate))


@lru_cache(maxsize=1 << 12)
def _meeting(kernel: int, size: Pair, wanted: Pair, square_strides: bool) -> Window:
    """The window that takes an image to a size: of this kernel where one does, else of any."""
    extents, apart = ((wanted[0], wanted[0]), (wanted[1], wanted[1])), (1, 1)
    own = solve.Window((kernel, kernel), None, "same", square_strides=square_strides)
    free = solve.Window(None, None, None, square_strides=square_strides)
    found = (
        solve.solve_window(own, size, extents, apart)
        or solve.solve_window(free, size, extents, apart)
        or solve.solve_window(solve.Window(None, None, None), size, extents, apart)
    )
    assert found and found.kernel and found.strides and found.padding
    return window(found.kernel, found.strides, found.padding)
