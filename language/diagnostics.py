"""What can be said about a program: diagnostics with stable codes, exact places and fixes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cnngen.language.source import Lines, Span


class Severity(StrEnum):
    """How bad it is. An error means that Keras would refuse the program too, or that it cannot be trained."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class Code(StrEnum):
    """The stable codes. A code once published keeps its meaning; the name tells the rule."""

    UNKNOWN_TEXT = "CNN101"
    UNKNOWN_WORD = "CNN102"
    MISSING_PUNCTUATION = "CNN103"
    SURPLUS_PUNCTUATION = "CNN104"
    WORD_ORDER = "CNN105"
    UNCLOSED = "CNN106"
    INCOMPLETE = "CNN107"
    UNKNOWN_ARGUMENT = "CNN201"
    REPEATED_ARGUMENT = "CNN202"
    ARGUMENT_TYPE = "CNN203"
    ARGUMENT_RANGE = "CNN204"
    ARGUMENT_SYNTAX = "CNN205"
    IDLE_ARGUMENT = "CNN206"
    JOIN_SHAPES = "CNN301"
    WINDOW_TOO_LARGE = "CNN302"
    RAW_SKIP = "CNN303"
    DATASET_SHAPE = "CNN304"
    NOT_A_CLASSIFIER = "CNN401"
    CLASSES = "CNN402"
    CLASSIFIER_ACTIVATION = "CNN403"
    TOTAL_DROPOUT = "CNN404"
    TRAINING = "CNN405"
    COST = "CNN501"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that matters for a diagnostic, and why."""

    span: Span
    message: str

    def moved(self, by: int) -> Related:
        """The same place in a text that has `by` characters more before it."""
        return Related(self.span.moved(by), self.message)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `span` by `text`; an empty span inserts."""

    span: Span
    text: str

    def moved(self, by: int) -> Edit:
        """The same edit of a text that has `by` characters more before it."""
        return Edit(self.span.moved(by), self.text)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits, which do not overlap and all count from the text before."""
    pieces: list[str] = []
    end = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return "".join([*pieces, text[end:]])


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would remove the diagnostic. `working_fixes` tells which of those proposed do."""

    title: str
    edits: tuple[Edit, ...]

    def moved(self, by: int) -> Fix:
        """The same change of a text that has `by` characters more before it."""
        return Fix(self.title, tuple(edit.moved(by) for edit in self.edits))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable code, a severity, the exact place, one sentence with the numbers in it.

    `fixes` are proposed by who found it, from what it saw.
    """

    code: Code
    severity: Severity
    message: str
    span: Span
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()

    def moved(self, by: int) -> Diagnostic:
        """The same finding in a text that has `by` characters more before it."""
        related = tuple(place.moved(by) for place in self.related)
        fixes = tuple(fix.moved(by) for fix in self.fixes)
        return Diagnostic(self.code, self.severity, self.message, self.span.moved(by), related, fixes)

    def to_json(self, lines: Lines) -> dict[str, object]:
        """The diagnostic as plain data with protocol ranges, as `cnngen check --format json` prints it."""
        return {
            "code": str(self.code),
            "severity": str(self.severity),
            "message": self.message,
            "range": lines.range(self.span),
            "related": [{"range": lines.range(r.span), "message": r.message} for r in self.related],
            "fixes": [
                {
                    "title": fix.title,
                    "edits": [{"range": lines.range(e.span), "newText": e.text} for e in fix.edits],
                }
                for fix in self.fixes
            ],
        }
