"""Completion of words: layers, merges, and what begins or ends a program."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from functools import partial

from cnngen.language.expected import Words
from cnngen.language.syntax.tree import Item, Layer, Merge
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.patterns import LIKELY, NETWORK, Pattern
from cnngen.server.features.proposals import Candidate, Fitting, Proposal


def word_proposals(words: Words, fitting: Fitting) -> list[Proposal]:
    """What may stand among the items of a program or lane."""
    behind = fitting.analysis.text[fitting.span.end : fitting.span.end + 1]
    tail = " " if behind.isalnum() or behind == "_" else ""
    patterns = [pattern for pattern in map(partial(_fitted, words), LIKELY[words.lane]) if pattern]
    if words.before is not None and _is(words.before, "dense"):
        patterns.sort(key=lambda pattern: pattern.label != "output")
    found = fitting.best(Candidate(pattern, tail, _harmless(pattern, words)) for pattern in patterns)
    labels = {proposal.label for proposal in found}
    return found + fitting.best(Candidate(pattern, tail) for pattern in _as_wide(words, fitting, patterns, labels))


def _as_wide(words: Words, fitting: Fitting, patterns: Iterable[Pattern], found: Container[str]) -> Iterator[Pattern]:
    """The convolutions that do not fit as they are, with as many filters as what stands before them has channels."""
    before = words.before
    part = before.bodies[-1] if isinstance(before, Merge) and before.bodies else before
    nodes = fitting.analysis.nodes_of(part) if part and not words.layer.arguments else ()
    for pattern in patterns:
        if nodes and pattern.label not in found and pattern.alike in ("convolution", "sepconv"):
            marked = f"{pattern.label}(filters=<{nodes[-1].shape[-1]}>)"
            yield replace(pattern, marked=marked, alike=f"{pattern.alike} as wide")


def _fitted(words: Words, pattern: Pattern) -> Pattern | None:
    """A pattern as the grammar lets it stand there, if it does."""
    first = "[" if pattern.sort == "merge" else pattern.subject
    taken = {argument.name.text for argument in words.layer.arguments if argument.name}
    if words.layer.arguments and (pattern.label != pattern.marked or not all(map(WORDS[first].hyperparameter, taken))):
        return None  # other arguments are there already
    if first in ("training", "defaults") and first in words.kinds:
        return None
    if pattern is NETWORK:
        return pattern if len(words.kinds) == 1 else None
    if words.allows(first):
        return pattern
    bridge = first != "[" and WORDS[first].category == "bridge"
    return replace(pattern, marked=f"{first} dense") if bridge and words.allows(first, "dense") else None


def _harmless(pattern: Pattern, words: Words) -> bool:
    """Whether a pattern that the grammar allows cannot spoil any shape."""
    if words.layer.arguments:
        return False
    if words.lane is not None:
        return pattern.alike == "dropout"
    keeps = pattern.alike in ("residual", "dropout") or pattern.sort == "program"
    return keeps or WORDS[pattern.subject].category in ("bridge", "dense")


def _is(item: Item, word: str) -> bool:
    return isinstance(item, Layer) and item.word.text == word
