"""CNN401: a network without a classifier."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.words.catalogue import WORDS


def check_classifier(facts: Facts) -> Iterator[Diagnostic]:
    """A classifier ends with dense."""
    last = facts.first("output")
    if facts.classifier is not None or last is None:
        return
    if any(facts.first(word.name) for word in WORDS.values() if word.category == "bridge"):
        return  # the check of the order has said that dense is missing
    if any(len(part.graph.drafts) > 1 for part in facts.resolution.parts):
        message = "This network is no classifier, so it cannot be trained: add flatten dense before output."
        at = last.layer.span.start
        fix = Fix("Add flatten dense", (Edit(Span(at, at), "flatten dense "),))
        yield Diagnostic(Code.NOT_A_CLASSIFIER, Severity.WARNING, message, last.layer.word.span, fixes=(fix,))
