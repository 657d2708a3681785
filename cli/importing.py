"""`cnngen import`: the program of a Keras model."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cnngen.cli.errors import CannotWork
from cnngen.cli.output import write, write_program


def import_model(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A .keras file, or the JSON of model.to_json().")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where the program goes; standard output.")
    ] = None,
) -> None:
    """Write the program of a Keras model, every hyper-parameter written. Keras itself is not needed.

    A model tells neither its data set nor its training.
    """
    from cnngen.codegen import NotInTheLanguage, read_configuration, read_model
    from cnngen.language import Severity, analyse, format_text

    try:
        text = format_text(read_model(read_configuration(model))).text
    except OSError as error:
        raise CannotWork(f"{model} cannot be read: {error.strerror or error}.") from None
    except NotInTheLanguage as error:
        raise CannotWork(str(error)) from None
    errors = [found for found in analyse(text).diagnostics if found.severity is Severity.ERROR]
    if errors:
        raise CannotWork(f"{model} has what no program can: {errors[0].message}")
    if output is None:
        write_program(text, "utf-8")
        return
    temporary = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(output)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CannotWork(f"{output} cannot be written: {error.strerror or error}.") from None
    write(f"written: {output}", sys.stdout)
