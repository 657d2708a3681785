"""What the searches of a repair have found, kept for the next text: it has most of its tokens in common with this one.

A search depends on where it begins and on the tokens that it looks at. Where these are as before, so is what it finds.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from cnngen.language.syntax.places import Place
from cnngen.language.syntax.rewriting import Change, Verb
from cnngen.language.syntax.tokens import Token

#: So many searches are kept; then all are forgotten, for most of them are about texts long gone.
MOST = 5_000
#: A search looks at so many tokens before its first one and behind its last one.
_AROUND = 2

#: A token without its place: its kind and text, and whether it touches the one before it.
_Look = tuple[str, str, bool]


class Found(NamedTuple):
    """What a search has found: the changes, how many tokens they read, and the place behind them."""

    changes: list[Change]
    read: int
    place: Place


class _Kept(NamedTuple):
    """A search that was made. Each change goes with the next token, but for an insertion, which stands before it."""

    looks: list[_Look]
    changes: list[tuple[Verb, str, str, Place]]
    read: int
    place: Place


class Memory:
    """The searches of the last texts. Places of these texts are the same objects if they are the same place."""

    def __init__(self) -> None:
        self.outermost = Place.outermost()
        self._kept: dict[Hashable, list[_Kept]] = {}
        #: How many are kept.
        self.count = 0

    def begin(self) -> Place:
        """Where a text begins; forgets what has become too much."""
        if self.count > MOST:
            Memory.__init__(self)
        return self.outermost

    def known(self, start: Hashable, tokens: Sequence[Token], index: int) -> Found | None:
        """What a search from the token with this index finds, if one like it was made."""
        for kept in self._kept.get(start, ()):
            if _looks(tokens, index, kept.read) == kept.looks:
                return Found(_placed(kept.changes, tokens, index), kept.read, kept.place)
        return None

    def keep(self, start: Hashable, tokens: Sequence[Token], index: int, found: Found) -> None:
        """Keep what a search has found. `start` has all that it depends on, but for the tokens."""
        changes = [(change.verb, change.token.kind, change.token.text, change.place) for change in found.changes]
        kept = _Kept(_looks(tokens, index, found.read), changes, found.read, found.place)
        self._kept.setdefault(start, []).append(kept)
        self.count += 1


def _looks(tokens: Sequence[Token], index: int, read: int) -> list[_Look]:
    first = max(index - _AROUND, 0)
    seen = tokens[first : index + read + _AROUND]
    ends = [tokens[first - 1].end if first else -1, *(token.end for token in seen)]
    return [(kind, text, start == end) for (kind, text, start, _), end in zip(seen, ends, strict=False)]


def _placed(changes: list[tuple[Verb, str, str, Place]], tokens: Sequence[Token], index: int) -> list[Change]:
    """Changes as those of tokens at other places of a text."""
    found = []
    for verb, kind, text, place in changes:
        at = tokens[index]
        if verb == "insert":
            found.append(Change(verb, Token(kind, text, 0, 0), place, at))
            continue
        found.append(Change(verb, at if at.kind == kind else Token(kind, text, at.start, at.end), place, at))
        index += 1
    return found
