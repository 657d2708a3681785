"""An editor for tests: a real client that talks to a real server process over its pipes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
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
        self.versions: dict[str, int] = {}
        features = {**DEFAULT_CLIENT_FEATURES, types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: _published}
        register_lsp_features(self, features)
        self.feature("cnngen/trainingFinished")(_finished)

    async def begin(self, options: dict[str, Any] | None = None, encodings: list[str] | None = None) -> Any:
        """Begin the session as an editor that can do all that this server makes use of."""
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=encodings),
            text_document=types.TextDocumentClientCapabilities(
                publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True)
            ),
            window=types.WindowClientCapabilities(
                work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(support=True)
            ),
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
            ),
        )
        return await self.initialize_session(
            types.InitializeParams(capabilities=capabilities, initialization_options=options)
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


def _finished(client: Editor, params: Any) -> None:
    client.finished.append(params)


async def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for something that is sure to come; fails when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
