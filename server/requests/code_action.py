"""`textDocument/codeAction` and `codeAction/resolve`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from cnngen.language import Span
from cnngen.server.convert import View
from cnngen.server.features.action import KINDS, Action
from cnngen.server.features.actions import actions, includes
from cnngen.server.features.quick_fixes import QuickFix, quick_fixes

if TYPE_CHECKING:
    from cnngen.server.app import Server

#: Seconds in which fixes are tried; what is proposed for a single diagnostic always is.
LONGEST = 1.0

_QUICK_FIX = str(types.CodeActionKind.QuickFix.value)


def register(server: Server) -> None:
    """Offer quick fixes and rewrites."""
    options = types.CodeActionOptions(code_action_kinds=[_QUICK_FIX, *KINDS], resolve_provider=True)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)
    server.feature(types.CODE_ACTION_RESOLVE)(resolve_code_action)


async def code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """The quick fixes and the rewrites of a place."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    only = None if params.context.only is None else [_name(kind) for kind in params.context.only]
    fixes = await _fixes(ls, view, params.range) if includes(only, _QUICK_FIX) else []
    place = view.span(params.range)
    rewrites = (_rewrite(ls, view, place, action) for action in actions(view.analysis, place, only))
    return [*fixes, *(rewrite for rewrite in rewrites if rewrite)] or None


async def resolve_code_action(ls: Server, action: types.CodeAction) -> types.CodeAction:
    """The action with its edits, unless the text has changed since."""
    data: Any = action.data
    view = await ls.view_of(str(data.get("uri"))) if isinstance(data, dict) else None
    if view is None or view.document.version != data.get("version"):
        return action
    for found in actions(view.analysis, Span(*data["span"]), [_name(action.kind)]):
        if found.title == action.title:
            action.edit = view.workspace_edit(found.edits(), versioned=ls.edits_versions)
    return action


async def _fixes(ls: Server, view: View, place: types.Range) -> list[types.CodeAction]:
    # Fixes are tried before they are offered, which may take longer than other requests should wait. An edit, or a
    # cancellation, ends it behind the diagnostic that is at hand; so does time, for a selection of hundreds of faults.
    trying, found = quick_fixes(view.analysis, view.span(place)), list[QuickFix]()
    end = time.monotonic() + LONGEST
    while time.monotonic() < end and (fixes := await asyncio.to_thread(next, trying, None)) is not None:
        found += fixes
    return [
        types.CodeAction(
            title=quick.fix.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[view.diagnostic(quick.diagnostic, related=ls.shows_related)],
            is_preferred=quick.preferred or None,
            edit=view.workspace_edit(quick.fix.edits, versioned=ls.edits_versions),
        )
        for quick in found
    ]


def _rewrite(ls: Server, view: View, place: Span, action: Action) -> types.CodeAction | None:
    """A rewrite; with its edits only for a client that cannot ask for them later, and then only if there are some."""
    if _asks_for_edits(ls):
        data = {"uri": view.document.uri, "version": view.document.version, "span": list(place)}
        return types.CodeAction(title=action.title, kind=action.kind, data=data)
    edits = action.edits()
    if not edits:
        return None
    edit = view.workspace_edit(edits, versioned=ls.edits_versions)
    return types.CodeAction(title=action.title, kind=action.kind, edit=edit)


def _asks_for_edits(ls: Server) -> bool:
    """Whether the client asks for an action's edits when it is chosen."""
    document = ls.client_capabilities.text_document
    support = document.code_action if document else None
    resolve = support.resolve_support if support else None
    return bool(support and support.data_support and resolve and "edit" in resolve.properties)


def _name(kind: Any) -> str:
    return str(getattr(kind, "value", kind))
