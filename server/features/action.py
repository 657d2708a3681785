"""What a code action is, and how its change is laid out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from cnngen.language import Analysis, Edit, Span, applied, format_text
from cnngen.server.features.edited import edited, errors

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
    """The edits, with the lines that they touch as the formatter would have them.

    Lines that were not in that layout before are changed no further: whoever has a layout of their own keeps it.
    """
    wanted = sorted(edits, key=lambda edit: edit.span)
    before, after = analysis.text, applied(analysis.text, wanted)
    if not _in_layout(before, [edit.span for edit in wanted]):
        return tuple(wanted)
    shift, places = 0, []
    for edit in wanted:
        start = edit.span.start + shift
        places.append(Span(start, start + len(edit.text)))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    layout = applied(
        after, [hunk for hunk in difference(after, format_text(after).text) if _touches(hunk.span, places)]
    )
    old, new = edited(analysis, wanted), edited(analysis, [Edit(Span(0, len(before)), layout)])
    alike = old.network.hash == new.network.hash and errors(old) == errors(new)
    return difference(before, layout if alike else after)


def difference(before: str, after: str) -> tuple[Edit, ...]:
    """Edits of whole lines, of those that differ."""
    old, new = _LINE.findall(before), _LINE.findall(after)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    return tuple(
        Edit(Span(starts[a], starts[b]), "".join(new[c:d]))
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    )


def _in_layout(text: str, places: list[Span]) -> bool:
    return not any(_touches(hunk.span, places) for hunk in difference(text, format_text(text).text))


def _touches(span: Span, places: list[Span]) -> bool:
    """Whether lines hold one of the places."""
    return any(span.start <= place.end and place.start < max(span.end, span.start + 1) for place in places)
