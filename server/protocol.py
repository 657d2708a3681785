"""pygls' protocol, with the document store of this server and a shutdown that survives requests in flight."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method

from cnngen.language import Position
from cnngen.server.documents import Change, Documents


class Protocol(LanguageServerProtocol):  # type: ignore[misc]
    """Keeps documents by the protocol's own rule of line ends.

    pygls' documents split lines as `str.splitlines` does, also at form feeds and U+2028, and apply edits to the wrong
    place behind one of them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.documents = Documents()
        super().__init__(*args, **kwargs)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)  # type: ignore[untyped-decorator]
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """Take the document in before the server's own handler sees it."""
        opened = params.text_document
        self.documents.open(opened.uri, opened.version, opened.text)
        yield from self._hand_on(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)  # type: ignore[untyped-decorator]
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Apply the edits before the server's own handler sees the document."""
        changed = params.text_document
        changes = [_change(event) for event in params.content_changes]
        encoding = self._server.encoding
        self.documents.change(changed.uri, changed.version, changes, encoding)
        yield from self._hand_on(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)  # type: ignore[untyped-decorator]
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """Forget the document before the server's own handler runs."""
        self.documents.close(params.text_document.uri)
        yield from self._hand_on(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.SHUTDOWN)  # type: ignore[untyped-decorator]
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Run the server's own handler, then cancel what is in flight.

        pygls walks over the very table that the cancelled requests remove themselves from.
        """
        own = self.msg_id
        yield from self._hand_on(types.SHUTDOWN, *args)
        for number, future in list(self._request_futures.items()):
            if number != own and not future.done():
                future.cancel()
        self._shutdown = True

    def _hand_on(self, method: str, *args: Any) -> Generator[Any, Any, None]:
        if (handler := self.fm.features.get(method)) is not None:
            yield handler, args, None


def _change(event: Any) -> Change:
    if not isinstance(event, types.TextDocumentContentChangePartial):
        return Change(None, None, event.text)
    start, end = event.range.start, event.range.end
    return Change(Position(start.line, start.character), Position(end.line, end.character), event.text)
