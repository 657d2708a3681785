"""pygls' protocol, with the document store of this server, requests that an edit takes back, and a safe shutdown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

from cnngen.language import Position
from cnngen.server.documents import Change, Documents
from cnngen.server.plain import Plain, Written, written

#: Our own request about the text of a document; where that was edited meanwhile, its answer is null.
DIAGRAM = "cnngen/diagram"


@dataclass(slots=True)
class Asked:
    """A request that has not been answered yet."""

    method: str
    uri: str | None
    began: float
    void: bool = False


class Protocol(LanguageServerProtocol):  # type: ignore[misc]
    """Keeps documents by the protocol's own rule of line ends.

    pygls' documents split lines as `str.splitlines` does, also at form feeds and U+2028, and apply edits to the wrong
    place behind one of them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.documents = Documents()
        self._asked: dict[str | int, Asked] = {}
        self._shutting_down: asyncio.Event | None = None
        #: The client has said exit; the code is the one that the protocol asks for.
        self.ended = asyncio.Event()
        self.exit_code = 0
        #: Called at each message.
        self.heard: Callable[[], None] = lambda: None
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
        self._void(changed.uri)
        self.documents.change(changed.uri, changed.version, changes, encoding)
        yield from self._hand_on(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)  # type: ignore[untyped-decorator]
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """Forget the document before the server's own handler runs."""
        self._void(params.text_document.uri)
        self.documents.close(params.text_document.uri)
        yield from self._hand_on(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.EXIT)  # type: ignore[untyped-decorator]
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:
        """Have the transport end, after a shutdown that may still be under way."""
        if self._shutting_down is not None:
            yield self._shutting_down.wait, (), None
        self.exit_code = 0 if self._shutdown else 1
        self.ended.set()

    @lsp_method(types.SHUTDOWN)  # type: ignore[untyped-decorator]
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Run the server's own handler, then cancel what is in flight.

        pygls walks over the very table that the cancelled requests remove themselves from.
        """
        own = self.msg_id
        self._shutting_down = asyncio.Event()
        yield from self._hand_on(types.SHUTDOWN, *args)
        for number in list(self._asked):
            if number != own and (future := self._request_futures.get(number)):
                future.cancel()
        self._shutdown = True
        self._shutting_down.set()

    def logs_trace(self) -> bool:
        """Whether the client wants to be told what the server does."""
        return bool(self.trace != types.TraceValue.Off)

    def log_trace(self, message: str, details: str) -> None:
        """Tell a client that wants to know what the server does; the details only if it wants those too."""
        verbose = details if self.trace == types.TraceValue.Verbose else None
        self.notify(types.LOG_TRACE, types.LogTraceParams(message, verbose))

    def _execute_handler(self, msg_id: str | int, handler: Any, callback: Any, *args: Any, **kwargs: Any) -> None:
        """Run a handler, and forget it when it has ended: pygls keeps one entry for ever for each notification."""
        super()._execute_handler(msg_id, handler, callback, *args, **kwargs)
        if (future := self._request_futures.get(msg_id)) is not None:
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))

    def _run_generator(self, future: Any, *, gen: Any, result_future: Any) -> None:
        """Go on after a handler; one that was cancelled, at the shutdown, ends what waits for it."""
        if future is not None and future.cancelled():
            gen.close()
            result_future.cancel()
            return
        super()._run_generator(future, gen=gen, result_future=result_future)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read a message; a request that cannot be read is answered too, for its client waits."""
        if "jsonrpc" in data and self.get_message_type(data.get("method", "")) is None:
            data.setdefault("params", None)
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:
        """Hand a message to what is registered for it."""
        self.heard()
        super().handle_message(message)

    def _handle_request(self, msg_id: str | int, method_name: str, params: Any) -> None:
        document = params if method_name == DIAGRAM else getattr(params, "text_document", None)
        uri = getattr(document, "uri", None)
        self._asked[msg_id] = Asked(method_name, unquote(uri) if isinstance(uri, str) else None, time.monotonic())
        super()._handle_request(msg_id, method_name, params)

    def _send_handler_result(self, future: Any, *, msg_id: str | int) -> None:
        asked = self._asked.get(msg_id)
        if asked and asked.void:
            self._request_futures.pop(msg_id, None)
            if not future.cancelled():
                future.exception()  # It has been looked at; nobody needs it.
            self._send_response(msg_id, error=None if asked.method == DIAGRAM else _outdated(asked.method))
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        asked = self._asked.pop(msg_id, None)
        if isinstance(result, (Plain, Written)) and error is None:
            self._result_types.pop(msg_id, None)
            text = result.text if isinstance(result, Written) else written(result.data)
            self._send_written(f'{{"jsonrpc":"{self.VERSION}","id":{written(msg_id)},"result":{text}}}')
        else:
            super()._send_response(msg_id, result, error)
        if asked and self.logs_trace():
            took = (time.monotonic() - asked.began) * 1000
            told = f"{asked.method} ({msg_id}) {'failed' if error else 'answered'} after {took:.1f} ms"
            self.log_trace(told, error.message if error else asked.uri or "")

    def _send_written(self, body: str) -> None:
        """Send a message that is JSON already; in it there is nothing but ASCII."""
        self.writer.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode("ascii"))

    def _handle_cancel_notification(self, msg_id: str | int) -> None:
        # A cancellation that comes after the answer is everyday; pygls would log each.
        if msg_id in self._request_futures:
            super()._handle_cancel_notification(msg_id)

    def _void(self, uri: str) -> None:
        """Take back what was asked about a document before it changed: what has not begun never will."""
        uri = unquote(uri)
        for number, asked in list(self._asked.items()):
            if asked.uri == uri and not asked.void:
                asked.void = True
                if future := self._request_futures.get(number):
                    future.cancel()

    def _hand_on(self, method: str, *args: Any) -> Generator[Any, Any, None]:
        if (handler := self.fm.features.get(method)) is not None:
            yield handler, args, None


def _outdated(method: str) -> types.ResponseError:
    """Why a request about an older text has no answer."""
    if method == types.TEXT_DOCUMENT_DIAGNOSTIC:
        # The editor keeps the diagnostics that it has, and asks again.
        return types.ResponseError(
            types.LSPErrorCodes.ServerCancelled.value, "The text has changed meanwhile.", {"retriggerRequest": True}
        )
    return types.ResponseError(types.LSPErrorCodes.ContentModified.value, "The text has changed meanwhile.")


def _change(event: Any) -> Change:
    if not isinstance(event, types.TextDocumentContentChangePartial):
        return Change(None, None, event.text)
    start, end = event.range.start, event.range.end
    return Change(Position(start.line, start.character), Position(end.line, end.character), event.text)
