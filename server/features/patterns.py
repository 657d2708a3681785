"""What completion can write where a word, a merge or a body may stand, the most likely first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cnngen.language.syntax.places import SEVERAL, sort
from cnngen.language.syntax.tokens import tokenize
from cnngen.language.words.catalogue import WORDS

Sort = Literal["layer", "merge", "program", "hyper-parameter", "choice", "number"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What can be written under a label; blanks stand between `<` and `>`. What is `alike` fits or fails together."""

    label: str
    marked: str
    alike: str
    subject: str
    sort: Sort = "merge"


def looks(marked: str) -> str:
    """What a repair of brackets and commas sees of a pattern: those that look alike are repaired alike."""
    tokens = tokenize(re.sub("[<>]", "", marked))
    return " ".join("several" if token.text in SEVERAL else sort(token.kind, token.text) for token in tokens)


def _single(name: str, marked: str | None = None) -> Pattern:
    word = WORDS[name]
    alike = name if name in ("upconv", "sepconv") else word.category
    return Pattern(name, marked or name, alike, name, "layer" if word.kinds else "program")


_MERGES = (
    Pattern("residual", "[ (<conv conv>, Empty) ]", "residual", "add"),
    Pattern("projection", "[ (<conv conv>, <conv>) ]", "projection", "add"),
    Pattern("concat", "concat [ (<conv>, <conv(kernel_size=5)>) ]", "concat", "concat"),
    Pattern("add", "add(activation=<relu>) [ (<conv conv(activation=linear)>, Empty) ]", "residual", "add"),
    Pattern("two bodies", "[ (<conv>, Empty) (<conv>, Empty) ]", "residual", "add"),
)
BODIES = (
    Pattern("(conv, Empty)", "(<conv>, Empty)", "Empty", "add"),
    Pattern("(conv conv, Empty)", "(<conv conv>, Empty)", "Empty", "add"),
    Pattern("(conv, conv)", "(<conv>, <conv>)", "conv", "add"),
)
NETWORK = Pattern(
    "network",
    "input(dataset=<mnist>)\nconv max_pooling\nconv max_pooling\nflatten\ndense\noutput\n",
    "network",
    "input",
    "program",
)
_HEAD = (
    _single("input"),
    NETWORK,
    _single("training", "training(epochs=<36>)"),
    _single("defaults", "defaults(activation=<relu>)"),
)
_FIRST = tuple(map(_single, ("conv", "convbn")))
_FURTHER = tuple(map(_single, ("max_pooling", "avg_pooling", "dropout")))
_RARER = tuple(map(_single, ("bnconv", "sepconv", "upconv")))
_TAIL = tuple(map(_single, ("flatten", "global_avg_pooling", "global_max_pooling", "dense", "output")))
_LAYERS = (*_FIRST, *_FURTHER, *_MERGES, *_RARER)
#: The most likely first, for the program and for each lane.
LIKELY = {
    None: (*_HEAD, *_LAYERS, *_TAIL),
    "left": _LAYERS,
    "right": (_single("Empty"), *_FIRST, *_RARER),
}
