"""Writing to the terminal: colours where they are wanted, and never a control character of somebody's text."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TextIO

from cnngen.cli.errors import ReaderGone


class Format(StrEnum):
    """How a command answers: for people, or for programs."""

    TEXT = "text"
    JSON = "json"


class Style(StrEnum):
    """The few looks that the output uses, as terminal codes."""

    STRONG = "1"
    DIM = "2"
    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;36"
    GOOD = "32"
    FRAME = "34"


#: Gives a text a look, or leaves it alone where colours are not wanted.
Paint = Callable[[Style, str], str]


def painter(stream: TextIO) -> Paint:
    """The painter for a stream: colours on a terminal only, and never with NO_COLOR (https://no-color.org)."""
    return _paint if _wants_colour(stream) else _plain


def _wants_colour(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _paint(style: Style, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if text else text


def _plain(_style: Style, text: str) -> str:
    return text


def visible(text: str) -> str:
    """The text on one line, with all that a terminal could obey made visible instead.

    Programs are other people's texts: an escape sequence or a right-to-left override in one must not change what
    the reader sees.
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # Unicode has a picture for each of these
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def write(text: str, stream: TextIO | None = None) -> None:
    """Write a text and a line end, to standard output by default. Raises ReaderGone when nobody reads."""
    stream = stream or sys.stdout
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error


def write_program(text: str, encoding: str) -> None:
    """Write a program to standard output as it is, bytes and line ends; on a terminal, what that could obey is shown.

    Raises ReaderGone when nobody reads.
    """
    if sys.stdout.isatty():
        write("\n".join(visible(line.removesuffix("\r")) for line in text.removesuffix("\n").split("\n")))
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode(encoding))
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error


def write_json(value: Any) -> None:
    """Write plain data as JSON. All of it is ASCII, so no text within can reach the terminal raw."""
    write(json.dumps(value, indent=2))


def complain(sentence: str) -> None:
    """Write one sentence to standard error, under the program's name."""
    paint = painter(sys.stderr)
    write(f"{paint(Style.ERROR, 'cnngen:')} {visible(sentence)}", sys.stderr)


def columns(stream: TextIO) -> int | None:
    """How wide the terminal is that a stream writes to; None where it writes to something else."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def facts(rows: list[tuple[str, str]], strong: tuple[str, ...] = ()) -> None:
    """Write labels with their texts below one another; a long text goes on under its own beginning.

    `strong` are the labels of the texts that a reader looks for first.
    """
    paint, width = painter(sys.stdout), max(len(label) for label, _ in rows)
    room = max(24, (columns(sys.stdout) or sys.maxsize) - width - 4)
    write("")
    for label, text in rows:
        first, *others = _wrapped(visible(text), room)
        for head, line in ((label, first), *(("", line) for line in others)):
            shown = paint(Style.STRONG, line) if label in strong else line
            write(f"  {paint(Style.FRAME, head.ljust(width))}  {shown}")
    write("")


def _wrapped(text: str, room: int) -> list[str]:
    if len(text) <= room:
        return [text]
    from textwrap import wrap

    # A path is left whole, so that it can be copied.
    return wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]


def aligned(rows: list[tuple[str, ...]], right: tuple[int, ...] = ()) -> list[str]:
    """Rows of cells as lines with aligned columns; `right` names the columns that align to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
