"""Workspace symbols: each program under its name, with what it is in a word."""

from __future__ import annotations

from dataclasses import dataclass

from cnngen.language import Analysis, Span


@dataclass(frozen=True, slots=True)
class ProgramSymbol:
    """A program: its name, how large it is, and the place of its `input`, or its beginning where it has none."""

    name: str
    detail: str
    span: Span


def program_symbol(analysis: Analysis) -> ProgramSymbol:
    """The symbol of a program. Its layers are those of the network, as in its totals."""
    place = analysis.tree.input
    count = analysis.network.totals.layers
    detail = f"{count:,} layer{'' if count == 1 else 's'}{'' if analysis.ok else ', has errors'}"
    return ProgramSymbol(analysis.network.name, detail, place.word.span if place else Span(0, 0))


def matches(name: str, query: str) -> bool:
    """Whether the characters of a query occur in a name in their order, capitals or not; clients sort what is found."""
    rest = iter(name.casefold())
    return all(character in rest for character in query.casefold())
