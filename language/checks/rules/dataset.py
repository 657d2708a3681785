"""CNN304: a data set and a shape that contradict each other, or a path whose shape nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.resolve.shapes import shown
from cnngen.language.words.datasets import DATASETS


def check_dataset(facts: Facts) -> Iterator[Diagnostic]:
    """Compare `dataset` and `shape` of the input."""
    first = facts.first("input")
    if first is None or facts.override is not None:
        return
    given = first.arguments
    dataset, shape = given.get("dataset"), given.get("shape")
    if dataset is None:
        return
    known = DATASETS.get(dataset.value)
    if known and shape and shape.value != known.shape:
        right = f"shape=({', '.join(str(extent) for extent in known.shape)})"
        message = (
            f"The images of {known.name} are {shown(known.shape)}, not {shown(shape.value)}: "
            f"write {right}, or leave it out."
        )
        fix = Fix(f"Write {right}", (Edit(shape.span, right),))
        yield Diagnostic(Code.DATASET_SHAPE, Severity.ERROR, message, shape.span, fixes=(fix,))
    elif known is None and shape is None:
        message = "The images of this path have a shape that only you know: add shape=(height, width, channels)."
        yield Diagnostic(Code.DATASET_SHAPE, Severity.ERROR, message, dataset.span)
