"""The requests that this server answers, one a module: the list of its capabilities.

Each takes the protocol's parameters apart, asks a feature, and puts the answer together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnngen.server.requests import (
    code_action,
    code_lens,
    completion,
    configuration,
    diagnostic,
    diagram,
    doctor,
    document_highlight,
    document_symbol,
    folding_range,
    formatting,
    hover,
    inlay_hint,
    run_actions,
    runs,
    selection_range,
    semantic_tokens,
    signature_help,
    workspace,
    workspace_symbol,
)

if TYPE_CHECKING:
    from cnngen.server.app import Server

_MODULES = (
    code_action,
    code_lens,
    completion,
    configuration,
    diagnostic,
    diagram,
    doctor,
    document_highlight,
    document_symbol,
    folding_range,
    formatting,
    hover,
    inlay_hint,
    run_actions,
    runs,
    selection_range,
    semantic_tokens,
    signature_help,
    workspace,
    workspace_symbol,
)


def register(server: Server) -> None:
    """Have the server answer all of them."""
    for module in _MODULES:
        module.register(server)
