"""Slips of the pen: every way in which a person may spoil a sound program at one place, and tests may draw from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

from cnngen.language import Analysis, Code, Diagnostic, Edit, Severity, Span, analyse
from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.tokens import tokenize
from cnngen.language.syntax.tree import Argument, Item, Layer, Merge, Program, Scalar
from cnngen.language.words.catalogue import WORDS

OTHERS = {"[": "{", "(": "{", "]": "}", ")": "}", ",": ";", "=": ":"}
STRAYS = ("@", ";", "?", "§", "🙂", "->", "#")
WRONG = ("banana", "'x'", "(1, 2, 3, 4)", "2.5.1", "12px")
OUT_OF_RANGE = ("-3", "1e9", "9999999")


class Slip(NamedTuple):
    """One fault: what it is called, and what it does to the text."""

    kind: str
    edits: tuple[Edit, ...]

    @property
    def span(self) -> Span:
        """What it touches."""
        return Span(self.edits[0].span.start, self.edits[-1].span.end)


def applied(text: str, slips: Sequence[Slip]) -> str:
    """The text with all these faults, which must not overlap."""
    edits = [edit for slip in slips for edit in slip.edits]
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def least(text: str, slips: Sequence[Slip]) -> int:
    """How few slips make what these do to a sound text: both marks of a pair may be missing, or another language's."""
    pairs = [slip for slip in _of_marks(text) if slip.kind == "missing pair"]
    together = 0
    for kind in ("missing mark", "mark of another language"):
        spoilt = {slip.span.start for slip in slips if slip.kind == kind}
        together += sum(spoilt >= {edit.span.start for edit in pair.edits} for pair in pairs)
    return len(slips) - together


def moved(offset: int, slips: Sequence[Slip]) -> int:
    """Where an offset of the sound text lies behind these faults."""
    edits = [edit for slip in slips for edit in slip.edits if edit.span.end <= offset and edit.span.start < offset]
    return offset + sum(len(edit.text) - (edit.span.end - edit.span.start) for edit in edits)


def errors(found: Analysis) -> list[Diagnostic]:
    """The reports that count: no warnings."""
    return [diagnostic for diagnostic in found.diagnostics if diagnostic.severity is Severity.ERROR]


def told(found: Analysis) -> list[Diagnostic]:
    """The errors but for those of shapes: behind a fault the images may be others, and then a merge may not fit."""
    return [d for d in errors(found) if d.code not in (Code.JOIN_SHAPES, Code.WINDOW_TOO_LARGE)]


def features(program: Program) -> list[int]:
    """Where the features of a sound program begin: a convolution or merge with its dropout and pooling is one."""
    starts: list[int] = []
    before = ""
    for item in program.items:
        word = item.word.text if isinstance(item, Layer) else "merge"
        follows = word in WORDS and WORDS[word].category in ("dropout", "pooling")
        if not starts or not (follows or (before == "dropout" and word == "dense")):
            starts.append(item.span.start)
        before = word
    return starts


def slips(text: str, random: Random) -> list[Slip]:
    """All slips that a sound text offers; `random` chooses how a word is misspelt and the like."""
    program, _ = parse(text)
    rows: list[Sequence[Item]] = [program.items]
    found = [*_of_marks(text), *_of_stray_text(text, random)]
    for item in program.walk():
        layer = item.join if isinstance(item, Merge) else item
        if isinstance(layer, Layer):
            found += _of_layer(layer, random)
        if isinstance(item, Merge):
            rows += [lane.items for body in item.bodies for lane in body.lanes]
    for row in rows:
        for one, other in pairwise(row):
            if isinstance(one, Layer) and isinstance(other, Layer):
                first, second = text[slice(*one.span)], text[slice(*other.span)]
                found.append(Slip("swapped neighbours", (Edit(one.span, second), Edit(other.span, first))))
    return found


def unclosed_comment(text: str, offset: int) -> Slip:
    """The slip that swallows the rest of a text."""
    return Slip("unclosed comment", (Edit(Span(offset, offset), "/* "),))


def faulty(text: str, slip: Slip) -> bool:
    """Whether a slip makes a sound text unsound, and not only its shapes."""
    return bool(told(analyse(applied(text, [slip]))))


def draw_apart(text: str, count: int, random: Random) -> dict[int, Slip]:
    """Up to `count` faults of a sound text, each in a feature of its own and none in neighbours, by feature."""
    starts = features(parse(text)[0])
    by_feature: dict[int, list[Slip]] = {}
    for slip in slips(text, random):
        first, last = (max(bisect_right(starts, place) - 1, 0) for place in slip.span)
        if first == last:
            by_feature.setdefault(first, []).append(slip)
    drawn: dict[int, Slip] = {}
    for feature in random.sample(sorted(by_feature), len(by_feature)):
        slip = random.choice(by_feature[feature])
        if len(drawn) < count and not {feature - 1, feature + 1} & set(drawn) and faulty(text, slip):
            drawn[feature] = slip
    return dict(sorted(drawn.items()))


def _of_marks(text: str) -> Iterator[Slip]:
    open_ = []
    for token in tokenize(text):
        span, behind = Span(token.start, token.end), Span(token.end, token.end)
        if token.kind in "[](),=":
            yield Slip("missing mark", (Edit(span, " "),))
            yield Slip("double mark", (Edit(behind, token.text),))
            yield Slip("mark of another language", (Edit(span, OTHERS[token.kind]),))
        if token.kind in "([":
            open_.append(span)
        elif token.kind in ")]":
            yield Slip("missing pair", (Edit(open_.pop(), " "), Edit(span, " ")))


def _of_stray_text(text: str, random: Random) -> Iterator[Slip]:
    for token in tokenize(text):
        yield Slip("stray text", (Edit(Span(token.end, token.end), f" {random.choice(STRAYS)} "),))


def _of_layer(layer: Layer, random: Random) -> Iterator[Slip]:
    word = layer.word
    yield Slip("missing word", (Edit(word.span, " "),))
    yield Slip("missing layer", (Edit(layer.span, " "),))
    yield Slip("misspelt word", (Edit(word.span, _misspelt(word.text, random)),))
    end = layer.arguments[-1].span.end if layer.arguments else word.span.end
    unknown = ", colour=3" if layer.arguments else "(colour=3)"
    yield Slip("unknown argument", (Edit(Span(end, end), unknown),))
    for argument in layer.arguments:
        yield from _of_argument(argument, random)


def _of_argument(argument: Argument, random: Random) -> Iterator[Slip]:
    name, value, end = argument.name, argument.value, argument.span.end
    assert name and value
    yield Slip("misspelt name", (Edit(name.span, _misspelt(name.text, random)),))
    yield Slip("missing name", (Edit(name.span, ""),))
    if not (isinstance(value, Scalar) and value.text in WORDS):  # without its name it is a layer
        yield Slip("nameless value", (Edit(Span(name.span.start, value.span.start), ""),))
    yield Slip("missing value", (Edit(value.span, ""),))
    yield Slip("wrong value", (Edit(value.span, random.choice(WRONG)),))
    yield Slip("value out of range", (Edit(value.span, random.choice(OUT_OF_RANGE)),))
    yield Slip("double argument", (Edit(Span(end, end), f", {name.text}=3"),))


def _misspelt(word: str, random: Random) -> str:
    """A word with two letters swapped, one left out or one doubled, as happens in typing."""
    place = random.randrange(1, len(word) - 1)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    ways = (word[:place] + word[place + 1 :], word[: place + 1] + word[place:], swapped)
    return random.choice([way for way in ways if way != word])
