"""A part of the network while it grows: drafts of its nodes, and the stream that the next layer reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import NamedTuple

from cnngen.language.network import BYTES_PER_VALUE, Shape
from cnngen.language.resolve.choices import Choice
from cnngen.language.resolve.shapes import Pair
from cnngen.language.source import Span

MANY_PARAMETERS = 50_000_000  # twice those of ResNet-50, in one layer
MUCH_MEMORY = 1 << 28  # bytes of one layer's output for one image: 256 MiB


class Stream(NamedTuple):
    """What flows: the node that gives it, its shape, and how many reductions lie behind it."""

    node: int
    shape: Shape
    reductions: int = 0

    @property
    def size(self) -> Pair:
        """Height and width of an image."""
        return self.shape[:2]  # type: ignore[return-value]


class Draft(NamedTuple):
    """All that makes a node, but for its number and name. Its arguments are spelt out when somebody asks for them."""

    kind: str
    inputs: tuple[int, ...]
    shape: Shape
    params: int
    macs: int
    span: Span
    choice: Choice | None


# The resolver's innermost step, so drafts and streams are made without a Python call each.
_draft: Callable[[tuple[str, tuple[int, ...], Shape, int, int, Span, Choice | None]], Draft]
_draft = partial(tuple.__new__, Draft)
_stream: Callable[[tuple[int, Shape, int]], Stream] = partial(tuple.__new__, Stream)


class Graph:
    """Collects drafts behind the first, which is what they read. `heavy`: one is so large that it should be told."""

    __slots__ = ("drafts", "heavy")

    def __init__(self, place: Span, shape: Shape) -> None:
        self.drafts = [_draft(("input", (), shape, 0, 0, place, None))]
        self.heavy = prod(shape) * BYTES_PER_VALUE > MUCH_MEMORY

    def add(
        self,
        kind: str,
        span: Span,
        inputs: tuple[int, ...],
        shape: Shape,
        reductions: int,
        choice: Choice | None = None,
        params: int = 0,
        macs: int = 0,
    ) -> Stream:
        """Append a node and give the stream behind it."""
        drafts = self.drafts
        node = len(drafts)
        drafts.append(_draft((kind, inputs, shape, params, macs, span, choice)))
        if params > MANY_PARAMETERS or prod(shape) * BYTES_PER_VALUE > MUCH_MEMORY:
            self.heavy = True
        return _stream((node, shape, reductions))
