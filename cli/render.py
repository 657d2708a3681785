"""Diagnostics as people read them in a terminal: the sentence, the place, the source line with carets, the fixes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from cnngen.cli.output import Paint, Style, painter, visible, write
from cnngen.language import Severity, Span, with_working_fixes

if TYPE_CHECKING:
    from cnngen.language import Analysis, Diagnostic, Lines

_STYLES = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.INFORMATION: Style.NOTE}

#: How many characters of a source line are shown; of a longer one, the part around the place.
_WINDOW = 100
_BEFORE = 40


def render(diagnostic: Diagnostic, lines: Lines, label: str, paint: Paint) -> str:
    """One diagnostic as a block of lines; `label` is what the file is called."""
    style = _STYLES[diagnostic.severity]
    spans = [diagnostic.span, *(related.span for related in diagnostic.related)]
    gutter = max(len(str(lines.position(span.start, "utf-32").line + 1)) for span in spans)
    margin = " " * gutter
    block = [
        paint(style, f"{diagnostic.severity}[{diagnostic.code}]")
        + paint(Style.STRONG, f": {visible(diagnostic.message)}"),
        f"{margin}{paint(Style.FRAME, '-->')} {place(lines, diagnostic.span, label)}",
        *_snippet(lines, diagnostic.span, "^", style, gutter, paint),
    ]
    for related in diagnostic.related:
        where = place(lines, related.span, label)
        block += [
            f"{margin}{paint(Style.FRAME, ':::')} {where}: {visible(related.message)}",
            *_snippet(lines, related.span, "-", Style.FRAME, gutter, paint),
        ]
    for fix in diagnostic.fixes:
        block.append(f"{margin} {paint(Style.FRAME, '=')} {paint(Style.STRONG, 'help')}: {visible(fix.title)}")
    return "\n".join(block)


def place(lines: Lines, span: Span, label: str) -> str:
    """`file:line:column`, counted from 1 and in characters, as editors and terminals understand it."""
    position = lines.position(span.start, "utf-32")
    return f"{visible(label)}:{position.line + 1}:{position.character + 1}"


def report(analysis: Analysis, label: str) -> None:
    """Write the diagnostics of a program to standard error, for commands whose answer is something else."""
    paint = painter(sys.stderr)
    for diagnostic in with_working_fixes(analysis, analysis.diagnostics):
        write(render(diagnostic, analysis.lines, label, paint) + "\n", sys.stderr)


def tally(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty when there is nothing to count."""
    found = [diagnostic.severity for diagnostic in diagnostics]
    names = ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFORMATION, "note"))
    return ", ".join(counted(found.count(severity), name) for severity, name in names if severity in found)


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _snippet(lines: Lines, span: Span, mark: str, style: Style, gutter: int, paint: Paint) -> list[str]:
    """The source line of a span with marks under it; of a span over several lines, the first and the last."""
    empty = f"{' ' * gutter} {paint(Style.FRAME, '|')}"
    first = lines.position(span.start, "utf-32")
    last = lines.position(max(span.start, span.end), "utf-32")
    if last.line > first.line and last.character == 0:
        # A span that takes a line's end with it ends on that line for the reader.
        last = last._replace(line=last.line - 1, character=len(lines.line(last.line - 1)))
    rows = [empty]
    for number in dict.fromkeys((first.line, last.line)):
        content = lines.line(number)
        start = first.character if number == first.line else len(content) - len(content.lstrip())
        end = last.character if number == last.line else len(content)
        shown, marks = _underlined(content, start, max(end, start + 1), mark)
        if number > first.line + 1:
            rows.append(paint(Style.FRAME, "..."))
        rows += [
            f"{paint(Style.FRAME, f'{number + 1:>{gutter}} |')} {shown}".rstrip(),
            f"{empty} {marks[: len(marks) - len(marks.lstrip())]}{paint(style, marks.lstrip())}",
        ]
    return rows


def _underlined(content: str, start: int, end: int, mark: str) -> tuple[str, str]:
    """A line as shown, and the marks under its characters from `start` to `end`."""
    left = max(0, start - _BEFORE) if len(content) > _WINDOW else 0
    right = min(len(content), left + _WINDOW)
    before, within = _shown(content[left:start]), _shown(content[start : min(end, right)])
    after = _shown(content[min(end, right) : right])
    lead = "…" if left else ""
    shown = lead + before + within + after + ("…" if right < len(content) else "")
    return shown, " " * (_cells(lead) + _cells(before)) + mark * max(1, _cells(within))


def _shown(text: str) -> str:
    return visible(text.replace("\t", "    "))


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
