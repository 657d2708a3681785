"""Each test gets a server process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import pytest_lsp
from server_editor import Editor

CONFIG = pytest_lsp.ClientServerConfig(server_command=[sys.executable, "-m", "cnngen.server"], client_factory=Editor)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own: it must not wait for a training that someone else has running."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest_lsp.fixture(config=CONFIG)
async def editor(lsp_client: Editor):  # type: ignore[no-untyped-def]
    """A client with its server process started, but no session yet."""
    yield
    if lsp_client.process.returncode is None:
        await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=CONFIG)
async def another(lsp_client: Editor):  # type: ignore[no-untyped-def]
    """A second client with a server of its own."""
    yield
    if lsp_client.process.returncode is None:
        await lsp_client.shutdown_session()
