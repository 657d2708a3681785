"""`cnngen check`: the diagnostics of programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Format, Style, complain, painter, write, write_json

if TYPE_CHECKING:
    from cnngen.cli.sources import Source
    from cnngen.language import Analysis


def check(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Programs, or folders with .cnn files; '-' is standard input."),
    ],
    format: Annotated[Format, typer.Option(help="For people, or a JSON list for programs.")] = Format.TEXT,
) -> None:
    """Say what is wrong with programs.

    Exit code: 0 without errors, 1 with errors in programs, 2 when a file could not be read.
    """
    from cnngen.cli.sources import read_all
    from cnngen.language import analyse

    checked: list[tuple[Source, Analysis]] = []
    unread = False
    for found in read_all(files):
        if isinstance(found, CannotWork):
            complain(str(found))
            unread = True
        else:
            checked.append((found, analyse(found.text, name=found.name)))
    if format is Format.JSON:
        write_json([entry for source, analysis in checked for entry in _entries(source, analysis)])
    else:
        _write_text(checked)
    if unread:
        raise typer.Exit(ExitCode.CANNOT_WORK)
    if not all(analysis.ok for _, analysis in checked):
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)


def _entries(source: Source, analysis: Analysis) -> list[dict[str, Any]]:
    """The diagnostics of one program as plain data, each with the file it is of."""
    from cnngen.language import with_working_fixes

    diagnostics = with_working_fixes(analysis, analysis.diagnostics)
    return [{"file": source.argument, **found.to_json(analysis.lines)} for found in diagnostics]


def _write_text(checked: list[tuple[Source, Analysis]]) -> None:
    from cnngen.cli.render import counted, render, tally
    from cnngen.language import with_working_fixes

    paint = painter(sys.stdout)
    for source, analysis in checked:
        for diagnostic in with_working_fixes(analysis, analysis.diagnostics):
            write(render(diagnostic, analysis.lines, source.label, paint) + "\n")
    if not checked:
        return
    programs = counted(len(checked), "program")
    found = tally(diagnostic for _, analysis in checked for diagnostic in analysis.diagnostics)
    if found:
        write(f"Found {found} in {programs}.")
    else:
        write(paint(Style.GOOD, f"Checked {programs}: all is well."))
