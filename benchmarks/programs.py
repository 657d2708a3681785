"""Programs to measure: the same for everyone, of any number of words."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_ARGUMENTS = (
    "(filters=32)",
    "(filters=64, kernel_size=5)",
    "(filters=128, kernel_size=(3, 3), padding=same, activation=relu)",
    "(kernel_size=1, activation=linear, use_bias=false)",
    "(activation=tanh, kernel_initializer=he_normal)",
)
_CONVOLUTIONS = ("conv", "conv", "conv", "convbn", "convbn", "bnconv", "sepconv")


def realistic(words: int) -> str:
    """A network such as people write, a feature a line, of that many words.

    Every third layer has arguments. Of the features every fifth is a merge: identity skips, projections,
    concatenations, merges in merges. Five poolings take the images from 224 to 7 pixels a side.
    """
    random = Random(1)

    def layer() -> str:
        return random.choice(_CONVOLUTIONS) + (random.choice(_ARGUMENTS) if random.random() < 0.35 else "")

    def merge(depth: int) -> tuple[str, int]:
        kind = random.choice(("residual", "residual", "projection", "concat", "nested"))
        if kind == "nested" and depth < 3:
            inside, count = merge(depth + 1)
            return f"[ (conv {inside} convbn, Empty) ]", count + 3
        if kind == "projection":
            # The right lane is left free, so that it is solved to meet the left one.
            return f"add(activation=relu) [ ({layer()} {layer()}, conv) ]", 4
        if kind == "concat":
            return f"[ (concat [ ({layer()}, {layer()}) ] conv(kernel_size=1), Empty) ]", 5
        return f"[ ({layer()} dropout(rate=0.3) {random.choice(_CONVOLUTIONS)}, Empty) ]", 4

    return _program("input(shape=(224, 224, 3)) conv", lambda: merge(1), lambda: (layer(), 1), words, words - 5)


def plain(tokens: int) -> str:
    """A network of the paper's grammar, without arguments, of that many words and marks: what peers can parse too."""
    random = Random(1)

    def merge() -> tuple[str, int]:
        return f"[ ({random.choice(_CONVOLUTIONS)} conv dropout, Empty) (conv, conv) ]", 13

    return _program("input conv", merge, lambda: (random.choice(_CONVOLUTIONS), 1), tokens, tokens - 5)


def _program(
    first: str, merge: Callable[[], tuple[str, int]], layer: Callable[[], tuple[str, int]], size: int, left: int
) -> str:
    random = Random(2)
    features, pooling_every = [first], max(size // 6, 3)
    pooled = left
    while left > 0:
        feature, count = merge() if left > 13 and random.random() < 0.2 else layer()
        if left > 3 and pooled - left >= pooling_every:
            feature, count, pooled = f"{feature} max_pooling", count + 1, left
        features.append(feature)
        left -= count
    return "\n".join([*features, "flatten dense output"]) + "\n"


def nested(depth: int) -> str:
    """Residual merges, each inside the left lane of the one before."""
    return f"input conv {'[ (conv ' * depth}conv{', Empty) ]' * depth} flatten dense output\n"
