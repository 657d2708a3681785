"""What makes a network the same as another, whatever their texts: its graph, in one order, and the hash of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Raised whenever the same network gets another hash; part of what is hashed.
IDENTITY_VERSION = 2

#: Names of the same function, and no activation at all.
_SAME = {"swish": "silu", None: "linear"}

#: A layer as it counts here: what it does, and the layers that it reads, by number.
Labelled = tuple[str, Sequence[int]]


def label(kind: str, args: Mapping[str, Any]) -> str:
    """What a layer does, in one line that is the same for all that do the same."""
    told = sorted((name, _SAME.get(value, value) if name == "activation" else value) for name, value in args.items())
    return f"{kind} {told}"


def network_hash(layers: Iterable[Labelled], input_shape: Sequence[int], classes: int) -> str:
    """SHA-256 of a network in hexadecimal, from its layers, each behind those that it reads.

    Names of layers, training and the data set's name are no part of it. The operands of a sum have no order, so
    neither do its lanes here; those of a concatenation have one.
    """
    import hashlib  # it loads OpenSSL, and few analyses are asked for a hash

    labels: list[str] = []
    reads: list[Sequence[int]] = []
    for text, inputs in layers:
        labels.append(text)
        reads.append(inputs)
    _order_sums(labels, reads)

    lines = [f"cnngen {IDENTITY_VERSION} {tuple(input_shape)} {classes}"]
    numbers = [-1] * len(labels)
    for root in range(len(labels) - 1, -1, -1):  # one, the last, in a sound network
        path = [root] if numbers[root] < 0 else []
        while path:
            layer = path[-1]
            inputs = reads[layer]
            for before in inputs:
                if numbers[before] < 0:
                    path.append(before)
                    break
            else:
                path.pop()
                numbers[layer] = len(lines) - 1
                if len(inputs) == 1:  # as most have
                    lines.append(f"{labels[layer]} [{numbers[before]}]")
                else:
                    lines.append(f"{labels[layer]} {[numbers[before] for before in inputs]}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _order_sums(labels: Sequence[str], reads: list[Sequence[int]]) -> None:
    """Put what sums read into an order that follows from what leads to each operand."""
    from hashlib import md5

    sums = [layer for layer, text in enumerate(labels) if text.startswith("add ")]
    if not sums:
        return
    marks: list[bytes] = []  # of each layer with all that leads to it
    for layer in range(sums[-1] + 1):
        text, inputs = labels[layer], reads[layer]
        if len(inputs) == 1:  # as most have
            led = marks[inputs[0]]
        else:
            if text.startswith("add "):
                reads[layer] = inputs = sorted(inputs, key=marks.__getitem__)
            led = b"".join([marks[i] for i in inputs])
        marks.append(md5(led + text.encode(), usedforsecurity=False).digest())
