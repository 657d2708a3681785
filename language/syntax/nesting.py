"""The brackets of any text, sound or not: which belong together, what each holds, and which are still open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cnngen.language.syntax.tokens import Token
from cnngen.language.words.catalogue import WORDS


@dataclass(slots=True, eq=False)
class Bracket:
    """An opening bracket, the commas directly inside, and what closes it, if anything does.

    `head` is the word before it: that of its arguments, or the join of a merge. `around` is the bracket it stands in.
    """

    kind: Literal["merge", "body", "arguments", "tuple"]
    opener: Token
    head: Token | None
    around: Bracket | None
    commas: list[Token] = field(default_factory=list)
    closer: Token | None = None


def brackets(tokens: Iterable[Token]) -> list[Bracket]:
    """All brackets of a text, in its order."""
    return _read(tokens)[0]


def open_brackets(tokens: Iterable[Token]) -> list[Bracket]:
    """The brackets that are open behind these tokens, outermost first.

    A word that can only stand outside of merges says that those before it are open by mistake.
    """
    return _read(tokens, abandon=True)[1]


def innermost(found: Iterable[Bracket], offset: int) -> Bracket | None:
    """The innermost of these brackets around a place; one that nothing closes holds all behind it."""
    around = None
    for bracket in found:
        if bracket.opener.end <= offset and (bracket.closer is None or offset <= bracket.closer.start):
            around = bracket
    return around


def _read(tokens: Iterable[Token], *, abandon: bool = False) -> tuple[list[Bracket], list[Bracket]]:
    found: list[Bracket] = []
    pending: list[Bracket] = []
    head: Token | None = None  # the word, or the join with its arguments, that stands right before
    called = False  # whether it has its arguments
    for token in tokens:
        kind = token.kind
        inside = pending[-1] if pending else None
        before, head = head, None
        callable_, called = before is not None and not called, False
        if kind in ("WORD", "JOIN"):
            listed = inside is not None and inside.kind in ("arguments", "tuple")
            head = None if listed else token
            if abandon and not listed and (word := WORDS.get(token.text)) and word.top_level:
                pending.clear()
        elif kind == "[":
            join = before if before is not None and before.kind == "JOIN" else None
            pending.append(Bracket("merge", token, join, inside))
            found.append(pending[-1])
        elif kind == "(":
            if inside is not None and inside.kind in ("arguments", "tuple"):
                pending.append(Bracket("tuple", token, None, inside))
            else:
                pending.append(
                    Bracket("arguments", token, before, inside) if callable_ else Bracket("body", token, None, inside)
                )
            found.append(pending[-1])
        elif inside is None:
            continue
        elif kind == ",":
            inside.commas.append(token)
        elif kind == ")" and inside.opener.kind == "(":
            inside.closer = token
            pending.pop()
            head, called = inside.head, True
        elif kind == "]":
            merge = next((number for number in reversed(range(len(pending))) if pending[number].kind == "merge"), None)
            if merge is not None:
                pending[merge].closer = token
                del pending[merge:]
    return found, pending
