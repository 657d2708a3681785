"""Each test gets a server process of its own."""

from __future__ import annotations

import sys

import pytest_lsp
from server_editor import Editor

CONFIG = pytest_lsp.ClientServerConfig(server_command=[sys.executable, "-m", "cnngen.server"], client_factory=Editor)


@pytest_lsp.fixture(config=CONFIG)
async def editor(lsp_client: Editor):  # type: ignore[no-untyped-def]
    """A client with its server process started, but no session yet."""
    yield
    if lsp_client.process.returncode is None:
        await lsp_client.shutdown_session()
