"""Slips of the pen: every single way in which a person may spoil a sound program, one fault each.

A slip is a few edits at one place. `slips` lists all that a text offers; a test draws some that lie apart. What turns
out to be no fault, because the program is still sound, is left to `faulty`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from cnngen.language import Analysis, Edit, Severity, Span, analyse
from cnngen.language.syntax.lookup import parts
from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.tokens import Token, tokenize
from cnngen.language.syntax.tree import Argument, Item, Layer, Merge, Program
from cnngen.language.words.catalogue import WORDS

STRAYS = ("@", ";", "?", "§", "🙂", "->", "#")
BRACKETS = {"[": "]", "(": ")"}


class Slip(NamedTuple):
    """One fault: what it is called, and what it does to the text."""

    kind: str
    edits: tuple[Edit, ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.edits[0].span.start


def applied(text: str, slips: list[Slip]) -> str:
    """The text with all these faults. They must not overlap."""
    edits = sorted((edit for slip in slips for edit in slip.edits), key=lambda edit: edit.span, reverse=True)
    for edit in edits:
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def errors(found: Analysis) -> list:
    """What a fault must be reported by: warnings do not count."""
    return [diagnostic for diagnostic in found.diagnostics if diagnostic.severity is Severity.ERROR]


def features(program: Program) -> list[list[Item]]:
    """The top-level items in groups that belong together: a convolution or merge with its dropout and pooling, and so on."""
    groups: list[list[Item]] = []
    for item in program.items:
        category = WORDS[item.word.text].category if isinstance(item, Layer) else "merge"
        before = groups[-1][-1] if groups else None
        head = isinstance(before, Layer) and before.word.text == "dropout" and category == "dense"
        if groups and (category in ("dropout", "pooling") or head):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _misspelt(word: str, random: Random) -> str:
    """Two letters swapped, one left out or one doubled, as happens in typing."""
    place = random.randrange(1, len(word) - 1) if len(word) > 2 else 0
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    ways = [word[:place] + word[place + 1 :], word[: place + 1] + word[place:], swapped]
    return random.choice([way for way in ways if way != word])


def _mark_slips(tokens: list[Token], text: str) -> Iterator[Slip]:
    open_: list[Token] = []
    for token in tokens:
        if token.kind in "[](),=":
            gone = Edit(Span(token.start, token.end), " ")
            yield Slip("missing mark", (gone,))
            yield Slip("double mark", (Edit(Span(token.end, token.end), token.text),))
        if token.kind in BRACKETS:
            open_.append(token)
        elif token.kind in ("]", ")"):
            opener = open_.pop()
            yield Slip("missing pair", (Edit(Span(opener.start, opener.end), " "), Edit(Span(token.start, token.end), " ")))


def _layer_slips(layer: Layer, random: Random) -> Iterator[Slip]:
    word = layer.word
    yield Slip("missing word", (Edit(word.span, " "),))
    if layer.arguments:
        yield Slip("missing layer", (Edit(layer.span, " "),))
    yield Slip("misspelt word", (Edit(word.span, _misspelt(word.text, random)),))
    at = Span(layer.arguments[-1].span.end, layer.arguments[-1].span.end) if layer.arguments else Span(word.span.end, word.span.end)
    yield Slip("unknown argument", (Edit(at, ", colour=3" if layer.arguments else "(colour=3)"),))
    for argument in layer.arguments:
        yield from _argument_slips(argument, random)


def _argument_slips(argument: Argument, random: Random) -> Iterator[Slip]:
    name, value = argument.name, argument.value
    assert name and value
    yield Slip("misspelt argument", (Edit(name.span, _misspelt(name.text, random)),))
    yield Slip("nameless argument", (Edit(Span(name.span.start, value.span.start), ""),))
    yield Slip("missing name", (Edit(name.span, ""),))
    yield Slip("missing value", (Edit(value.span, ""),))
    yield Slip("wrong value", (Edit(value.span, random.choice(["banana", "'x'", "(1, 2, 3, 4)", "2.5.1", "12px"])),))
    yield Slip("value out of range", (Edit(value.span, random.choice(["-3", "1e9", "9999999"])),))
    again = Span(argument.span.end, argument.span.end)
    yield Slip("double argument", (Edit(again, f", {name.text}={random.choice([1, 2, 'same'])}"),))


def slips(text: str, random: Random) -> list[Slip]:
    """All slips that a sound text offers, in the order of the text. `random` chooses how a word is misspelt and the like."""
    program, _ = parse(text)
    tokens = tokenize(text)
    found = list(_mark_slips(tokens, text))
    for token in tokens:
        found.append(Slip("stray text", (Edit(Span(token.end, token.end), f" {random.choice(STRAYS)} "),)))
    pending = list(program.items)
    pending_lists = [list(program.items)]
    for item in program.walk():
        layer = item.join if isinstance(item, Merge) else item
        if isinstance(layer, Layer):
            found.extend(_layer_slips(layer, random))
        if isinstance(item, Merge):
            pending_lists += [list(lane.items) for body in item.bodies for lane in body.lanes]
    for items in pending_lists:
        for one, other in zip(items, items[1:], strict=False):
            if isinstance(one, Layer) and isinstance(other, Layer):
                written = text[one.span.start : one.span.end], text[other.span.start : other.span.end]
                found.append(Slip("swapped neighbours", (Edit(one.span, written[1]), Edit(other.span, written[0]))))
    return sorted(found, key=lambda slip: (slip.start, slip.kind))


def faulty(text: str, slip: Slip) -> bool:
    """Whether a slip makes a sound text unsound."""
    return bool(errors(analyse(applied(text, [slip]))))
