"""From the language's values to the protocol's, in the units of position that the client counts in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lsprotocol import types

from cnngen.language import Analysis, Diagnostic, Edit, Encoding, Position, Severity, Span, pages
from cnngen.language.diagnostics import Code
from cnngen.server.documents import Document
from cnngen.server.features.markdown import plain

SOURCE = "cnngen"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
}

#: What an editor may grey out: it counts for nothing. The first of repeated arguments holds.
_UNNECESSARY = {Code.SURPLUS_PUNCTUATION, Code.REPEATED_ARGUMENT}


def prose(markdown: str, formats: Sequence[types.MarkupKind] | None) -> types.MarkupContent:
    """Markdown for a client that says it shows it; its words alone for others."""
    if types.MarkupKind.Markdown in (formats or ()):
        return types.MarkupContent(types.MarkupKind.Markdown, markdown)
    return types.MarkupContent(types.MarkupKind.PlainText, plain(markdown))


@dataclass(frozen=True, slots=True)
class View:
    """One analysed version of a document as one client counts it."""

    document: Document
    analysis: Analysis
    encoding: Encoding

    def range(self, span: Span) -> types.Range:
        """A span of the text as a range."""
        return types.Range(self.position(span.start), self.position(span.end))

    def plain_range(self, span: Span) -> dict[str, Any]:
        """The same for a plain answer."""
        position, encoding = self.analysis.lines.position, self.encoding
        (line, character), (last, end) = position(span.start, encoding), position(span.end, encoding)
        return {"start": {"line": line, "character": character}, "end": {"line": last, "character": end}}

    def plain_position(self, offset: int) -> dict[str, int]:
        """A position for a plain answer."""
        line, character = self.analysis.lines.position(offset, self.encoding)
        return {"line": line, "character": character}

    def position(self, offset: int) -> types.Position:
        """An offset into the text as a position."""
        line, character = self.analysis.lines.position(offset, self.encoding)
        return types.Position(line, character)

    def span(self, place: types.Range) -> Span:
        """A range as a span of the text."""
        start, end = (Position(point.line, point.character) for point in (place.start, place.end))
        lines = self.analysis.lines
        return Span(lines.offset(start, self.encoding), lines.offset(end, self.encoding))

    def offset(self, place: types.Position) -> int:
        """A position as an offset into the text."""
        return self.analysis.lines.offset(Position(place.line, place.character), self.encoding)

    def diagnostic(self, found: Diagnostic, *, related: bool) -> types.Diagnostic:
        """A diagnostic; `related` tells whether the client shows other places with it."""
        places = [
            types.DiagnosticRelatedInformation(types.Location(self.document.uri, self.range(other.span)), other.message)
            for other in found.related
        ]
        return types.Diagnostic(
            range=self.range(found.span),
            message=found.message,
            severity=_SEVERITIES[found.severity],
            code=str(found.code),
            source=SOURCE,
            code_description=_page_of(found.code),
            tags=[types.DiagnosticTag.Unnecessary] if found.code in _UNNECESSARY else None,
            related_information=places if related and places else None,
        )

    def diagnostics(self, *, related: bool) -> list[types.Diagnostic]:
        """All diagnostics of the document."""
        return [self.diagnostic(found, related=related) for found in self.analysis.diagnostics]

    def workspace_edit(self, edits: Iterable[Edit], *, versioned: bool) -> types.WorkspaceEdit:
        """Edits of this document. With `versioned`, the client refuses them when its text has changed meanwhile."""
        changes = [types.TextEdit(self.range(edit.span), edit.text) for edit in edits]
        uri, version = self.document.uri, self.document.version
        if not versioned:
            return types.WorkspaceEdit(changes={uri: changes})
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, changes)])


@cache
def _page_of(code: Code) -> types.CodeDescription | None:
    """The page about a code: the file that came with this server, which every editor can open, online or not."""
    page = Path(pages.__file__).with_name(f"{code}.md")
    return types.CodeDescription(page.as_uri()) if page.is_file() else None
