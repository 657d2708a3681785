"""An editor for tests: a real client that talks to a real server process over its pipes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, LanguageClient, register_lsp_features


class Editor(LanguageClient):
    """A client that remembers what the server pushed, version by version."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.finished: list[Any] = []
        self.changed: list[str] = []
        self.versions: dict[str, int] = {}
        self.registered: list[types.Registration] = []
        self.settings: dict[str, Any] = {}
        self.asked_for_settings = 0
        self.refreshed = 0
        self.lenses_refreshed = 0
        features = {
            **DEFAULT_CLIENT_FEATURES,
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: _published,
            types.CLIENT_REGISTER_CAPABILITY: _register,
            types.WORKSPACE_CONFIGURATION: _configuration,
            types.WORKSPACE_DIAGNOSTIC_REFRESH: _refresh,
            types.WORKSPACE_CODE_LENS_REFRESH: _refresh_lenses,
        }
        register_lsp_features(self, features)
        self.feature("cnngen/trainingFinished")(_finished)
        self.feature("cnngen/runsChanged")(_changed)

    async def begin(
        self,
        options: dict[str, Any] | None = None,
        encodings: list[str] | None = None,
        *,
        pulls: bool = False,
        folders: Sequence[Path] = (),
        settings: dict[str, Any] | None = None,
    ) -> Any:
        """Begin the session as an editor that can do all that this server makes use of.

        With `pulls` it asks for diagnostics; with `settings` it answers what the user has set, by folder's URI or "".
        """
        if settings is not None:
            self.settings = settings
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=encodings),
            text_document=types.TextDocumentClientCapabilities(
                publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True),
                diagnostic=types.DiagnosticClientCapabilities() if pulls else None,
            ),
            window=types.WindowClientCapabilities(
                work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(support=True)
            ),
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
                workspace_folders=True,
                configuration=settings is not None,
                did_change_configuration=types.DidChangeConfigurationClientCapabilities(dynamic_registration=True),
                did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
                diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
                code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
            ),
        )
        return await self.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                initialization_options=options,
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
            )
        )

    def type_in(self, uri: str, text: str) -> None:
        """Open a document."""
        self.versions[uri] = 1
        self.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "cnn", 1, text)))

    def edit(self, uri: str, start: tuple[int, int], end: tuple[int, int], text: str) -> int:
        """Replace what lies between two positions; returns the document's new version."""
        self.versions[uri] += 1
        change = types.TextDocumentContentChangePartial(
            range=types.Range(types.Position(*start), types.Position(*end)), text=text
        )
        identifier = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
        return self.versions[uri]

    async def found(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """What was pushed for a version of a document, the newest by default; waits for it."""
        wanted = self.versions[uri] if version is None else version
        found: list[types.PublishDiagnosticsParams] = []

        def pushed() -> bool:
            found[:] = [p for p in self.published if p.uri == uri and p.version == wanted]
            return bool(found)

        await until(pushed)
        return list(found[-1].diagnostics)

    async def pulled(self, uri: str, previous: str | None = None) -> Any:
        """The report of a document's diagnostics, asked for."""
        identifier = types.TextDocumentIdentifier(uri)
        params = types.DocumentDiagnosticParams(identifier, previous_result_id=previous)
        return await self.text_document_diagnostic_async(params)

    async def pulled_all(self, previous: dict[str, str] | None = None) -> dict[str, Any]:
        """The reports of the workspace's diagnostics, by URI."""
        known = [types.PreviousResultId(uri, value) for uri, value in (previous or {}).items()]
        answer = await self.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known))
        reports = {report.uri: report for report in answer.items}
        assert len(reports) == len(answer.items), "one report a document"
        return reports

    async def command(self, name: str, *arguments: Any) -> Any:
        """Execute a command of the server."""
        return await self.workspace_execute_command_async(types.ExecuteCommandParams(name, list(arguments)))

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The server's process."""
        assert self._server is not None
        return self._server


def _published(client: Editor, params: types.PublishDiagnosticsParams) -> None:
    client.published.append(params)


def _register(client: Editor, params: types.RegistrationParams) -> None:
    client.registered += params.registrations


def _configuration(client: Editor, params: types.ConfigurationParams) -> list[Any]:
    client.asked_for_settings += 1
    return [client.settings.get(item.scope_uri or "", client.settings.get("")) for item in params.items]


def _refresh(client: Editor, params: None) -> None:
    client.refreshed += 1


def _refresh_lenses(client: Editor, params: None) -> None:
    client.lenses_refreshed += 1


def _finished(client: Editor, params: Any) -> None:
    client.finished.append(params)


def _changed(client: Editor, params: Any) -> None:
    client.changed.append(params.directory)


async def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for something that is sure to come; fails when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
