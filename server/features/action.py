"""What a code action is, and how its change is laid out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from cnngen.language import Analysis, Edit, Span, applied
from cnngen.language.formatting.formatter import blocks_at

#: The kinds of actions, in the protocol's dotted names: a client may ask for one, or for all below it.
REWRITE = "refactor.rewrite"
FIX_ALL = "source.fixAll.cnngen"
EXPLICIT = "source.explicit.cnngen"
INFERRED = "source.inferred.cnngen"
FORMAT = "source.format.cnngen"
KINDS = (REWRITE, FIX_ALL, EXPLICIT, INFERRED, FORMAT)

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+\Z")


@dataclass(frozen=True, slots=True)
class Action:
    """A change that can be had. `edits` works it out, which may take longer than to offer it."""

    title: str
    kind: str
    edits: Callable[[], tuple[Edit, ...]]


def laid_out(analysis: Analysis, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits, with the features that they touch as the formatter would have them.

    Where those were not in that layout before nothing else is changed: whoever has a layout of their own keeps it.
    """
    wanted = sorted(edits, key=lambda edit: edit.span)
    before = blocks_at(analysis, [edit.span for edit in wanted])
    if any(block.text != analysis.text[block.begin : block.end] for block in before):
        return tuple(wanted)
    shift, places = 0, []
    for edit in wanted:
        start = edit.span.start + shift
        places.append(Span(start, start + len(edit.text)))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    after = analysis.edited(wanted)
    layout = [Edit(Span(block.begin, block.end), block.text) for block in blocks_at(after, places)]
    return difference(analysis.text, applied(after.text, layout))


def difference(before: str, after: str) -> tuple[Edit, ...]:
    """Edits of whole lines, of those that differ."""
    old, new = _LINE.findall(before), _LINE.findall(after)
    alike = next(
        (n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    starts = [sum(map(len, old[:alike]))]
    del old[:alike], new[:alike]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    for line in old:
        starts.append(starts[-1] + len(line))
    return tuple(
        Edit(Span(starts[a], starts[b]), "".join(new[c:d]))
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    )
