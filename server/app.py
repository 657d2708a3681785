"""The server: which requests it answers, and what each hands to whom."""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from cnngen.language import Analysis, Encoding
from cnngen.server import requests
from cnngen.server.convert import View
from cnngen.server.documents import Document, Documents, Outdated
from cnngen.server.errors import CommandFailed, Unsurprising
from cnngen.server.features.lenses import GENERATE, TRAIN
from cnngen.server.files import read
from cnngen.server.generation import generate_keras
from cnngen.server.pictures import Pictures
from cnngen.server.protocol import Protocol
from cnngen.server.publishing import Publisher
from cnngen.server.settings import Settings
from cnngen.server.training import Trainings

_log = logging.getLogger("cnngen.server")


class Server(LanguageServer):  # type: ignore[misc]
    """The language server: what its handlers share."""

    def __init__(self) -> None:
        super().__init__("cnngen", _version(), protocol_cls=Protocol)
        self.settings = Settings()
        self.pictures = Pictures()
        self.publisher = Publisher(self)
        self.trainings = Trainings(self)

    @property
    def documents(self) -> Documents:
        """The open documents."""
        documents: Documents = self.protocol.documents
        return documents

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

    def show_document(self, uri: str) -> None:
        """Ask the client to open a file, where it can."""
        window = self.client_capabilities.window
        if window and window.show_document and window.show_document.support:
            self.window_show_document(types.ShowDocumentParams(uri=uri, take_focus=True))

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
    server = Server()
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.SHUTDOWN)(shutdown)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)(cancel_progress)
    server.command(GENERATE)(generate)
    server.command(TRAIN)(train)
    requests.register(server)
    return server


# pygls reads these signatures when the server starts: a first parameter `ls` is the server.


def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Take in what the user has set."""
    ls.settings = Settings().updated(params.initialization_options)


async def shutdown(ls: Server, _params: None) -> None:
    """End a running training before the process ends."""
    await ls.trainings.end()


def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Say at once what is wrong with an opened program."""
    if document := ls.documents.get(params.text_document.uri):
        ls.publisher.schedule(document, pause=0)


def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Say what is wrong when the typing pauses."""
    if document := ls.documents.get(params.text_document.uri):
        ls.publisher.schedule(document)


def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """A closed document has no diagnostics."""
    ls.publisher.clear(params.text_document.uri)


def cancel_progress(ls: Server, params: types.WorkDoneProgressCancelParams) -> None:
    """The cancel button of a training's progress."""
    ls.trainings.cancel(params.token)


async def generate(ls: Server, *arguments: Any) -> dict[str, Any]:
    """The command `cnngen.generateKeras [uri]`."""
    return await generate_keras(ls, _uri(arguments))


async def train(ls: Server, *arguments: Any) -> dict[str, Any]:
    """The command `cnngen.train [uri, options?]`."""
    settings = ls.settings.updated(arguments[1] if len(arguments) > 1 else None)
    # Trust is the workspace's, which a caller of a command cannot give.
    if not ls.settings.trusted:
        settings = ls.settings
    return await ls.trainings.start(_uri(arguments), settings)


def _uri(arguments: tuple[Any, ...]) -> str:
    if not arguments or not isinstance(arguments[0], str):
        raise CommandFailed("Open a .cnn file first: the command works on the program in the editor.")
    return arguments[0]


def _version() -> str:
    try:
        return version("cnngen")
    except PackageNotFoundError:  # carried by an editor's extension, not installed
        return "unpackaged"
