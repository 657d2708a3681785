"""The little Markdown that the editor shows: made with care for what users write, and readable without its marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_RULE = re.compile(r"\|(?: :?-+:? \|)+")
_CELL = re.compile(r"(?<!\\)\|")


def code(text: str) -> str:
    """A piece of a program. It cannot end its own quotation, nor its line."""
    quoted = "".join(character if character.isprintable() else " " for character in text).replace("`", "'")
    return f"`{quoted}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table; `right` names the columns that align to the right."""
    rule = ["---:" if number in set(right) else ":---" for number, _ in enumerate(head)]
    lines = [rule, *[[cell.replace("|", "\\|") for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, *lines))


def items(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of labels with what is to be said about them."""
    return "\n".join(f"- {label}: {text}" for label, text in pairs)


def plain(markdown: str) -> str:
    """The same text for a client that shows no Markdown: without marks, its tables aligned."""
    lines: list[str] = []
    rows: list[list[str]] = []
    right: set[int] = set()
    for line in [*markdown.split("\n"), ""]:
        if line.startswith("| "):
            cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(line)[1:-1]]
            if _RULE.fullmatch(line):
                right = {number for number, cell in enumerate(cells) if cell.endswith("-:")}
            else:
                rows.append([_without_marks(cell) for cell in cells])
            continue
        lines += _aligned(rows, right)
        rows = []
        lines.append(_without_marks(line))
    return "\n".join(line for line in lines if not line.startswith("```")).strip()


def _without_marks(text: str) -> str:
    return text if text.startswith("```") else re.sub(r"`|\*\*|^#+ ", "", text)


def _aligned(rows: list[list[str]], right: set[int]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=False)]
    return [
        "  ".join(
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=False))
        ).rstrip()
        for row in rows
    ]
