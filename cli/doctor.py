"""`cnngen doctor`: what this machine has, and what will therefore be measured or modelled."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from cnngen.cli.output import Format, Paint, Style, painter, visible, write, write_json


def doctor(
    interpreter: Annotated[
        str, typer.Option(metavar="PYTHON", help="The Python that trains; this one by default.")
    ] = sys.executable,
    format: Annotated[Format, typer.Option(help="For people, or JSON for programs.")] = Format.TEXT,
) -> None:
    """Say what this machine can measure. Which figures will be measured, modelled or constant, and what is missing."""
    from cnngen.runtime import doctor as examine
    from cnngen.runtime import findings

    found = examine(interpreter)
    if format is Format.JSON:
        write_json(found)
        return
    paint = painter(sys.stdout)
    write(paint(Style.STRONG, "Found"))
    _write_rows(findings(found), paint)
    if found["measures"]:
        write("\n" + paint(Style.STRONG, "A training's energy will be"))
        _write_rows(((name.upper(), text) for name, text in found["measures"].items()), paint)
    if found["problem"]:
        write(f"\n{paint(Style.WARNING, 'problem')}: {visible(found['problem'])}")


def _write_rows(rows: Iterable[tuple[str, str | None]], paint: Paint) -> None:
    listed = list(rows)
    width = max(len(label) for label, _ in listed)
    for label, text in listed:
        shown = visible(text) if text else paint(Style.DIM, "not found")
        write(f"  {paint(Style.FRAME, label.ljust(width))}  {shown}")
