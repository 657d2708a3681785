"""How editors reach the server: standard input and output, or a TCP port."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from cnngen.server.app import Server

_log = logging.getLogger(__name__)

#: Bytes that are read in one step: as many as a pipe of Linux holds.
CHUNK = 1 << 16

#: Bytes without a line end after which a header is no header.
LONGEST_HEADER = CHUNK


def serve_stdio() -> None:
    """Serve the editor that started this process, until it says exit or closes the pipe."""
    # The pipe belongs to the protocol alone: what anything here prints would break it, so it goes to the log.
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    # Ctrl-C ends the process at once; Python's own way would wait for the thread that reads the next line. A training's
    # worker sees its pipe close then, keeps what was done, and ends too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    server = _load()

    from pygls.io_ import StdoutWriter

    try:
        asyncio.run(_converse(server, Arrivals(sys.stdin.fileno()), StdoutWriter(stdout)))
    except BrokenPipeError:
        _log.info("The editor is gone.")
    _leave(server.protocol.exit_code)


def serve_tcp(host: str, port: int) -> None:
    """Serve one editor over TCP; raises OSError when the port cannot be had. The log tells the port taken."""
    _log.setLevel(min(logging.INFO, logging.getLogger().level))
    server = _load()
    asyncio.run(_listen(server, host, port))
    _leave(server.protocol.exit_code)


def _leave(code: int) -> NoReturn:
    """End the process now: Python would wait for the thread of an analysis that nobody needs any more."""
    logging.shutdown()
    os._exit(code)


async def _listen(server: Server, host: str, port: int) -> None:
    """Serve the first client that comes."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listener.close()
        try:
            await _converse(server, reader, writer)
        finally:
            writer.close()
            done.set()

    listener = await asyncio.start_server(serve, host, port)
    _log.info("Serving on %s", ", ".join(str(socket.getsockname()) for socket in listener.sockets))
    await done.wait()


async def _converse(server: Server, reader: Any, writer: Any) -> None:
    """Serve one client until it says exit, or is gone."""
    from pygls.io_ import run_async

    server.protocol.set_writer(writer)
    read = run_async(threading.Event(), reader, server.protocol, error_handler=server.report_server_error)
    tasks = {asyncio.create_task(read), asyncio.create_task(server.protocol.ended.wait())}
    ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # what a client does that dies
        for task in ended:
            task.result()


class Arrivals:
    """Standard input as pygls reads it, taken in as it arrives.

    Messages that have arrived together are handled one after the other before anything they ask for begins. So an edit
    or a cancellation takes back the requests before it at no cost, and of a hundred edits only the last is analysed.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._arrived = bytearray()
        self._listening = False
        self._wanted = threading.Semaphore(0)
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()

    async def readline(self) -> bytes:
        """Bytes up to a line end, or to the end of the input."""
        while not (end := self._arrived.find(b"\n") + 1) and len(self._arrived) < LONGEST_HEADER:
            if not await self._more():
                break
        return self._take(end or len(self._arrived))

    async def readexactly(self, count: int) -> bytes:
        """So many bytes; none when the input ends before."""
        while len(self._arrived) < count:
            if not await self._more():
                return b""
        return self._take(count)

    async def _more(self) -> bool:
        if not self._listening:
            self._listening = True
            # No thread of a pool: the process must not wait at its end for a client that sends nothing more.
            listen = threading.Thread(target=self._listen, args=(asyncio.get_running_loop(),), daemon=True)
            listen.start()
        self._wanted.release()
        chunk = await self._chunks.get()
        self._arrived += chunk
        return bool(chunk)

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._wanted.acquire():
            try:
                chunk = os.read(self._descriptor, CHUNK)
            except OSError:
                chunk = b""
            try:
                loop.call_soon_threadsafe(self._chunks.put_nowait, chunk)
            except RuntimeError:
                return  # The loop is closed: the server is ending.

    def _take(self, count: int) -> bytes:
        taken = bytes(self._arrived[:count])
        del self._arrived[:count]
        return taken


def _load() -> Server:
    """The server. Nothing of what its modules hold is garbage ever, so the collector need not look at it."""
    gc.disable()
    from cnngen.server import lazy_types

    lazy_types.load()
    from cnngen.server.app import make_server
    from cnngen.server.collecting import Collector

    server = make_server()
    server.protocol.heard = Collector().heard
    gc.freeze()
    gc.enable()
    return server
