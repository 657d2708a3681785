"""What a network's parts say, as numbers: each part is an *item*, a few words of which some carry a number.

A convolution with 32 filters may be `[("conv", 0), ("filters", 32), ("padding=same", 0)]`. `meaning` adds up what its
words have learned to mean, so parts that have much in common are close to each other, whatever their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import copysign, log2
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

Item: TypeAlias = Sequence[tuple[str, float]]

#: The column of all words that were not learned.
UNKNOWN = 0


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
        return len(self.words) + 1

    def arrays(self, text: Sequence[Item]) -> dict[str, NDArray[Any]]:
        """A row of items as arrays of the shape (items, words that there are).

        `words` has how often an item says each word and `values` what the word carries in it, by `number`.
        """
        import numpy as np

        words = np.zeros((len(text), len(self)), dtype=np.float32)
        values = np.zeros((len(text), len(self)), dtype=np.float32)
        for place, item in enumerate(text):
            for word, value in item:
                column = self._numbers.get(word, UNKNOWN)
                words[place, column] += 1
                values[place, column] += number(value)
        return {"words": words, "values": values}


def inputs(vocabulary: Vocabulary) -> tuple[Any, Any]:
    """The inputs of a model that reads rows of items: words and values."""
    import keras

    return tuple(keras.Input((None, len(vocabulary)), name=name) for name in ("words", "values"))


def meaning(words: Any, values: Any, units: int) -> Any:
    """For each item the sum over its words of `meaning[word] + value * amount[word]`: (batch, items, units)."""
    from keras import layers

    # As Keras has it for embeddings; a number says nothing before it has been learned what it says.
    meant = layers.Dense(units, use_bias=False, kernel_initializer="random_uniform")(words)
    return meant + layers.Dense(units, use_bias=False, kernel_initializer="zeros")(values)


def present(words: Any) -> Any:
    """1 for each item that is one, 0 for those that only fill up: the shape (batch, items)."""
    from keras import ops

    return ops.cast(ops.any(ops.not_equal(words, 0), axis=-1), "float32")
