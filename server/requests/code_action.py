"""`textDocument/codeAction`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from cnngen.server.features.quick_fixes import quick_fixes

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer quick fixes."""
    kinds = [types.CodeActionKind.QuickFix]
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))(code_action)


async def code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """The quick fixes of a place."""
    if not _wants_quick_fixes(params.context.only):
        return None
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    return [
        types.CodeAction(
            title=found.fix.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[view.diagnostic(found.diagnostic, related=ls.shows_related)],
            is_preferred=found.preferred or None,
            edit=view.workspace_edit(found.fix.edits, versioned=ls.edits_versions),
        )
        for found in quick_fixes(view.analysis, view.span(params.range))
    ]


def _wants_quick_fixes(only: Any) -> bool:
    """Whether a request that may name kinds of actions includes quick fixes."""
    return only is None or any(getattr(kind, "value", kind) in ("", "quickfix") for kind in only)
