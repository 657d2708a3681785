"""`cnngen generate`: Keras code, pictures and JSON of a program, or everything that a network is published as."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Style, complain, painter, visible, write

if TYPE_CHECKING:
    from cnngen.language import Analysis


def generate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A program; '-' is standard input.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the files go.")] = Path(
        "generated"
    ),
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="Also text, DOT, adjacency matrix, TensorBoard graph and ONNX, in a folder with a manifest."
        ),
    ] = False,
    interpreter: Annotated[
        str, typer.Option(metavar="PYTHON", help="The Python that has Keras, for ONNX; this one by default.")
    ] = sys.executable,
) -> None:
    """Write the Keras file, the diagram as PNG and SVG, and the network as JSON."""
    from cnngen.cli.render import report
    from cnngen.cli.sources import read
    from cnngen.codegen import Unavailable, generate_all
    from cnngen.codegen import generate as generate_files
    from cnngen.language import analyse

    def onnx(found: Analysis) -> bytes:
        from cnngen.runtime import CannotExport, onnx

        try:
            return onnx(found, interpreter)
        except CannotExport as error:
            raise Unavailable(str(error)) from error

    source = read(file)
    analysis = analyse(source.text, name=source.name)
    report(analysis, source.label)
    if not analysis.ok:
        complain(f"{source.label} has errors, so nothing was generated.")
        raise typer.Exit(ExitCode.PROGRAM_ERRORS)
    try:
        if everything:
            generated = generate_all(analysis, output, source.name, onnx)
        else:
            generated = generate_files(analysis, output, source.name)
    except OSError as error:
        raise CannotWork(f"{output} cannot be written: {error.strerror or error}.") from error
    for path in generated.files.values():
        write(visible(str(path)))
    paint = painter(sys.stderr)
    for note in generated.notes:
        write(f"{paint(Style.NOTE, 'note')}: {visible(note)}", sys.stderr)
