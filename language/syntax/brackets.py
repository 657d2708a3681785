"""Which brackets belong together in a text that may lack some, found once so that the repair need not search."""

from __future__ import annotations

from cnngen.language.syntax.tokens import Token


def closed_brackets(tokens: list[Token]) -> dict[int, int]:
    """For each `[` that a `]` closes, the index of that one."""
    closed: dict[int, int] = {}
    pending: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "[":
            pending.append(index)
        elif token.kind == "]" and pending:
            closed[pending.pop()] = index
    return closed


def argument_ends(tokens: list[Token]) -> dict[int, int]:
    """For each `(`, the index of what ends the arguments that it may begin: its `)`, or any bracket."""
    ends: dict[int, int] = {}
    pending: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "(":
            pending.append(index)
        elif token.kind == ")" and pending:
            ends[pending.pop()] = index
        elif token.kind in ("[", "]"):
            ends.update(dict.fromkeys(pending, index))
            pending.clear()
    return ends
