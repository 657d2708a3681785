"""The typed syntax tree: what the text says, with the span of every part, sound or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from cnngen.language.records import record
from cnngen.language.source import Span

# Trees nest as deep as their text, so nothing here compares, prints or hashes by content: identity is enough.


@record
class Scalar:
    """A number, a name or a quoted string, as written."""

    text: str
    span: Span


@record
class Tuple:
    """Several scalars in parentheses, such as `(3, 3)`."""

    items: tuple[Scalar, ...]
    span: Span


Value: TypeAlias = Scalar | Tuple


@record
class Argument:
    """`name=value`. One of the two is None where the text lacks it."""

    name: Scalar | None
    value: Value | None
    span: Span


@record
class Layer:
    """A word with its arguments; also `input`, `output`, `training`, `defaults`, `Empty` and a merge's join."""

    word: Scalar
    arguments: tuple[Argument, ...]
    span: Span


@record
class Stray:
    """Text that is no word of any language, a comment that never ends, or arguments without a word."""

    text: str
    span: Span
    arguments: tuple[Argument, ...] = ()


@record
class Lane:
    """The layers of one side of a merge's body."""

    items: tuple[Item, ...]
    span: Span


@record
class Body:
    """`(left, right)`; a faulty text may have fewer or more lanes.

    `repaired`: a bracket of it was missing. `unfinished`: nothing closes it, nor its merge: somebody is writing it.
    """

    lanes: tuple[Lane, ...]
    span: Span
    repaired: bool = False
    unfinished: bool = False


@record
class Merge:
    """`[ body … ]`, with the word and arguments of its join where they are written.

    `bracket` is the span of the `[`. `repaired`: one of the brackets was missing.
    """

    join: Layer | None
    bodies: tuple[Body, ...]
    bracket: Span
    span: Span
    repaired: bool = False


Item: TypeAlias = Layer | Merge | Stray


@record
class Program:
    """A whole text. Its items may be parsed when they are looked at."""

    items: Sequence[Item]

    def first(self, word: str) -> Layer | None:
        """The first top-level layer with this word."""
        for item in self.items:
            if isinstance(item, Layer) and item.word.text == word:
                return item
        return None

    @property
    def input(self) -> Layer | None:
        """The `input` of the program, where code lenses stand."""
        return self.first("input")

    def walk(self) -> Iterator[Item]:
        """All items in the order of the text, a merge before what it holds."""
        return walk(self.items)


def walk(items: Sequence[Item]) -> Iterator[Item]:
    """Items and all inside them in the order of the text, a merge before what it holds. Safe for any depth."""
    pending: list[Item] = list(reversed(items))
    while pending:
        item = pending.pop()
        yield item
        if isinstance(item, Merge):
            lanes = [lane for body in item.bodies for lane in body.lanes]
            for lane in reversed(lanes):
                pending.extend(reversed(lane.items))
