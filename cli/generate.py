"""`cnngen generate`: Keras code, pictures and JSON of a program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Style, complain, painter, visible, write


def generate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A program; '-' is standard input.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the files go.")] = Path(
        "generated"
    ),
) -> None:
    """Write the Keras file, the diagram as PNG and SVG, and the network as JSON."""
    from cnngen.cli.render import report
    from cnngen.cli.sources import read
    from cnngen.codegen import generate as generate_files
    from cnngen.language import analyse

    source = read(file)
    analysis = analyse(source.text, name=source.name)
    report(analysis, source.label)
    if not analysis.ok:
        complain(f"{source.label} has errors, so nothing was generated.")
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)
    try:
        generated = generate_files(analysis, output, source.name)
    except OSError as error:
        raise CannotWork(f"{output} cannot be written: {error.strerror or error}.") from error
    for path in generated.files.values():
        write(visible(str(path)))
    paint = painter(sys.stderr)
    for note in generated.notes:
        write(f"{paint(Style.NOTE, 'note')}: {visible(note)}", sys.stderr)
