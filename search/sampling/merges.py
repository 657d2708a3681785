"""Drawing merges: lanes whose shapes meet by construction, nested as deep as the rules let them."""

from __future__ import annotations

from cnngen.language.resolve.shapes import Pair
from cnngen.search.sampling.layers import LayerDrawer
from cnngen.search.sampling.sketch import Stream


class MergeDrawer:
    """Draws merges with the layers of a network's drawer."""

    def __init__(self, layers: LayerDrawer) -> None:
        self.layers = layers
        self.chance = layers.chance
        self.rules = layers.rules.merge
        self.sketch = layers.sketch

    def merge(self, stream: Stream, depth: int = 1, keep: bool = False, channels: int | None = None) -> Stream:
        """A merge that forks this stream, `depth` merges deep.

        `keep`: it has to keep the size; `channels` are those that it has to end with. What cannot meet is not drawn:
        a skip beside other channels, or over the raw image, gets convolutions.
        """
        rules, chance, write = self.rules, self.chance, self.sketch.write
        kind = "add" if channels == 1 else self.layers.join()
        activation = chance.pick(rules.activation)
        write(f"{kind}(activation={activation}) [")
        bodies = chance.pick(rules.bodies) if depth == 1 else 1
        left = right = stream
        for number in range(1, bodies + 1):
            needed = channels if number == bodies else None
            write(" (")
            if self._skips(kind, right, bodies, needed):
                beside = right.channels if kind == "add" else needed - right.channels if needed else None
                left = self.left(left, depth, True, beside)
                write(", Empty)")
            else:
                reduces = not keep and chance.happens(rules.reduction)
                left = self.left(left, depth, not reduces, (needed + 1) // 2 if needed and kind == "concat" else needed)
                write(", ")
                beside = left.channels if kind == "add" else needed - left.channels if needed else None
                right = self.right(right, left.size, beside)
                write(")")
            left = self.sketch.join(kind, left, right, activation)
        write(" ]")
        return left

    def _skips(self, kind: str, right: Stream, bodies: int, channels: int | None) -> bool:
        """Whether a right lane is Empty."""
        choice = self.rules.right if bodies == 1 else self.rules.right_of_several
        if self.chance.pick(choice) != "Empty":
            return False
        if kind == "add":
            return not right.raw and (channels is None or channels == right.channels)
        return channels is None or channels > right.channels

    def left(self, stream: Stream, depth: int, keep: bool, channels: int | None) -> Stream:
        """A left lane: convolutions, perhaps merges behind them, perhaps a pooling at both ends.

        Where it need not keep the size, one of its convolutions and poolings may reduce the image, the others do not.
        The last convolution or merge gives the channels that are needed.
        """
        chance, layers, write = self.chance, self.layers, self.sketch.write
        items = self._items(depth)
        setter = len(items) - (2 if items[-1] == "pooling" else 1)
        # A merge that has to give some channels gets them, so that it may skip.
        inner = channels if items[setter] == "merge" else None
        able = [index for index, item in enumerate(items) if item != "merge"]
        reducer = -1 if keep else chance.one_of(able)
        for index, item in enumerate(items):
            if index:
                write(" ")
            needed = channels if index == setter else inner
            if item == "pooling":
                stream = layers.pooling(stream, keep=index != reducer or not layers.reducible(stream.size))
            elif item == "merge":
                stream = self.merge(stream, depth + 1, True, needed)
            else:
                draw = layers.reducing if index == reducer else layers.kept
                stream = draw(stream, needed)
                if chance.happens(self.rules.dropout):
                    write(" ")
                    stream = layers.dropout(stream)
        return stream

    def _items(self, depth: int) -> list[str]:
        """What a left lane is made of."""
        rules, chance = self.rules, self.chance
        items = ["pooling"] if chance.happens(rules.pooling) else []
        items += ["convolution"] * chance.pick(rules.convolutions)
        if depth < rules.depth and chance.happens(rules.nested):
            for _ in range(chance.pick(rules.merges)):
                items += ["merge", *["convolution"] * chance.pick(rules.trailing)]
        if chance.happens(rules.pooling):
            items.append("pooling")
        return items

    def right(self, stream: Stream, size: Pair, channels: int | None) -> Stream:
        """A right lane of convolutions that ends with a size, and with these channels where they are given.

        Where the size has to change, one of them changes it.
        """
        count = self.chance.pick(self.rules.right_convolutions)
        changer = int(self.chance.one_of(range(count))) if size != stream.size else -1
        for index in range(count):
            if index:
                self.sketch.write(" ")
            needed = channels if index == count - 1 else None
            meets = index == changer
            stream = self.layers.meeting(stream, needed, size) if meets else self.layers.kept(stream, needed)
        return stream
