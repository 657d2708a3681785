"""What stands together on a line: a convolution or merge with its dropout and pooling, a classifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnngen.language.syntax.tree import Item, Layer
from cnngen.language.words.catalogue import WORDS

#: What stands on the line of the item before it, if that is one of these.
_CONTINUES = {
    "dropout": ("convolution", "merge"),
    "pooling": ("convolution", "merge", "dropout"),
    "dense": ("dropout",),
}


def continues(category: str, before: str) -> bool:
    """Whether a word of one category stands on the line of an item of another, `merge` among them, before it."""
    return before in _CONTINUES.get(category, ())


def features(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items that stand together on a line: a convolution or merge with its dropout and pooling, a classifier."""
    feature: list[Item] = []
    for item in items:
        if feature and not continues(category(item), category(feature[-1])):
            yield feature
            feature = []
        feature.append(item)
    if feature:
        yield feature


def category(item: Item) -> str:
    """What an item is, `merge` among the categories."""
    return WORDS[item.word.text].category if isinstance(item, Layer) else "merge"
