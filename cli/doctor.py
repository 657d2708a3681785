"""`cnngen doctor`: what this machine has, and what will therefore be measured or modelled."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from cnngen.cli.output import Format, Paint, Style, painter, visible, write, write_json


def doctor(
    interpreter: Annotated[
        str, typer.Option(metavar="PYTHON", help="The Python that trains; this one by default.")
    ] = sys.executable,
    format: Annotated[Format, typer.Option(help="For people, or JSON for programs.")] = Format.TEXT,
) -> None:
    """Say what was found here, and which figures will be measured, modelled or constant."""
    from cnngen.runtime import doctor as examine

    found = examine(interpreter)
    if format is Format.JSON:
        write_json(found)
        return
    paint = painter(sys.stdout)
    write(paint(Style.STRONG, "Found"))
    _write_rows(_found(found), paint)
    if found["measures"]:
        write("\n" + paint(Style.STRONG, "A training's energy will be"))
        _write_rows(((name.upper(), text) for name, text in found["measures"].items()), paint)
    if found["problem"]:
        write(f"\n{paint(Style.WARNING, 'problem')}: {visible(found['problem'])}")


def _found(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    """What was found as (label, text); None for what was not."""
    rapl, gpus = found["rapl"], found["gpu"]
    return [
        ("Interpreter", found["interpreter"]),
        ("Python", found["python"]),
        ("Keras", found["keras"]),
        ("TensorFlow", found["tensorflow"]),
        ("CodeCarbon", found["codecarbon"]),
        ("scikit-learn", found["scikit_learn"]),
        ("Graphviz", found["dot"]),
        ("Data sets", ", ".join(found["datasets"]) or None),
        ("GPU", ", ".join(gpus) if gpus else None),
        ("RAPL", _rapl(rapl) if rapl else None),
        ("NVML", "yes" if found["nvml"] else None),
    ]


def _rapl(rapl: dict[str, Any]) -> str:
    state = "readable" if rapl["readable"] else "present, but not readable" if rapl["present"] else "not found"
    return f"{state} ({rapl['advice']})" if rapl["advice"] else state


def _write_rows(rows: Iterable[tuple[str, str | None]], paint: Paint) -> None:
    listed = list(rows)
    width = max(len(label) for label, _ in listed)
    for label, text in listed:
        shown = visible(text) if text else paint(Style.DIM, "not found")
        write(f"  {paint(Style.FRAME, label.ljust(width))}  {shown}")
