"""`cnngen serve`: the language server."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cnngen.cli.errors import CannotWork


class LogLevel(StrEnum):
    """How much is logged."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


def serve(
    tcp: Annotated[bool, typer.Option("--tcp", help="Listen on a TCP port instead of standard input.")] = False,
    host: Annotated[str, typer.Option(help="With --tcp: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --tcp: the port; 0 takes a free one.")] = 2087,
    stdio: Annotated[bool, typer.Option("--stdio", help="Standard input and output: the default.")] = False,
    log_file: Annotated[Path | None, typer.Option(help="Write the log to this file, not to standard error.")] = None,
    log_level: Annotated[LogLevel, typer.Option(help="How much is logged.")] = LogLevel.WARNING,
) -> None:
    """Start the language server that editors talk to."""
    from cnngen.server import serve_stdio, serve_tcp
    from cnngen.server.log import log_to

    try:
        log_to(log_file, log_level)
    except OSError as error:
        raise CannotWork(f"The log file {log_file} cannot be written: {error.strerror or error}.") from error
    if not tcp:
        serve_stdio()
        return
    if stdio:
        raise CannotWork("--tcp and --stdio exclude each other; name one of them.")
    try:
        serve_tcp(host, port)
    except OSError as error:
        raise CannotWork(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error
