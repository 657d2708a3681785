"""What a word says by itself, and what is decided for it where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Window
from cnngen.language.words.catalogue import WORDS

#: Values by name, and why each that is not written is what it is.
Values = tuple[dict[str, Any], dict[str, str]]


class Step(NamedTuple):
    """A layer of a lane as the planner sees it. `usual` and `kept` are its window by rule 3 and by rule 1."""

    free: Window
    usual: Window
    kept: Window


@dataclass(eq=False)
class Meaning:
    """A word with its written values, the same for all layers of a program that are alike.

    `defaults` are what the program's `defaults(…)` say; `window` is what is written of it, None for words that have
    none; `steps` are those that were asked for, by the size of the image.
    """

    word: str
    category: str | None
    written: dict[str, Any]
    defaults: dict[str, Any]
    window: Window | None
    steps: dict[Pair, Step] = field(default_factory=dict)

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
