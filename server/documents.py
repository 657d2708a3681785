"""The open documents: immutable snapshots of their texts, each analysed at most once."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from cnngen.language import Analyser, Analysis, Encoding, Lines, Position

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class Change(NamedTuple):
    """One edit: the text between two positions, or with None the whole text, gives way to `text`."""

    start: Position | None
    end: Position | None
    text: str


class Outdated(Exception):
    """The text was changed before its analysis had begun: nobody needs the answer any more."""


@dataclass(eq=False)
class Document:
    """One version of one text. An edit makes a new document, so who holds one sees it unchanged."""

    uri: str
    version: int | None
    text: str
    #: Knows the versions before. Only the thread of analyses may use it.
    analyser: Analyser = field(default_factory=Analyser, repr=False)
    _analysis: Future[Analysis] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What the network is called: the file's name without its suffix."""
        try:
            return PurePosixPath(unquote(urlsplit(self.uri).path)).stem or "network"
        except ValueError:
            return "network"

    @cached_property
    def digest(self) -> str:
        """What this text is known by: the same text has the same diagnostics."""
        return blake2b(self.text.encode(), digest_size=16).hexdigest()

    def changed(self, version: int | None, changes: list[Change], encoding: Encoding) -> Document:
        """The document after edits, each of which counts from what the one before it left."""
        text = self.text
        for change in changes:
            if change.start is None or change.end is None:
                text = change.text
                continue
            lines = Lines.of(text)
            start, end = lines.offset(change.start, encoding), lines.offset(change.end, encoding)
            text = text[:start] + change.text + text[max(start, end) :]
        return Document(self.uri, version, sound(text), self.analyser)

    def analysis(self, pool: ThreadPoolExecutor) -> Future[Analysis]:
        """The analysis, begun in the pool by who asks first."""
        if self._analysis is None:
            self._analysis = pool.submit(self.analyser.analyse, self.text, name=self.name)
        return self._analysis

    def drop(self) -> None:
        """Take back an analysis that has not begun."""
        if self._analysis is not None:
            self._analysis.cancel()


class Documents:
    """The open documents by their URI. All methods belong to the event loop's thread."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}
        # One thread: analyses are short, and texts that take long must not take every core.
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")

    def get(self, uri: str) -> Document | None:
        """The newest version of an open document."""
        return self._open.get(unquote(uri))

    def all(self) -> list[Document]:
        """The newest versions of all open documents."""
        return list(self._open.values())

    def open(self, uri: str, version: int | None, text: str) -> Document:
        """Take a document in, or its text anew."""
        return self._put(Document(uri, version, sound(text)))

    def change(self, uri: str, version: int | None, changes: list[Change], encoding: Encoding) -> Document:
        """Apply edits. A document that was never opened counts as empty before."""
        return self._put((self.get(uri) or Document(uri, None, "")).changed(version, changes, encoding))

    def close(self, uri: str) -> None:
        """Forget a document."""
        if document := self._open.pop(unquote(uri), None):
            document.drop()

    async def analysis(self, document: Document) -> Analysis:
        """The analysis of a document. Raises Outdated when an edit came first."""
        future = document.analysis(self._pool)
        try:
            # Shielded: others may wait for the same analysis.
            return await asyncio.shield(asyncio.wrap_future(future))
        except asyncio.CancelledError:
            if future.cancelled():
                raise Outdated from None
            raise

    def _put(self, document: Document) -> Document:
        if before := self.get(document.uri):
            before.drop()
        self._open[unquote(document.uri)] = document
        return document


def sound(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can carry and no file can hold; no position moves."""
    return text if text.isascii() else _LONE_SURROGATES.sub("\ufffd", text)
