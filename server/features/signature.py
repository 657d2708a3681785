"""Signature help: the hyper-parameters of the word whose arguments are being written, and the one at hand.

What is written just now is rarely whole, and the repair of `conv(filters=8, conv` may well take the comma for that of a
merge. So this looks at the tokens before the cursor rather than at the tree.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import takewhile

from cnngen.language import Analysis
from cnngen.language.syntax.tokens import Token, tokenize
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.synonyms import suggest
from cnngen.server.features.figures import as_written
from cnngen.server.features.hover_parameter import entry

#: Characters behind the cursor that are searched for the other arguments of the same word.
_AHEAD = 1_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One hyper-parameter: where it stands in the signature's label, from and to, and its reference as Markdown."""

    label: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What a word takes. `active` is the index of the parameter at the cursor; None when it takes none."""

    label: str
    text: str
    parameters: tuple[Parameter, ...]
    active: int | None


def signature(analysis: Analysis, offset: int) -> Signature | None:
    """The signature of the word inside whose parentheses a cursor stands, closed or not; None elsewhere."""
    tokens = _tokens_around(analysis, offset)
    here = sum(token.start < offset for token in tokens)
    opener = _opener(tokens, here)
    if opener is None:
        return None
    word = _word(tokens[opener - 1])
    if word is None:
        return None
    word = _fitting(word, analysis, {token.text for token in tokens[opener:]})
    label = f"{word.name}("
    parameters: list[Parameter] = []
    for known in word.hyperparameters:
        label += ", " if parameters else ""
        shown = _shown(known)
        parameters.append(Parameter((len(label), len(label) + len(shown)), entry(word, known.name)))
        label += shown
    return Signature(f"{label})", word.doc, tuple(parameters), _active(tokens, opener, here, word))


def _fitting(word: Word, analysis: Analysis, written: set[str]) -> Word:
    """The word without what means nothing beside the choices made, as a momentum with adam, unless it is written."""
    if not any(known.goes_with for known in word.hyperparameters):
        return word
    training = analysis.network.training
    fitting = (known for known in word.hyperparameters if known.name in written or training.applies(known.name))
    return replace(word, hyperparameters=tuple(fitting))


def _tokens_around(analysis: Analysis, offset: int) -> list[Token]:
    """The tokens of the items around a cursor: a word and what the tree makes of its parentheses may be two."""
    starts = takewhile(lambda start: start < offset, (item.span.start for item in analysis.tree.items))
    start = next(iter(deque(starts, 2)), 0)
    return [
        token._replace(start=token.start + start, end=token.end + start)
        for token in tokenize(analysis.text[start : offset + _AHEAD])
    ]


def _opener(tokens: list[Token], here: int) -> int | None:
    """The index of the parenthesis that opened the arguments in which the tokens before `here` end."""
    depth = 0
    for index in range(here - 1, 0, -1):
        token, before = tokens[index], tokens[index - 1]
        if token.kind == ")":
            depth += 1
        elif token.kind == "(" and depth:
            depth -= 1
        elif token.kind == "(" and before.kind != "=":  # else a pair of values
            return index if before.kind in ("WORD", "JOIN") else None
        elif token.kind in ("[", "]", "UNCLOSED_COMMENT") or (not depth and _next_layer(tokens, index)):
            return None
    return None


def _next_layer(tokens: list[Token], index: int) -> bool:
    """Whether a word is a layer behind arguments that lack their end, and neither a name nor a value."""
    token, before = tokens[index], tokens[index - 1]
    named = index + 1 < len(tokens) and tokens[index + 1].kind == "="
    return token.text in WORDS and before.kind != "=" and not named


def _word(token: Token) -> Word | None:
    return WORDS.get(token.text) or WORDS.get(suggest(token.text) or "")


def _active(tokens: list[Token], opener: int, here: int, word: Word) -> int | None:
    """The parameter at the cursor: by the name that stands there, else by its place among the commas."""
    names = [known.name for known in word.hyperparameters]
    slots = _slots(tokens, opener)
    place = max(index for index, (begin, _) in enumerate(slots) if begin <= here)
    begin, end = slots[place]
    taken = {tokens[first].text for number, (first, _) in enumerate(slots) if number != place and first < len(tokens)}
    begun = tokens[begin].text if begin < end else ""
    if begun in names:
        return names.index(begun)
    free = [index for index, name in enumerate(names) if name not in taken]
    behind = [index for index in free if index >= place]
    like = [index for index in free if begun and names[index].startswith(begun)]
    return next(iter([*like, *behind, *free]), None)


def _slots(tokens: list[Token], opener: int) -> list[tuple[int, int]]:
    """The arguments behind a parenthesis, as ranges of tokens; one may be empty, as behind a last comma."""
    slots: list[tuple[int, int]] = []
    begin, depth = opener + 1, 0
    for index in range(opener + 1, len(tokens)):
        kind = tokens[index].kind
        if kind in ("[", "]") or (kind == ")" and not depth) or (not depth and _next_layer(tokens, index)):
            return [*slots, (begin, index)]
        depth += (kind == "(") - (kind == ")")
        if kind == "," and not depth:
            slots.append((begin, index))
            begin = index + 1
    return [*slots, (begin, len(tokens))]


def _shown(parameter: HyperParameter) -> str:
    return parameter.name if parameter.default is None else f"{parameter.name}={as_written(parameter.default)}"
