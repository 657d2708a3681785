"""Formatting as an editor wants it: the lines that change, so that cursors, marks and folds elsewhere stay."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from cnngen.language.analysis import Analysis
from cnngen.language.diagnostics import Edit
from cnngen.language.formatting.comments import LINE_END
from cnngen.language.formatting.formatter import Block, blocks_at, lay_out
from cnngen.language.source import Span

#: Lines that are compared one by one, old times new. Beyond, they change in one edit: comparing takes their product.
_COMPARED = 1_000_000


def formatting_edits(analysis: Analysis, within: Span | None = None) -> list[Edit]:
    """The changes that lay out a program; none where it has syntax errors.

    With `within`, those of the features and comments of the top level that it touches, each with the white space
    before it (and behind the last one). Every other byte stays.
    """
    blocks = lay_out(analysis).blocks if within is None else blocks_at(analysis, [within])
    return [edit for block in blocks for edit in _line_edits(analysis.text, block)]


def _line_edits(text: str, block: Block) -> Iterator[Edit]:
    old = text[block.begin : block.end]
    if old == block.text:
        return
    before, after = _lines(old), _lines(block.text)
    starts = [block.begin]
    for line in before:
        starts.append(starts[-1] + len(line))
    if len(before) * len(after) > _COMPARED:
        yield Edit(Span(block.begin, block.end), block.text)
        return
    for change, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if change != "equal":
            yield Edit(Span(starts[i], starts[j]), "".join(after[k:m]))


def _lines(text: str) -> list[str]:
    """The lines with their ends."""
    edges = [0, *(end.end() for end in LINE_END.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]
