"""CNN401 and CNN403: what keeps a network from being trained as a classifier."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.words.catalogue import WORDS


def check_classifier(facts: Facts) -> Iterator[Diagnostic]:
    """A classifier ends with dense, and gives probabilities (softmax) or logits (linear)."""
    classifier, last = facts.classifier, facts.first("output")
    if classifier is None:
        if any(facts.first(word.name) for word in WORDS.values() if word.category == "bridge"):
            return  # the check of the order has said that dense is missing
        if last is not None and any(len(part.graph.drafts) > 1 for part in facts.resolution.parts):
            message = "This network is no classifier, so it cannot be trained: add flatten dense before output."
            at = last.layer.span.start
            fix = Fix("Add flatten dense", (Edit(Span(at, at), "flatten dense "),))
            yield Diagnostic(Code.NOT_A_CLASSIFIER, Severity.WARNING, message, last.layer.word.span, fixes=(fix,))
        return
    activation = classifier.arguments.get("activation")
    if last and activation and activation.value not in ("softmax", "linear"):
        message = (
            f"The last dense is the classifier, and {activation.value} gives no probabilities that add up to 1: "
            "leave activation out (softmax), or write linear for logits."
        )
        fix = Fix("Write activation=softmax", (Edit(activation.span, "activation=softmax"),))
        yield Diagnostic(Code.CLASSIFIER_ACTIVATION, Severity.WARNING, message, activation.span, fixes=(fix,))
