"""What a repair asks about the brackets of the text around the place that it looks at."""

from __future__ import annotations

import re
from functools import lru_cache, partial

from cnngen.language.syntax.cut import Tail, closing
from cnngen.language.syntax.tokens import Token
from cnngen.language.words.catalogue import WORDS

#: The words that stand in no merge.
_OUTSIDE = {word.name: re.compile(rf"\b{word.name}\b") for word in WORDS.values() if word.top_level}


class Brackets:
    """The brackets of a text, whose `tail` may be known. `asked` has what was told of some, by where they begin."""

    def __init__(self, text: str = "", tail: Tail | None = None) -> None:
        self.text = text
        self._closing = tail.closing if tail else partial(closing, text)
        self.asked: dict[int, bool] = {}

    def abandoned(self, opener: Token) -> bool:
        """Whether a bracket is never closed, though words follow that stand in no merge."""
        return opener.written and self.abandoned_at(opener.start)

    def abandoned_at(self, start: int) -> bool:
        """The same of the bracket that begins there."""
        if start not in self.asked:
            self.asked[start] = start < _last_outside(self.text) and self._closing(start) is None
        return self.asked[start]


@lru_cache(maxsize=4)
def _last_outside(text: str) -> int:
    """Where the last word begins that stands in no merge; -1 if there is none."""
    last = -1
    for name, word in _OUTSIDE.items():
        at = text.rfind(name)  # much faster than to search for words
        while at > last:
            if word.match(text, at):
                last = at
            at = text.rfind(name, 0, at)
    return last
