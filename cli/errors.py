"""How a command ends when it does not end well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told. Scripts rely on these; `INTERRUPTED` is what shells themselves use for Ctrl-C."""

    OK = 0
    PROGRAM_ERRORS = 1
    CANNOT_WORK = 2
    INTERRUPTED = 130


class CannotWork(Exception):
    """The command could not do its work. The message is one sentence for the user, with what to do next."""


class ReaderGone(Exception):
    """Whoever read our output has left, as `head` does. No fault, and nobody to tell."""


@contextmanager
def explained() -> Iterator[None]:
    """What goes wrong in the search room, and what is not installed for it, is one sentence for the user."""
    from cnngen.search.errors import SearchError

    try:
        yield
    except SearchError as error:
        raise CannotWork(str(error)) from error
    except ModuleNotFoundError as error:
        raise CannotWork(f'{error.name} is not installed: pip install "cnngen[train,benchmark]".') from error
