"""`cnngen fmt`: programs in the layout of the language."""

from __future__ import annotations

import sys
from difflib import unified_diff
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Style, complain, painter, visible, write, write_program

if TYPE_CHECKING:
    from cnngen.cli.sources import Source


def fmt(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Programs, or folders with .cnn files; '-' is standard input."),
    ],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; name what is not laid out so.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
) -> None:
    """Lay out programs. Comments and the network stay as they are. Standard input goes to standard output.

    Exit code: 0 when all is well, 1 when --check finds a program not laid out so, or when one has syntax errors (it
    stays as it is), 2 when a file could not be read or written.
    """
    from cnngen.cli.render import counted
    from cnngen.cli.sources import STDIN, programs

    # Where standard output carries programs or changes, what is said about them goes to standard error.
    stream = sys.stderr if diff or STDIN in files else sys.stdout
    sound = changed = unsound = unable = 0
    for argument in files:
        try:
            inside = programs(argument)
        except CannotWork as error:
            complain(str(error))
            unable += 1
            continue
        for file in inside:
            try:
                laid_out_before = _format(file, check, diff, stream)
            except CannotWork as error:
                complain(str(error))
                unable += 1
            else:
                unsound += laid_out_before is None
                changed += laid_out_before is False
                sound += laid_out_before is True
    if changed or sound:
        done, change = ("Checked the layout of", "would change") if check or diff else ("Laid out", "changed")
        text = f"{done} {counted(changed + sound, 'program')}: {changed or 'none'} {change}."
        write(text if changed else painter(stream)(Style.GOOD, text), stream)
    if unable:
        raise typer.Exit(ExitCode.CANNOT_WORK)
    if unsound or (check and changed):
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)


def _format(file: str, check: bool, diff: bool, stream: TextIO) -> bool | None:
    """Treat one program. Says whether it was laid out so before; None when it has syntax errors."""
    from cnngen.cli.render import render
    from cnngen.cli.sources import STDIN, read, replace
    from cnngen.language import analyse, format_text, with_working_fixes

    source = read(file)
    formatted = format_text(source.text)
    if formatted.errors:
        paint, analysis = painter(sys.stderr), analyse(source.text)
        for error in with_working_fixes(analysis, formatted.errors):
            write(render(error, analysis.lines, source.label, paint) + "\n", sys.stderr)
        complain(f"{source.label} has syntax errors, so it stays as it is.")
    changes = formatted.text != source.text
    if changes and diff:
        _show_changes(source, formatted.text)
    elif check or diff:
        if changes:
            write(f"would change: {visible(source.label)}", stream)
    elif file == STDIN:
        write_program(formatted.text, source.encoding)
    elif changes:
        replace(source, formatted.text)
        write(f"changed: {visible(source.label)}", stream)
    return None if formatted.errors else not changes


def _show_changes(source: Source, text: str) -> None:
    """Write a unified diff to standard output, such as `patch` understands."""
    changes = unified_diff(_lines(source.text), _lines(text), source.label, f"{source.label} (laid out)")
    write_program("".join(changes), source.encoding.removesuffix("-sig"))


def _lines(text: str) -> list[str]:
    r"""The lines with their ends. A line ends at `\n` alone: diffs know no other."""
    *lines, last = (f"{line}\n" for line in text.split("\n"))
    return lines if last == "\n" else [*lines, f"{last}\\ No newline at end of file\n"]
