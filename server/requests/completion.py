"""`textDocument/completion` and `completionItem/resolve`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from cnngen.language import Span
from cnngen.language.reference import explain
from cnngen.server.convert import View
from cnngen.server.features.completions import TRIGGERS, completions, opens, outcome
from cnngen.server.features.proposals import Proposal

if TYPE_CHECKING:
    from cnngen.server.app import Server

_KINDS = {
    "layer": types.CompletionItemKind.Function,
    "merge": types.CompletionItemKind.Snippet,
    "program": types.CompletionItemKind.Keyword,
    "hyper-parameter": types.CompletionItemKind.Property,
    "choice": types.CompletionItemKind.EnumMember,
    "number": types.CompletionItemKind.Value,
}


def register(server: Server) -> None:
    """Propose what to write; say more about the proposal that the user looks at."""
    options = types.CompletionOptions(trigger_characters=list(TRIGGERS), resolve_provider=True)
    server.feature(types.TEXT_DOCUMENT_COMPLETION, options)(completion)
    server.feature(types.COMPLETION_ITEM_RESOLVE)(resolve_completion)


async def completion(ls: Server, params: types.CompletionParams) -> types.CompletionList | None:
    """The proposals at a position, in the order of their likelihood."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    offset = view.offset(params.position)
    if params.context and params.context.trigger_character == " " and not opens(view.analysis, offset):
        return None
    snippets = _item_support(ls, "snippet_support")
    found = completions(view.analysis, offset)
    items = [_item(view, proposal, f"{index:03}", snippets) for index, proposal in enumerate(found)]
    return types.CompletionList(is_incomplete=False, items=items)


async def resolve_completion(ls: Server, item: types.CompletionItem) -> types.CompletionItem:
    """The item with its documentation, and with the shape that it would have, which takes an analysis."""
    data: Any = item.data
    if not isinstance(data, dict):
        return item
    entry = explain(str(data.get("subject")))
    if entry:
        formats = _item_support(ls, "documentation_format") or ()
        markdown = types.MarkupKind.Markdown in formats
        kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
        item.documentation = types.MarkupContent(kind, entry)
    view = await ls.view_of(str(data.get("uri")))
    if view is not None and view.document.version == data.get("version"):
        span = Span(*data["span"])
        shape = outcome(view.analysis, Proposal(item.label, "layer", span, data["text"], data["subject"]))
        item.detail = "  ".join(filter(None, (shape and f"→ {shape}", item.detail))) or None
    return item


def _item(view: View, proposal: Proposal, rank: str, snippets: Any) -> types.CompletionItem:
    text = _snippet(proposal) if snippets and proposal.blanks else proposal.text
    return types.CompletionItem(
        label=proposal.label,
        kind=_KINDS[proposal.sort],
        detail=proposal.note or None,
        sort_text=rank,
        insert_text_format=(
            types.InsertTextFormat.Snippet if snippets and proposal.blanks else types.InsertTextFormat.PlainText
        ),
        text_edit=types.TextEdit(view.range(proposal.span), text),
        data={
            "uri": view.document.uri,
            "version": view.document.version,
            "span": list(proposal.span),
            "text": proposal.text,
            "subject": proposal.subject,
        },
    )


def _snippet(proposal: Proposal) -> str:
    """The text with its blanks as placeholders, in the protocol's snippet syntax."""
    pieces: list[str] = []
    end = 0
    for number, blank in enumerate(proposal.blanks, 1):
        suggestion = _escaped(proposal.text[blank.start : blank.end])
        pieces += [_escaped(proposal.text[end : blank.start]), f"${{{number}:{suggestion}}}"]
        end = blank.end
    return "".join([*pieces, _escaped(proposal.text[end:])])


def _escaped(text: str) -> str:
    return re.sub(r"([\\$}])", r"\\\1", text)


def _item_support(ls: Server, name: str) -> Any:
    """What the client says about one of its abilities with proposals."""
    document = ls.client_capabilities.text_document
    completion = document.completion if document else None
    return getattr(completion.completion_item, name) if completion and completion.completion_item else None
