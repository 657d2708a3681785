"""CNN402: the number of classes, said in several places, must be the same in all."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Related, Severity
from cnngen.language.words.datasets import DATASETS


def check_classes(facts: Facts) -> Iterator[Diagnostic]:
    """Compare the data set, `output(classes=…)` and the units of the last dense."""
    first, last = facts.first("input"), facts.first("output")
    said = last.arguments.get("classes") if last else None
    dataset = first.arguments.get("dataset") if first else None
    known = facts.override or (DATASETS.get(dataset.value) if dataset else None)
    if said and known and said.value != known.classes and facts.override is None:
        message = (
            f"{known.name} has {known.classes} classes, not {said.value}: "
            f"write classes={known.classes}, or leave it out."
        )
        fix = Fix(f"Write classes={known.classes}", (Edit(said.span, f"classes={known.classes}"),))
        related = (Related(dataset.span, "the data set"),) if dataset else ()
        yield Diagnostic(Code.CLASSES, Severity.ERROR, message, said.span, related, (fix,))
        return
    classifier = facts.classifier
    units = classifier.arguments.get("units") if classifier else None
    classes = facts.head.classes
    if last and units and units.value != classes:  # without output, a dense may still follow
        source = f"{known.name} has" if known else "there are"
        message = (
            f"The last dense is the classifier and has {units.value} units, but {source} {classes} classes: "
            f"write units={classes}, or leave it out."
        )
        fix = Fix(f"Write units={classes}", (Edit(units.span, f"units={classes}"),))
        place = said or dataset
        related = (Related(place.span, "the classes"),) if place else ()
        yield Diagnostic(Code.CLASSES, Severity.ERROR, message, units.span, related, (fix,))
