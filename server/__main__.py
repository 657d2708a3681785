"""`python -m cnngen.server`: the language server where there is no `cnngen` command, as in an editor's extension."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cnngen.server import serve_stdio, serve_tcp
from cnngen.server.log import LEVELS, log_to


def main() -> None:
    """Start the server as the command line says."""
    parser = argparse.ArgumentParser(prog="cnngen.server", description="The CNNGen language server.")
    parser.add_argument("--stdio", action="store_true", help="standard input and output: the default")
    parser.add_argument("--tcp", action="store_true", help="listen on a TCP port instead")
    parser.add_argument("--host", default="127.0.0.1", help="with --tcp: the address to listen on")
    parser.add_argument("--port", type=int, default=2087, help="with --tcp: the port; 0 takes a free one")
    parser.add_argument("--log-file", type=Path, help="write the log to this file, not to standard error")
    parser.add_argument("--log-level", choices=LEVELS, default="warning", help="how much is logged")
    arguments = parser.parse_args()
    try:
        log_to(arguments.log_file, arguments.log_level)
    except OSError as error:
        sys.exit(f"cnngen: The log file {arguments.log_file} cannot be written: {error.strerror or error}.")
    if not arguments.tcp:
        serve_stdio()
        return
    try:
        serve_tcp(arguments.host, arguments.port)
    except (OSError, OverflowError) as error:
        sys.exit(f"cnngen: Cannot listen on {arguments.host}:{arguments.port}: {error}.")


if __name__ == "__main__":
    main()
