"""How a command of this server fails: one sentence for the user, as the response's error."""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException


class CommandFailed(JsonRpcException):  # type: ignore[misc]
    """The command could not do its work. The message is one sentence that says what to do about it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code=types.LSPErrorCodes.RequestFailed.value)


class Unsurprising(logging.Filter):
    """Keeps the failures that a user is told of anyway out of the log, where a traceback would look like a crash."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log the record."""
        return not (record.exc_info and isinstance(record.exc_info[1], CommandFailed))
