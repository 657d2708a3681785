"""`textDocument/inlayHint`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from cnngen.server.convert import View
from cnngen.server.features.hint import Hint
from cnngen.server.features.inlay_hints import inlay_hints
from cnngen.server.plain import Plain

if TYPE_CHECKING:
    from cnngen.server.app import Server

_KINDS = {"value": types.InlayHintKind.Parameter.value, "shape": types.InlayHintKind.Type.value}


def register(server: Server) -> None:
    """Offer inlay hints."""
    options = types.InlayHintOptions(resolve_provider=False)
    server.feature(types.TEXT_DOCUMENT_INLAY_HINT, options)(inlay_hint)


async def inlay_hint(ls: Server, params: types.InlayHintParams) -> Plain | None:
    """The hints of a part of a document."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    settings = ls.configuration.of(params.text_document.uri)
    found = inlay_hints(
        view.analysis, view.span(params.range), values=settings.value_hints, shapes=settings.shape_hints
    )
    return Plain([_inlay_hint(view, hint) for hint in found])


def _inlay_hint(view: View, hint: Hint) -> dict[str, Any]:
    return {
        "position": view.plain_position(hint.offset),
        "label": hint.label,
        "kind": _KINDS[hint.kind],
        "tooltip": hint.reason,
        "paddingLeft": hint.kind == "shape",
    }
