"""`cnngen serve`: the language server."""

from __future__ import annotations

from typing import Annotated

import typer

from cnngen.cli.errors import CannotWork


def serve(
    tcp: Annotated[bool, typer.Option("--tcp", help="Listen on a TCP port instead of standard input.")] = False,
    host: Annotated[str, typer.Option(help="With --tcp: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --tcp: the port; 0 takes a free one.")] = 2087,
    stdio: Annotated[bool, typer.Option("--stdio", help="Standard input and output: the default.")] = False,
) -> None:
    """Start the language server that editors talk to."""
    from cnngen.server import serve_stdio, serve_tcp

    if not tcp:
        serve_stdio()
        return
    if stdio:
        raise CannotWork("--tcp and --stdio exclude each other; name one of them.")
    try:
        serve_tcp(host, port)
    except OSError as error:
        raise CannotWork(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error
