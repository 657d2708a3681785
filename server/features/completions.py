"""Completion: what may be written at a place, by the grammar and by the shapes."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.language import Analysis, Edit, Node
from cnngen.language.expected import Bodies, Names, Values, Words, expected_at
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.lookup import path_at
from cnngen.language.syntax.tree import Layer, Merge
from cnngen.server.features.completion_arguments import name_proposals, value_proposals
from cnngen.server.features.completion_words import word_proposals
from cnngen.server.features.patterns import BODIES
from cnngen.server.features.proposals import Candidate, Fitting, Proposal

#: Characters that open the list by themselves. A space does so only behind one of the others: Enter would take the
#: first proposal where a line was to end.
TRIGGERS = ("(", "[", ",", "=", " ")


def completions(analysis: Analysis, offset: int) -> list[Proposal]:
    """What may be written at an offset, the most likely first. None of it adds an error, blanks as they stand."""
    place = expected_at(analysis, offset)
    if place is None:
        return []
    fitting = Fitting(analysis, place)
    match place.kind:
        case Words() as words:
            return word_proposals(words, fitting)
        case Bodies():
            return fitting.best(map(Candidate, BODIES))
        case Names() as names:
            return name_proposals(names, fitting)
        case Values() as values:
            return value_proposals(values, fitting)


def opens(analysis: Analysis, offset: int) -> bool:
    """Whether a space before the offset opens the list: in arguments, and where a lane begins."""
    return analysis.text[:offset].rstrip(" ")[-1:] in ("(", "[", ",", "=")


def outcome(analysis: Analysis, proposal: Proposal) -> str:
    """The shape that the layer or merge of a proposal would have; empty where there is none."""
    after = analysis.edited([Edit(proposal.span, proposal.text)])
    nodes = _nodes_at(after, proposal.span.start)
    return shown(nodes[-1].shape) if nodes else ""


def _nodes_at(analysis: Analysis, start: int) -> Sequence[Node]:
    """The nodes of the innermost layer or merge around a place, of those that begin there the outermost."""
    path = [part for part in path_at(analysis.tree, start) if isinstance(part, (Layer, Merge))]
    begins = [part for part in path if part.span.start == start]
    part = begins[0] if begins else path[-1] if path else None
    if isinstance(part, Merge):
        return analysis.nodes_of(part.bodies[-1]) if part.bodies else ()
    return analysis.nodes_of(part) if part else ()
