"""Checks beyond order, arguments and shapes, one rule a module. Each gives what it finds and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cnngen.language.checks.rules.classes import check_classes
from cnngen.language.checks.rules.classifier import check_classifier
from cnngen.language.checks.rules.cost import check_cost
from cnngen.language.checks.rules.dataset import check_dataset
from cnngen.language.checks.rules.facts import Facts
from cnngen.language.checks.rules.probabilities import check_probabilities
from cnngen.language.checks.rules.raw_skip import check_raw_skip
from cnngen.language.checks.rules.repetition import check_repetition
from cnngen.language.checks.rules.training import check_training
from cnngen.language.diagnostics import Diagnostic

#: Over a whole program, resolved.
RULES: tuple[Callable[[Facts], Iterable[Diagnostic]], ...] = (
    check_dataset,
    check_classes,
    check_classifier,
    check_probabilities,
    check_raw_skip,
    check_repetition,
    check_training,
    check_cost,
)

__all__ = ["RULES", "Facts"]
