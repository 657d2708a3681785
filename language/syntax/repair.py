"""Repair of a faulty text: the cheapest changes that make it parse, and a report of each.

What is sound is read as it is. At a token that does not fit, the repair goes back a little and weighs all changes
of a few marks, each with its price, until one way to go on is clearly cheaper than the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.syntax.brackets import Brackets
from cnngen.language.syntax.frontier import CAREFUL, HURRIED, Origin, read
from cnngen.language.syntax.memory import Memory
from cnngen.language.syntax.places import Place
from cnngen.language.syntax.prices import NAME, OPENERS
from cnngen.language.syntax.rewriting import Change, Rewriting
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS

#: So many tokens are thought about with care.
_PATIENCE = 3_000


def repair(
    tokens: list[Token], memory: Memory | None = None, brackets: Brackets | None = None
) -> tuple[list[Token], list[Diagnostic]]:
    """Tokens that parse, made from these by the cheapest changes, and a diagnostic for each change.

    `memory` has what was found in texts like this one; it makes no difference but to the time. `brackets` are those of
    the text where they stand: where a line ends, they are likelier to end than elsewhere.
    """
    comment = [tokens[-1]] if tokens and tokens[-1].kind == "UNCLOSED_COMMENT" else []
    # What a comment that never ends has swallowed is not missed.
    rewriting = Rewriting(silent_end=bool(comment))
    _Repair([*tokens[: len(tokens) - len(comment)], END], rewriting, memory or Memory(), brackets or Brackets()).run()
    rewriting.finish()
    return [*rewriting.tokens, *comment], rewriting.diagnostics


class _Repair:
    def __init__(self, tokens: list[Token], rewriting: Rewriting, memory: Memory, around: Brackets) -> None:
        self.tokens = tokens
        self.rewriting = rewriting
        self.memory = memory
        self.around = around
        self.care = CAREFUL
        self.thought = 0

    def run(self) -> None:
        """Read what is sound, and search for a way on where something is not."""
        tokens, outermost = self.tokens, self.memory.begin()
        place, index, last = outermost, 0, len(self.tokens)
        first, item = 0, 0  # what is read but not yet written; where the last top-level item begins
        places: list[Place] = []
        brackets: list[Token] = []  # that are open
        while index < last:
            token = tokens[index]
            following = tokens[index + 1].kind if index + 1 < last else "END"
            if place.parent is None and not place.joins and begins_item(token, following):
                item = index
            step = place.read(token, following) if token is not END else read(place, END, "END")
            endless = bool(brackets) and self.new_line(index) and self.around.abandoned(brackets[-1])
            if step is not None and not step[1] and not endless:
                if token.kind in OPENERS:
                    brackets.append(token)
                elif token.kind in (")", "]"):
                    brackets.pop()
                places.append(place)
                place = step[0]
                index += 1
                continue
            start = max(first, item, index - self.care.look_back)
            self.rewriting.copy(tokens[first:start], places[: start - first])
            if start < index:
                place = outermost if start == item else places[start - first]
            lines = not brackets or not brackets[-1].written or self.around.abandoned(brackets[-1])
            place, index = self.search(place, start, index, endless=endless, lines=lines)
            first, places = index, []
            brackets = list(self.rewriting.open)
        self.rewriting.copy(tokens[first:-1], places[: last - 1 - first])

    # -- the search --------------------------------------------------------------------------------------------

    def new_line(self, index: int) -> bool:
        """Whether a token stands at the very beginning of a line, and may begin an item."""
        token = self.tokens[index]
        begins = token.kind == "[" or token.text in WORDS
        return begins and token.start > 0 and self.around.text[token.start - 1 : token.start] in ("\n", "\r")

    def search(self, place: Place, index: int, failed: int, *, endless: bool, lines: bool) -> tuple[Place, int]:
        """Find the cheapest way on from a place, through the token that failed. Writes it; gives where it ends.

        `endless`: a lane is open that nothing closes, so the search goes on until it is. `lines`: from there on, what
        stands at the beginning of a line is likelier to stand in no merge.
        """
        begun, steps = index, []
        frontier = self.memory.start(place, self.care, self.rewriting.silent_end)
        while index < len(self.tokens):
            new_line = lines and index >= failed and self.new_line(index)
            frontier, origins = self.memory.step(frontier, self.tokens, index, new_line)
            steps.append(origins)
            index += 1
            settled = frontier.settled and not (endless and frontier.ways[0].place.parent)
            if index > failed and (settled or index - begun >= self.care.longest):
                break
        for token, origin in zip(self.tokens[begun:index], _way(steps), strict=True):
            for change in _changes(token, origin):
                self.rewriting.apply(change)
        self.thought += index - begun
        if self.thought > _PATIENCE:
            self.care = HURRIED
        return frontier.ways[0].place, index


def _way(steps: list[tuple[Origin, ...]]) -> list[Origin]:
    """The cheapest way through all steps."""
    way, number = [], 0
    for origins in reversed(steps):
        way.append(origins[number])
        number = origins[number].way
    return way[::-1]


def _changes(token: Token, origin: Origin) -> Iterator[Change]:
    """What is done at a token: marks are put in before it, then it has its own fate."""
    for mark, place in origin.put:
        yield Change("insert", Token("WORD", "", 0, 0) if mark == NAME else Token(mark, mark, 0, 0), place, token)
    read_as = token
    if origin.kind != token.kind:  # a mark for another one, or the word of a join for any
        read_as = token._replace(kind=origin.kind, text=origin.kind if origin.verb == "replace" else token.text)
    yield Change(origin.verb, read_as, origin.place, token)


def begins_item(token: Token, following: str) -> bool:
    """Whether a token begins a top-level item, and nothing of the one before it."""
    if token.kind == "[":
        return following != "WORD"  # else a body lacks its parenthesis, or the word before it has its arguments there
    return token.kind == "JOIN" or (token.kind == "WORD" and token.text in WORDS and following != "=")
