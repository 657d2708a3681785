"""What was made of each feature of a document, kept for its next version: an edit changes one or two features.

A feature that only stands on another line than before is not made again: the lines in its text are counted anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import TypeAlias
from weakref import WeakKeyDictionary

from cnngen.language import Analyser
from cnngen.language.resolve.sections import Section
from cnngen.server.convert import View

_LINE = re.compile(r'"line":(\d+)')

Make: TypeAlias = Callable[[View, Section], str]


class Kept:
    """A text of JSON for each feature. It may tell of the feature, of what that became, and of where it stands."""

    def __init__(self, make: Make) -> None:
        self._make = make
        #: Of the last version of each document, which keeps its analyser for as long as it is open.
        self._last: WeakKeyDictionary[Analyser, dict[Hashable, dict[int, str]]] = WeakKeyDictionary()

    def texts(self, view: View) -> list[str]:
        """The texts of all features; only those are made that were not in the last version."""
        analyser, position = view.analysis.analyser, view.analysis.lines.position
        before = self._last.get(analyser, {})
        # By what a text tells of but its line, the texts by the lines that the feature is on: it may be on several.
        now: dict[Hashable, dict[int, str]] = {}
        texts = []
        for section in view.analysis.sections:
            line, character = position(section.start, view.encoding)
            what = section.feature, section.part, section.images, character
            known, found = before.get(what) or now.get(what) or {}, now.setdefault(what, {})
            text = known.get(line)
            if text is None:
                other = next(iter(known), None)
                text = self._make(view, section) if other is None else _on_line(known[other], line - other)
            found[line] = text
            texts.append(text)
        self._last[analyser] = now
        return texts


def _on_line(text: str, further: int) -> str:
    """JSON about what stands so many lines further down now. A quote in a name has a backslash before it."""
    return _LINE.sub(lambda found: f'"line":{int(found[1]) + further}', text)
