"""`workspace/didChangeConfiguration`: settings count as soon as they are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.settings import SECTION

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Follow the settings."""
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)


async def did_change_configuration(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    """Ask what is set now; a client that cannot be asked sends it along."""
    workspace = ls.client_capabilities.workspace
    if workspace and workspace.configuration:
        await ls.configuration.ask()
    elif isinstance(params.settings, dict):
        ls.configuration.take_in(params.settings.get(SECTION, params.settings), {})
