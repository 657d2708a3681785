"""Reading programs from files and from standard input."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from cnngen.cli.errors import CannotWork

#: The argument that means standard input.
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One program: the argument that named it, the name its network gets, its text."""

    argument: str
    name: str
    text: str

    @property
    def label(self) -> str:
        """How messages call it."""
        return "<stdin>" if self.argument == STDIN else self.argument

    @property
    def folder(self) -> Path:
        """Where the program's relative paths start: its own folder, or the current one for standard input."""
        return Path() if self.argument == STDIN else Path(self.argument).parent


def read(argument: str) -> Source:
    """Read the program that an argument names; raises CannotWork with one sentence when there is none to read."""
    name = "network" if argument == STDIN else Path(argument).stem or "network"
    try:
        content = sys.stdin.buffer.read() if argument == STDIN else Path(argument).read_bytes()
    except FileNotFoundError:
        raise CannotWork(f"There is no file {argument}.") from None
    except IsADirectoryError:
        raise CannotWork(f"{argument} is a folder; name the files in it, for example {argument}/*.cnn.") from None
    except PermissionError:
        raise CannotWork(f"{argument} may not be read; check its permissions.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CannotWork(f"{argument} cannot be read: {reason}.") from None
    try:
        # An editor drops the byte order mark before it counts positions; so do we. Line ends stay as they are.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        label = "Standard input" if argument == STDIN else argument
        raise CannotWork(f"{label} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from None
    return Source(argument, name, text)
