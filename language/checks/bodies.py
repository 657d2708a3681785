"""The bodies of a merge: two lanes each, and in each lane the words that it may hold, in their order."""

from __future__ import annotations

from cnngen.language.checks.order import LEFT, RIGHT, check_sequence
from cnngen.language.checks.recognition import Recognition, recognise
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Lane, Merge


def check_bodies(merge: Merge, known: Recognition, diagnostics: list[Diagnostic]) -> None:
    """Check one merge, not those inside it; what its lanes hold is noted in `known`."""
    if not merge.bodies and not merge.repaired:
        message = "A merge needs at least one body: write [ (conv, Empty) ]."
        at = merge.bracket.end
        fix = Fix("Insert (conv, Empty)", (Edit(Span(at, at), " (conv, Empty)"),))
        diagnostics.append(Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, merge.bracket, fixes=(fix,)))
    for body in merge.bodies:
        _check_body(body, known, diagnostics)


def _check_body(body: Body, known: Recognition, diagnostics: list[Diagnostic]) -> None:
    for lane in body.lanes:
        for item in lane.items:
            recognise(item, known, diagnostics)
    closing = body.span.end - 1
    if len(body.lanes) < 2 and not body.unfinished:
        fix = Fix("Insert ', Empty'", (Edit(Span(closing, closing), ", Empty"),))
        message = "A body has two lanes, a left and a right one: ',' and the right lane are missing."
        diagnostics.append(
            Diagnostic(Code.MISSING_PUNCTUATION, Severity.ERROR, message, Span(closing, body.span.end), fixes=(fix,))
        )
    for lane in body.lanes[2:]:
        fix = Fix("Remove this lane", (Edit(Span(body.lanes[1].span.end, closing), ""),))
        message = "A body has two lanes: this one is too many."
        diagnostics.append(Diagnostic(Code.SURPLUS_PUNCTUATION, Severity.ERROR, message, lane.span, fixes=(fix,)))
    for lane, automaton, least in zip(body.lanes, (LEFT, RIGHT), ("conv", "Empty"), strict=False):
        kinds = [known.category(item) for item in lane.items]
        walk = check_sequence(kinds, lane.items, automaton, diagnostics)
        known.misplaced.update(lane.items[index] for index in walk.misplaced)
        if "end" not in automaton[walk.state] and not body.unfinished and not _has_unknown(lane, known):
            what = "a convolution or a merge" if least == "conv" else "a convolution or Empty"
            side = "left" if least == "conv" else "right"
            message = f"The {side} lane needs {what}."
            at = lane.span.end
            fix = Fix(f"Insert {least}", (Edit(Span(at, at), f" {least}"),))
            span = lane.span if lane.items else Span(at, at + 1)
            diagnostics.append(Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, span, fixes=(fix,)))


def _has_unknown(lane: Lane, known: Recognition) -> bool:
    """Whether something in the lane was reported already, so that the lane is not judged for lacking it."""
    return any(item in known.misplaced or known.category(item) is None for item in lane.items)
