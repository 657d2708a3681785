"""Programs to measure: the same for everyone, of any number of words."""

from __future__ import annotations

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
    """A network such as people write, a feature a line: every third layer has arguments, every fifth feature is a
    merge, with identity skips, projections, concatenations and merges in merges.
    """
    random = Random(1)

    def layer() -> str:
        return random.choice(_CONVOLUTIONS) + (random.choice(_ARGUMENTS) if random.random() < 0.35 else "")

    def merge(depth: int) -> tuple[str, int]:
        kind = random.choice(("residual", "residual", "projection", "concat", "nested"))
        if kind == "nested" and depth < 3:
            inside, count = merge(depth + 1)
            return f"[ ({layer()} {inside} {layer()}, Empty) ]", count + 3
        if kind == "projection":
            # `conv` is left free, so that it is solved to meet the left lane.
            return f"add(activation=relu) [ ({layer()} {layer()}, conv) ]", 4
        if kind == "concat":
            return f"concat [ ({layer()}, {layer()}) ({layer()}, {layer()}) ]", 5
        return f"[ ({random.choice(_CONVOLUTIONS)} {random.choice(_CONVOLUTIONS)} dropout, Empty) ]", 4

    features = ["input(shape=(224, 224, 3)) conv"]
    left = words - 5
    while left > 0:
        feature, count = merge(1) if left > 12 and random.random() < 0.2 else (layer(), 1)
        if left > 2 and random.random() < 0.1:
            feature, count = feature + random.choice((" dropout", " dropout(rate=0.3)", " max_pooling")), count + 1
        features.append(feature)
        left -= count
    return "\n".join([*features, "flatten dense output"]) + "\n"


def plain(tokens: int) -> str:
    """A network of the paper's grammar without arguments, of so many words and punctuation marks: what peers parse."""
    random = Random(1)
    features, left = ["input"], tokens - 4
    while left > 0:
        feature, count = random.choice(_CONVOLUTIONS), 1
        if left > 12 and random.random() < 0.15:
            feature, count = f"[ ({feature} conv dropout, Empty) (conv, conv) ]", 15
        elif left > 1 and random.random() < 0.2:
            feature, count = f"{feature} {random.choice(('dropout', 'max_pooling'))}", 2
        features.append(feature)
        left -= count
    return "\n".join([*features, "flatten dense output"]) + "\n"


def nested(depth: int) -> str:
    """Residual merges, each inside the left lane of the one before."""
    return f"input conv {'[ (conv ' * depth}conv{', Empty) ]' * depth} flatten dense output\n"
