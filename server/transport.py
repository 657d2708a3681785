"""How editors reach the server: standard input and output, or a TCP port."""

from __future__ import annotations

import logging
import os
import signal
import sys


def serve_stdio() -> None:
    """Serve the editor that started this process, until it says exit or closes the pipe."""
    _log_to_stderr()
    # The pipe belongs to the protocol alone: what anything here prints would break it, so it goes to the log.
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    # Ctrl-C ends the process at once; Python's own way would wait for the thread that reads the next line. A training's
    # worker sees its pipe close then, keeps what was done, and ends too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    from cnngen.server.app import make_server

    make_server().start_io(sys.stdin.buffer, stdout)


def serve_tcp(host: str, port: int) -> None:
    """Serve one editor over TCP; raises OSError when the port cannot be had. The log tells the port taken."""
    _log_to_stderr()
    logging.getLogger("pygls.server").setLevel(logging.INFO)

    from cnngen.server.app import make_server

    make_server().start_tcp(host, port)


def _log_to_stderr() -> None:
    # pygls logs every message it sends at INFO, with the whole text of it.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
