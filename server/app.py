"""The server: which requests it answers, and what each hands to whom."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import attrs
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from cnngen.language import Analysis, Encoding
from cnngen.server import requests
from cnngen.server.configuration import Configuration
from cnngen.server.convert import View
from cnngen.server.documents import Document, Documents, Outdated
from cnngen.server.errors import CommandFailed, Unsurprising
from cnngen.server.features.lenses import GENERATE, SHOW_REPORT, TRAIN
from cnngen.server.files import read
from cnngen.server.folders import Folders
from cnngen.server.generation import generate_keras
from cnngen.server.pictures import Pictures
from cnngen.server.predictions import Predictions
from cnngen.server.protocol import Protocol
from cnngen.server.publishing import Publisher
from cnngen.server.reports import Reports
from cnngen.server.results import Results
from cnngen.server.settings import Settings
from cnngen.server.training import Trainings

_log = logging.getLogger("cnngen.server")


class Server(LanguageServer):  # type: ignore[misc]
    """The language server: what its handlers share."""

    def __init__(self) -> None:
        super().__init__("cnngen", _version(), protocol_cls=Protocol)
        self.configuration = Configuration(self)
        self.folders = Folders()
        self.reports = Reports(self)
        self.pictures = Pictures()
        self.publisher = Publisher(self)
        self.trainings = Trainings(self)
        self.results = Results()
        self.predictions = Predictions()
        self._stale = False
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def documents(self) -> Documents:
        """The open documents."""
        documents: Documents = self.protocol.documents
        return documents

    @property
    def settings(self) -> Settings:
        """The settings of the window; `configuration.of` has those of a document."""
        return self.configuration.window

    @property
    def encoding(self) -> Encoding:
        """The units in which this client counts positions."""
        agreed = self.workspace.position_encoding
        encoding: Encoding = getattr(agreed, "value", agreed)
        return encoding

    @property
    def shows_related(self) -> bool:
        """Whether the client shows other places with a diagnostic."""
        document = self.client_capabilities.text_document
        diagnostics = document.publish_diagnostics if document else None
        return bool(diagnostics and diagnostics.related_information)

    @property
    def asks_for_diagnostics(self) -> bool:
        """Whether the client pulls diagnostics, so that none need be pushed."""
        document = self.client_capabilities.text_document
        return bool(document and document.diagnostic)

    @property
    def edits_versions(self) -> bool:
        """Whether the client takes edits that are for one version of a document only."""
        workspace = self.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        return bool(edit and edit.document_changes)

    @property
    def shows_progress(self) -> bool:
        """Whether the client shows progress that the server begins."""
        window = self.client_capabilities.window
        return bool(window and window.work_done_progress)

    def document(self, uri: str) -> Document:
        """The newest text behind a URI: the editor's, else the disk's. Raises CommandFailed."""
        return self.documents.get(uri) or read(uri)

    async def view(self, document: Document) -> View:
        """A document, analysed. Raises Outdated when it was edited meanwhile."""
        return View(document, await self.documents.analysis(document), self.encoding)

    async def view_of(self, uri: str) -> View | None:
        """The newest version of an open document, analysed; None when it is not open, or was edited meanwhile."""
        document = self.documents.get(uri)
        try:
            return await self.view(document) if document else None
        except Outdated:
            return None

    async def analysis_of(self, uri: str) -> Analysis:
        """The analysis of the newest text behind a URI, whatever is typed meanwhile. Raises CommandFailed."""
        while True:
            try:
                return await self.documents.analysis(self.document(uri))
            except Outdated:
                continue

    def refresh_code_lenses(self) -> None:
        """Have the client ask for code lenses again, where it can."""
        workspace = self.client_capabilities.workspace
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    def refresh_inlay_hints(self) -> None:
        """Have the client ask for inlay hints again, where it can."""
        workspace = self.client_capabilities.workspace
        if workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)

    def show_document(self, uri: str) -> None:
        """Ask the client to open a file, where it can."""
        window = self.client_capabilities.window
        if window and window.show_document and window.show_document.support:
            self.window_show_document(types.ShowDocumentParams(uri=uri, take_focus=True))

    def refresh_diagnostics(self) -> None:
        """Have a client that pulls diagnostics pull them again."""
        workspace = self.client_capabilities.workspace
        if not (workspace and workspace.diagnostics and workspace.diagnostics.refresh_support):
            return
        self._stale = True
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(self.log_failure)

    async def _refresh(self) -> None:
        """One request at a time, for a client may never answer; another one when there was a reason meanwhile."""
        while self._stale:
            self._stale = False
            await self.workspace_diagnostic_refresh_async(None)

    def log(self, message: str) -> None:
        """Write to the log, which editors show as the server's output."""
        _log.warning("%s", message)

    def log_failure(self, task: asyncio.Task[Any]) -> None:
        """Log why a task failed, if it did. Nobody else would hear of it."""
        if not task.cancelled() and (error := task.exception()):
            _log.error("A task of the server failed", exc_info=error)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """A fault of the server goes to its log; pygls would show each in a message box."""
        if not isinstance(error, CommandFailed):
            _log.error("%s: %s", getattr(source, "__name__", source), error, exc_info=error)


def make_server() -> Server:
    """A server with all its features, ready to be started."""
    logging.getLogger("pygls.protocol.json_rpc").addFilter(Unsurprising())
    # Each number in an answer would be validated, which takes half the time of an outline. What comes in is clamped.
    attrs.validators.set_disabled(True)
    server = Server()
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.SHUTDOWN)(shutdown)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)(cancel_progress)
    server.command(GENERATE)(generate)
    server.command(TRAIN)(train)
    server.command(SHOW_REPORT)(show_report)
    requests.register(server)
    return server


# pygls reads these signatures when the server starts: a first parameter `ls` is the server.


def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Take in what the user has set, and which folders are open."""
    ls.protocol.trace = params.trace or types.TraceValue.Off
    ls.configuration.begin(params.initialization_options)


def shutdown(ls: Server, _params: None) -> None:
    """Leave the trainings that go on to the next server."""
    ls.trainings.end()


def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Say at once what is wrong with an opened program."""
    document = ls.documents.get(params.text_document.uri)
    if document and not ls.asks_for_diagnostics:
        ls.publisher.schedule(document)


def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Say what is wrong now."""
    document = ls.documents.get(params.text_document.uri)
    if document and not ls.asks_for_diagnostics:
        ls.publisher.schedule(document)


def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """A closed document has no diagnostics."""
    if not ls.asks_for_diagnostics:
        ls.publisher.clear(params.text_document.uri)


def cancel_progress(ls: Server, params: types.WorkDoneProgressCancelParams) -> None:
    """The cancel button of a training's progress."""
    ls.trainings.cancel(params.token)


async def generate(ls: Server, *arguments: Any) -> dict[str, Any]:
    """The command `cnngen.generateKeras [uri]`."""
    return await generate_keras(ls, _uri(arguments))


async def train(ls: Server, *arguments: Any) -> dict[str, Any]:
    """The command `cnngen.train [uri, options?]`."""
    uri = _uri(arguments)
    settings = ls.configuration.of(uri).updated(arguments[1] if len(arguments) > 1 else None)
    # Trust is the workspace's, which a caller of a command cannot give.
    return await ls.trainings.start(uri, replace(settings, trusted=ls.settings.trusted))


def show_report(ls: Server, *arguments: Any) -> None:
    """The command `cnngen.showReport [uri of a run's report]`."""
    if not arguments or not isinstance(arguments[0], str):
        raise CommandFailed("There is no report to show: the lens above input shows that of the last result.")
    ls.show_document(arguments[0])


def _uri(arguments: tuple[Any, ...]) -> str:
    if not arguments or not isinstance(arguments[0], str):
        raise CommandFailed("Open a .cnn file first: the command works on the program in the editor.")
    return arguments[0]


def _version() -> str:
    try:
        return version("cnngen")
    except PackageNotFoundError:  # carried by an editor's extension, not installed
        return "unpackaged"
