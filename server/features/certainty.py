"""What of a program can be relied upon: which nodes are what its author meant, as far as one can tell.

Where a merge lacks brackets, or its lanes do not meet, the network goes on with a guess.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

from cnngen.language import Analysis, Code, Node, Severity, Span
from cnngen.language.syntax.tree import Layer, Merge
from cnngen.server.features.hover_merge import meets

#: Errors behind which the resolver goes on with a shape of its own making.
_GUESSES = (Code.WINDOW_TOO_LARGE, Code.COST, Code.DATASET_SHAPE)


class Certainty:
    """Which nodes of a program are what its author meant, as far as one can tell."""

    def __init__(self, analysis: Analysis) -> None:
        # An end that is still to come makes nothing wrong that is there.
        errors = [
            found
            for found in analysis.diagnostics
            if found.severity is Severity.ERROR and found.code is not Code.INCOMPLETE
        ]
        self._text = analysis.text
        self._errors = sorted(found.span.start for found in errors)
        self._guesses = sorted(found.span.start for found in errors if found.code in _GUESSES)
        self._doubtful: set[int] = set()
        if errors:
            broken = [item.span for item in analysis.tree.walk() if isinstance(item, Merge) and _broken(item)]
            # In the order of the text: how far the merges reach that begin up to each of them.
            self._begins = [span.start for span in broken]
            self._reaches = list(accumulate((span.end for span in broken), max))
            self._spread(analysis.network.nodes)

    def of(self, node: Node) -> bool:
        """Whether the node's shape is sure."""
        return node.id not in self._doubtful

    def reads(self, layer: Layer) -> bool:
        """Whether a layer is written without an error, and its parentheses are closed."""
        return not _any_in(self._errors, layer.span) and _closed(self._text, layer)

    def _spread(self, nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            joins = node.kind in ("add", "concat")
            doubtful = (
                any(source in self._doubtful for source in node.inputs)
                or (joins and not meets(node, *(nodes[source].shape for source in node.inputs)))
                or (not joins and _any_in(self._guesses, node.span))
                or self._in_broken(node.span)
            )
            if doubtful:
                self._doubtful.add(node.id)

    def _in_broken(self, span: Span) -> bool:
        before = bisect_right(self._begins, span.start)
        return before > 0 and span.end <= self._reaches[before - 1]


def _closed(text: str, layer: Layer) -> bool:
    """Whether nothing is open; what the repair closes ends with its last argument or with a comma."""
    last = layer.arguments[-1].span.end if layer.arguments else layer.word.span.end
    return layer.span.end == layer.word.span.end or (last < layer.span.end and text[layer.span.end - 1] == ")")


def _broken(merge: Merge) -> bool:
    return merge.repaired or any(body.repaired or len(body.lanes) != 2 for body in merge.bodies)


def _any_in(starts: list[int], span: Span) -> bool:
    index = bisect_left(starts, span.start)
    return index < len(starts) and starts[index] < span.end
