"""What of a program can be relied upon: which nodes are what its author meant, as far as one can tell.

Where a merge lacks brackets, or its lanes do not meet, the network goes on with a guess.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Set
from weakref import WeakSet

from cnngen.language import Analysis, Code, Severity, Span
from cnngen.language.resolve.graph import Draft
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.sections import Section
from cnngen.language.syntax.tree import Layer, Merge, walk
from cnngen.server.features.hover_merge import meets

#: Errors behind which the resolver goes on with a shape of its own making.
_GUESSES = (Code.WINDOW_TOO_LARGE, Code.COST, Code.DATASET_SHAPE)

#: What features became in which nothing was wrong or doubtful.
_sound: WeakSet[Part] = WeakSet()


class Certainty:
    """Of a feature: which of its nodes are what its author meant, and which of its layers are sound."""

    def __init__(self, section: Section, errors: list[int] | None = None, doubtful: Set[int] = frozenset()) -> None:
        self._text = section.feature.text
        self._errors = errors or []
        self._doubtful = doubtful

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong or doubtful, so that what is told of the feature holds wherever it stands."""
        return not self._errors and not self._doubtful

    def of(self, node: int) -> bool:
        """Whether the shape of the feature's node with this number is sure."""
        return node not in self._doubtful

    def reads(self, layer: Layer) -> bool:
        """Whether a layer is written without an error, and its parentheses are closed."""
        return not _any_in(self._errors, layer.span) and _closed(self._text, layer)


def certain(analysis: Analysis) -> Iterator[tuple[Section, Certainty]]:
    """The features of a program, in its order, up to the last that reads what is sure."""
    # An end that is still to come makes nothing wrong that is there.
    errors = [
        found
        for found in analysis.diagnostics
        if found.severity is Severity.ERROR and found.code is not Code.INCOMPLETE
    ]
    starts = sorted(found.span.start for found in errors)
    guesses = sorted(found.span.start for found in errors if found.code in _GUESSES)
    for section in analysis.sections:
        part, inside = section.part, _inside(starts, section)
        if not errors or part is None or (not inside and part in _sound):
            yield section, Certainty(section, inside)
            continue
        doubtful = _doubtful(section, part, _inside(guesses, section))
        if not inside and not doubtful:
            _sound.add(part)
        yield section, Certainty(section, inside, doubtful)
        if part.exit.node in doubtful:
            return


def _doubtful(section: Section, part: Part, guesses: list[int]) -> set[int]:
    """The numbers of the nodes of a feature that are a guess, or read one."""
    broken = [item.span for item in walk((section.feature.item,)) if isinstance(item, Merge) and _broken(item)]
    drafts = part.graph.drafts
    found: set[int] = set()
    for number, draft in enumerate(drafts):
        span = draft.span
        if number and (
            not found.isdisjoint(draft.inputs)
            or not _meets(drafts, draft)
            or (guesses and draft.kind not in ("add", "concat") and _any_in(guesses, span))
            or any(merge.start <= span.start and span.end <= merge.end for merge in broken)
        ):
            found.add(number)
    return found


def _meets(drafts: list[Draft], draft: Draft) -> bool:
    if draft.kind not in ("add", "concat"):
        return True
    left, right = (drafts[source].shape for source in draft.inputs)
    return meets(draft.kind, left, right)


def _inside(starts: list[int], section: Section) -> list[int]:
    """Those of the places that lie in a feature, as its own text counts."""
    span = section.span
    return [start - section.start for start in starts[bisect_left(starts, span.start) : bisect_left(starts, span.end)]]


def _closed(text: str, layer: Layer) -> bool:
    """Whether nothing is open; what the repair closes ends with its last argument or with a comma."""
    last = layer.arguments[-1].span.end if layer.arguments else layer.word.span.end
    return layer.span.end == layer.word.span.end or (last < layer.span.end and text[layer.span.end - 1] == ")")


def _broken(merge: Merge) -> bool:
    return merge.repaired or any(body.repaired or len(body.lanes) != 2 for body in merge.bodies)


def _any_in(starts: list[int], span: Span) -> bool:
    index = bisect_left(starts, span.start)
    return index < len(starts) and starts[index] < span.end
