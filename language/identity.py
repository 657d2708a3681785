"""What makes a network the same as another: its canonical text, and the hash of that."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

#: Raised whenever the same network gets another canonical text; part of what is hashed.
CANONICAL_VERSION = 1


class Identity:
    """A network's canonical text and hash, made when somebody asks: an editor that only wants errors never does."""

    def __init__(self, write: Callable[[], str]) -> None:
        self._write = write

    @cached_property
    def canonical(self) -> str:
        """The program with every hyper-parameter written."""
        return self._write()

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text and its version, in hexadecimal."""
        import hashlib  # it loads OpenSSL, and few analyses are asked for a hash

        return hashlib.sha256(f"cnngen {CANONICAL_VERSION}\n{self.canonical}".encode()).hexdigest()
