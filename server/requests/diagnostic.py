"""`textDocument/diagnostic` and `workspace/diagnostic`: diagnostics for clients that ask for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsprotocol import types

from cnngen.server.convert import SOURCE
from cnngen.server.documents import Document, Outdated
from cnngen.server.files import path_of_file, uri_of

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Answer for one document and for all."""
    options = types.DiagnosticOptions(identifier=SOURCE, inter_file_dependencies=False, workspace_diagnostics=True)
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(document_diagnostic)
    server.feature(types.WORKSPACE_DIAGNOSTIC)(workspace_diagnostic)


async def document_diagnostic(ls: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """The diagnostics of a document; of one that is not open, those of its file, if it is in the workspace."""
    uri = params.text_document.uri
    if document := ls.documents.get(uri):
        if document.digest == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(document.digest)
        return types.RelatedFullDocumentDiagnosticReport(await _found(ls, document), result_id=document.digest)
    path = path_of_file(uri)
    if path not in await _programs(ls) or path is None or (report := await ls.reports.of(path)) is None:
        return types.RelatedFullDocumentDiagnosticReport([])
    if report.result_id == params.previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(report.result_id)
    return types.RelatedFullDocumentDiagnosticReport(report.items, result_id=report.result_id)


async def workspace_diagnostic(ls: Server, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    """The diagnostics of all open documents and of all programs of the workspace, in so far as they are news.

    A file that is gone gets a last, empty report.
    """
    known = {unquote(before.uri): before.value for before in params.previous_result_ids}
    answer: list[types.WorkspaceDocumentDiagnosticReport] = []
    for document in ls.documents.all():
        uri, version, result_id = document.uri, document.version, document.digest
        if known.pop(unquote(uri), None) == result_id:
            answer.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, result_id, version))
            continue
        try:
            found = await _found(ls, document)
        except Outdated:
            continue  # It is being edited, and its editor asks for it by itself.
        answer.append(types.WorkspaceFullDocumentDiagnosticReport(uri, found, version, result_id=result_id))
    programs = await _programs(ls)
    ls.reports.keep(programs)
    for path in programs:
        uri = uri_of(path)
        if ls.documents.get(uri) or (report := await ls.reports.of(path)) is None or ls.documents.get(uri):
            continue
        if known.pop(unquote(uri), None) == report.result_id:
            answer.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, report.result_id))
        else:
            full = types.WorkspaceFullDocumentDiagnosticReport(uri, report.items, result_id=report.result_id)
            answer.append(full)
    gone = [before.uri for before in params.previous_result_ids if unquote(before.uri) in known]
    answer += [types.WorkspaceFullDocumentDiagnosticReport(uri, []) for uri in gone if not ls.documents.get(uri)]
    return types.WorkspaceDiagnosticReport(answer)


async def _programs(ls: Server) -> list[Path]:
    """The programs that are checked without being open."""
    return await ls.folders.programs() if ls.settings.workspace_diagnostics else []


async def _found(ls: Server, document: Document) -> list[types.Diagnostic]:
    return (await ls.view(document)).diagnostics(related=ls.shows_related)
