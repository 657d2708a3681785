"""The requests that this server answers, one a module: the list of its capabilities.

Each takes the protocol's parameters apart, asks a feature, and puts the answer together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnngen.server.requests import code_action, code_lens, diagram, doctor

if TYPE_CHECKING:
    from cnngen.server.app import Server

_MODULES = (
    code_action,
    code_lens,
    diagram,
    doctor,
)


def register(server: Server) -> None:
    """Have the server answer all of them."""
    for module in _MODULES:
        module.register(server)
