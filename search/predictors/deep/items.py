"""What a network's parts say, as numbers: each part is an *item*, a few words of which some carry a number.

A convolution with 32 filters may be `[("conv", 0), ("filters", 32), ("padding=same", 0)]`. `Embedding` adds up what its
words have learned to mean, so parts that have much in common are close to each other, whatever their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import copysign, log2
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

Item: TypeAlias = Sequence[tuple[str, float]]

#: The numbers of no word and of a word that was not learned.
NOTHING, UNKNOWN = 0, 1


def number(value: float) -> float:
    """How a number is seen: by its size, since 32 filters are to 16 what 64 are to 32."""
    return copysign(log2(1 + abs(value)), value)


class Vocabulary:
    """The words of the networks that were learned from."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(set(words))
        self._numbers = {word: place for place, word in enumerate(self.words, UNKNOWN + 1)}

    @classmethod
    def of(cls, texts: Iterable[Sequence[Item]]) -> Vocabulary:
        """All words in these rows of items."""
        return cls(word for text in texts for item in text for word, _ in item)

    def __len__(self) -> int:
        return len(self.words) + UNKNOWN + 1

    def arrays(self, texts: Sequence[Sequence[Item]], length: int) -> dict[str, NDArray[Any]]:
        """Rows of items as arrays of the shape (texts, length, most words of an item), cut off at `length`.

        `words` has the words' numbers and `values` what they carry, by `number`.
        """
        import numpy as np

        widest = max((len(item) for text in texts for item in text), default=1)
        words = np.zeros((len(texts), length, widest), dtype=np.int32)
        values = np.zeros((len(texts), length, widest), dtype=np.float32)
        for row, text in enumerate(texts):
            for place, item in enumerate(text[:length]):
                for column, (word, value) in enumerate(item):
                    words[row, place, column] = self._numbers.get(word, UNKNOWN)
                    values[row, place, column] = number(value)
        return {"words": words, "values": values}


@cache
def embedding() -> type:
    """The class of the layer that makes a vector of each item. Keras is loaded when this is called."""
    import keras
    from keras import ops

    class Embedding(keras.layers.Layer):  # type: ignore[misc, name-defined, unused-ignore]
        """For each item the sum over its words of `meaning[word] + value * amount[word]`.

        Reads words and values of the shape (batch, items, words an item) and gives (batch, items, units).
        """

        def __init__(self, words: int, units: int, **options: Any) -> None:
            super().__init__(**options)
            self._meaning = keras.layers.Embedding(words, units)
            # A number says nothing before it has been learned what it says.
            self._amount = keras.layers.Embedding(words, units, embeddings_initializer="zeros")

        def call(self, words: Any, values: Any) -> Any:
            """See the class."""
            there = ops.cast(ops.not_equal(words, NOTHING), "float32")[..., None]
            return ops.sum((self._meaning(words) + values[..., None] * self._amount(words)) * there, axis=2)

    return Embedding


def present(words: Any) -> Any:
    """1 for each item that is one, 0 for those that only fill up: the shape (batch, items)."""
    from keras import ops

    return ops.cast(ops.any(ops.not_equal(words, NOTHING), axis=-1), "float32")
