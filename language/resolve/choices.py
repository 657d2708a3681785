"""What a word says by itself, and what is decided for it where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from typing import Any, NamedTuple

from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Window
from cnngen.language.words.catalogue import WORDS

#: Values by name, and why each that is not written is what it is.
Values = tuple[dict[str, Any], dict[str, str]]


@dataclass(eq=False)
class Meaning:
    """A word with its written values, the same for all layers of a program that are alike.

    `defaults` are what the program's `defaults(…)` say; `window` is what is written of it, None for words that have
    none.
    """

    word: str
    category: str | None
    written: dict[str, Any]
    defaults: dict[str, Any]
    window: Window | None

    def settled(self, *names: str) -> Values:
        """Hyper-parameters that no solving touches: they are written, or `defaults` has them, or they are as usual."""
        values: dict[str, Any] = {}
        inferred: dict[str, str] = {}
        for name in names:
            if name in self.written:
                values[name] = self.written[name]
            elif name in self.defaults:
                values[name], inferred[name] = self.defaults[name], "from defaults(…)"
            else:
                parameter = WORDS[self.word].hyperparameter(name)
                values[name], inferred[name] = parameter.default if parameter else None, "the usual value"
        return values, inferred

    @cached_property
    def kept(self) -> Window:
        """Rule 1: the window with which the layer keeps the size, as far as what is written lets it."""
        assert self.window
        return self.window.filled(self._usual_kernel, (1, 1), "same")

    def usual(self, size: Pair) -> Window:
        """Rule 3: the window that the layer has where nothing asks for another."""
        window, kernel = self._usual, self._usual.kernel
        assert window.strides and window.padding and kernel and self.window
        if kernel[0] <= size[0] and kernel[1] <= size[1]:
            return window
        if self.window.padding == "valid" and self.window.kernel is None and not window.transposed:
            kernel = min(kernel[0], size[0]), min(kernel[1], size[1])
            return self.window.filled(kernel, kernel if self.category == "pooling" else window.strides, "valid")
        return self.window.filled(kernel, window.strides, "same")

    @cached_property
    def _usual(self) -> Window:
        """Rule 3 where the image is larger than the window."""
        assert self.window
        kernel, pooling = self.window.kernel or self._usual_kernel, self.category == "pooling"
        strides = kernel if pooling else (2, 2) if self.window.transposed else (1, 1)
        return self.window.filled(kernel, strides, self.defaults.get("padding", "valid" if pooling else "same"))

    @property
    def _usual_kernel(self) -> Pair:
        name, common = ("pool_size", (2, 2)) if self.category == "pooling" else ("kernel_size", (3, 3))
        kernel: Pair = self.defaults.get(name, common)
        return kernel

    @cached_property
    def use_bias(self) -> bool:
        """Whether a bias is added."""
        return bool(self.settled("use_bias")[0]["use_bias"])


class Why(Enum):
    """Why free values of a window are what they are."""

    USUAL = "the usual value"
    KEPT = "keeps the shape of the lane"
    SOLVED = "solved, so that the lanes of the merge meet"


class Choice(NamedTuple):
    """What is decided for a word, or for the join of a merge.

    `width` are its filters or units; `given` says that the merge, or the number of classes, asks for them, otherwise
    they follow from the `reductions` before it.
    """

    meaning: Meaning
    window: Window | None = None
    why: Why = Why.USUAL
    width: int = 0
    given: bool = False
    reductions: int = 0


#: A choice made without a Python call, for the innermost step of the resolver.
make_choice: Callable[[tuple[Meaning, Window | None, Why, int, bool, int]], Choice] = partial(tuple.__new__, Choice)
