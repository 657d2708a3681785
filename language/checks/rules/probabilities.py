"""CNN403: a classifier that gives no probabilities."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity


def check_probabilities(facts: Facts) -> Iterator[Diagnostic]:
    """A classifier gives probabilities (softmax) or logits (linear)."""
    classifier = facts.classifier
    if classifier is None or facts.first("output") is None:  # without output, a dense may still follow
        return
    activation = classifier.arguments.get("activation")
    if activation and activation.value not in ("softmax", "linear"):
        message = (
            f"The last dense is the classifier, and {activation.value} gives no probabilities that add up to 1: "
            "leave activation out (softmax), or write linear for logits."
        )
        fix = Fix("Write activation=softmax", (Edit(activation.span, "activation=softmax"),))
        yield Diagnostic(Code.CLASSIFIER_ACTIVATION, Severity.WARNING, message, activation.span, fixes=(fix,))
