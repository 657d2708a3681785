"""CNN404: a dropout that drops everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnngen.language.checks.arguments import Written
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity


def check_dropout(word: str, arguments: Mapping[str, Written]) -> Iterator[Diagnostic]:
    """Look for rate=1: nothing behind such a layer can learn."""
    rate = arguments.get("rate")
    if rate and rate.value == 1 and word in ("dropout", "defaults"):
        message = "A dropout rate of 1 drops everything, so the network cannot learn: write less, such as rate=0.5."
        fix = Fix("Write rate=0.5", (Edit(rate.span, "rate=0.5"),))
        yield Diagnostic(Code.TOTAL_DROPOUT, Severity.WARNING, message, rate.span, fixes=(fix,))
