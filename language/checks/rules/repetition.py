"""CNN105: `training` and `defaults` may stand only once."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Related, Severity


def check_repetition(facts: Facts) -> Iterator[Diagnostic]:
    """Report every second one: only the first counts."""
    for word in ("training", "defaults"):
        layers = [mention.layer for mention in facts.outline.mentions(word)]
        for layer in layers[1:]:
            message = f"'{word}' stands here a second time, and only the first counts: remove this one."
            related = (Related(layers[0].span, "the first"),)
            fix = Fix("Remove it", (Edit(layer.span, ""),))
            yield Diagnostic(Code.WORD_ORDER, Severity.ERROR, message, layer.word.span, related, (fix,))
