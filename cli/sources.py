"""Reading programs from files and from standard input, and writing them back."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from cnngen.cli.errors import CannotWork

#: The argument that means standard input.
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One program: the argument that named it, the name its network gets, its text, and how the file encodes it."""

    argument: str
    name: str
    text: str
    encoding: str

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
        raise CannotWork(f"{argument} is a folder; name one of the programs in it.") from None
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
    return Source(argument, name, text, "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else "utf-8")


def programs(argument: str) -> list[str]:
    """The programs that an argument names: those below a folder, in order, else itself.

    Raises CannotWork when there are none below the folder.
    """
    if argument == STDIN or not os.path.isdir(argument):  # noqa: PTH112 -- Path.is_dir raises for a null character
        return [argument]
    found = sorted(str(path) for path in Path(argument).rglob("*.cnn") if path.is_file())
    if not found:
        raise CannotWork(f"There are no .cnn files below {argument}; name the programs or their folder.")
    return found


def read_all(arguments: Iterable[str]) -> Iterator[Source | CannotWork]:
    """The programs that arguments name, those below folders too; for what cannot be read, the error that says why."""
    for argument in arguments:
        try:
            files = programs(argument)
        except CannotWork as error:
            yield error
            continue
        for file in files:
            try:
                source = read(file)
            except CannotWork as error:
                yield error
            else:
                yield source


def replace(source: Source, text: str) -> None:
    """Put another text into a program's file, as a whole or not at all; its mode and byte order mark stay.

    Raises CannotWork with one sentence when the file cannot be written.
    """
    path = Path(source.argument).resolve()  # a link stays a link
    if not os.access(path, os.W_OK):
        raise CannotWork(f"{source.argument} may not be written; check its permissions.")
    temporary = path.with_name(f".cnngen-{token_hex(8)}")
    try:
        try:
            temporary.touch(mode=0o600, exist_ok=False)  # a private program is private all the while
            with temporary.open("wb") as file:
                file.write(text.encode(source.encoding))
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(path.stat().st_mode)
            temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWork(f"{source.argument} cannot be written: {error.strerror or error}.") from None
