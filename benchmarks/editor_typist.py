"""A person at the keyboard, for harnesses."""

from __future__ import annotations

import random
from collections.abc import Iterator

from editor_client import Client

#: Where something is put into the text, how many characters are taken away there, and what is typed.
Key = tuple[int, int, int, str]


class Typist:
    """Types into a document as a person does: letter by letter at lines' ends, each taken back later."""

    def __init__(self, client: Client, uri: str, text: str, seed: int = 1) -> None:
        self.client, self.uri, self.version = client, uri, 1
        self._lines = text.splitlines()
        self._random = random.Random(seed)
        self._keys = self._script()
        client.open(uri, text)

    def press(self) -> None:
        """Send the next key."""
        line, column, deleted, typed = next(self._keys)
        place = {"line": line, "character": column}
        self.version += 1
        change = {"range": {"start": place, "end": {"line": line, "character": column + deleted}}, "text": typed}
        self.client.edit(self.uri, self.version, change)

    def _script(self) -> Iterator[Key]:
        while True:
            line = self._random.randrange(1, len(self._lines) - 1)
            column = len(self._lines[line])
            word = self._random.choice((" conv(filters=64)", " convbn max_pooling", " [ (conv, Empty) ]", " // why"))
            for shift, letter in enumerate(word):
                yield line, column + shift, 0, letter
            for shift in range(len(word), 0, -1):
                yield line, column + shift - 1, 1, ""
