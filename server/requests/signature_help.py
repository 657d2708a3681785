"""`textDocument/signatureHelp`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.convert import prose
from cnngen.server.features.signature import signature

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer signature help."""
    options = types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=["=", ")"])
    server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, options)(signature_help)


async def signature_help(ls: Server, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The hyper-parameters of the word whose arguments are being written."""
    view = await ls.view_of(params.text_document.uri)
    found = signature(view.analysis, view.offset(params.position)) if view else None
    if found is None:
        return None
    formats = _formats(ls)
    parameters = [
        types.ParameterInformation(parameter.label, prose(parameter.text, formats)) for parameter in found.parameters
    ]
    information = types.SignatureInformation(found.label, prose(found.text, formats), parameters, found.active)
    return types.SignatureHelp([information], active_signature=0, active_parameter=found.active)


def _formats(ls: Server) -> Sequence[types.MarkupKind] | None:
    document = ls.client_capabilities.text_document
    about = document.signature_help if document else None
    return about.signature_information.documentation_format if about and about.signature_information else None
