"""`cnngen explain`: what a word, a hyper-parameter or the code of a diagnostic means."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from typing import Annotated

import typer

from cnngen.cli.errors import CannotWork
from cnngen.cli.output import Paint, Style, painter, write


def explain(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="conv, conv.filters, CNN301; without a name, the list of all.")
    ] = "",
) -> None:
    """Explain a word, a hyper-parameter or a diagnostic. Without a name, list them."""
    from cnngen.language import reference

    text = reference.explain(name) if name else reference.overview()
    if text is None:
        close = reference.closest(name)
        hint = f"did you mean {close}? " if close else ""
        raise CannotWork(
            f"'{name[:40]}' is no word, hyper-parameter or code of the language: {hint}"
            "'cnngen explain' lists words and codes."
        )
    write(shown(text, painter(sys.stdout)))


def shown(markdown: str, paint: Paint) -> str:
    """Our own Markdown for a terminal: paragraphs are wrapped, headings and code get a look, marks are left out."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    blocks = []
    for number, part in enumerate(markdown.rstrip().split("```")):  # every second part is code
        if number % 2:
            code = part.removeprefix("cnn").strip("\n").split("\n")
            blocks.append(
                "\n".join(f"    {paint(Style.DIM if line[:2] == '//' else Style.NOTE, line)}" for line in code)
            )
        else:
            blocks += [_text(block, width, paint) for block in part.strip().split("\n\n") if block]
    return "\n\n".join(blocks)


def _text(block: str, width: int, paint: Paint) -> str:
    """A heading, a list or a paragraph."""
    if block.startswith("#"):
        return paint(Style.STRONG, block.lstrip("# "))
    lines = block.split("\n") if re.match(" *- ", block) else [" ".join(block.split())]
    wrapped = []
    for line in lines:
        indent = len(line) - len(line.lstrip(" -"))
        wrapped.append(textwrap.fill(line, width, subsequent_indent=" " * indent, break_on_hyphens=False))
    return re.sub(r"`([^`]*)`", lambda code: paint(Style.NOTE, code[1]), "\n".join(wrapped))
