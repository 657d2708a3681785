"""How editors reach the server: standard input and output, or a TCP port."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from cnngen.server.log import log_to

if TYPE_CHECKING:
    from pathlib import Path

    from cnngen.server.app import Server

#: Bytes that are read in one step: as many as a pipe of Linux holds.
CHUNK = 1 << 16

#: Bytes without a line end after which a header is no header.
LONGEST_HEADER = CHUNK


def serve_stdio(log_file: Path | None = None, log_level: str = "warning") -> None:
    """Serve the editor that started this process, until it says exit or closes the pipe.

    Raises OSError when the log file cannot be written.
    """
    log_to(log_file, log_level)
    # The pipe belongs to the protocol alone: what anything here prints would break it, so it goes to the log.
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    # Ctrl-C ends the process at once; Python's own way would wait for the thread that reads the next line. A training's
    # worker sees its pipe close then, keeps what was done, and ends too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    server = _load()

    from pygls.io_ import StdoutWriter, run_async

    server.protocol.set_writer(StdoutWriter(stdout))
    reader = Arrivals(sys.stdin.fileno())
    try:
        asyncio.run(
            run_async(threading.Event(), reader, server.protocol, error_handler=server.report_server_error)  # type: ignore[no-untyped-call]
        )
    except BrokenPipeError:
        logging.getLogger(__name__).info("The editor is gone.")
    finally:
        server.shutdown()


def serve_tcp(host: str, port: int, log_file: Path | None = None, log_level: str = "warning") -> None:
    """Serve one editor over TCP. The log tells the port taken.

    Raises OSError when the port cannot be had, or the log file cannot be written.
    """
    log_to(log_file, log_level)
    logging.getLogger("pygls.server").setLevel(logging.INFO)
    _load().start_tcp(host, port)


class Arrivals:
    """Standard input as pygls reads it, taken in as it arrives.

    Messages that have arrived together are handled one after the other before anything they ask for begins. So an edit
    or a cancellation takes back the requests before it at no cost, and of a hundred edits only the last is analysed.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._arrived = bytearray()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stdin")

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
        chunk = await asyncio.get_running_loop().run_in_executor(self._thread, os.read, self._descriptor, CHUNK)
        self._arrived += chunk
        return bool(chunk)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._arrived[:count])
        del self._arrived[:count]
        return taken


def _load() -> Server:
    """The server. Nothing of what its modules hold is garbage ever, so the collector need not look at it."""
    gc.disable()
    from cnngen.server.app import make_server

    server = make_server()
    gc.freeze()
    gc.enable()
    return server
