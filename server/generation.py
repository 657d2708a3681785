"""The command *Generate Keras*: code, pictures and JSON beside the program."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cnngen.server.errors import CommandFailed
from cnngen.server.files import path_of, uri_of

if TYPE_CHECKING:
    from cnngen.language import Analysis
    from cnngen.server.app import Server


#: The folder beside the program that the files go to.
FOLDER = "generated"


async def generate_keras(server: Server, uri: str) -> dict[str, Any]:
    """Write the files of the text as it stands in the editor, and have the Python file shown.

    Raises CommandFailed.
    """
    from cnngen.codegen import generate

    path = path_of(uri)
    analysis = await server.analysis_of(uri)
    refuse_errors(analysis, path.name)
    directory = path.parent / FOLDER
    try:
        generated = await asyncio.to_thread(generate, analysis, directory, path.stem)
    except OSError as error:
        raise CommandFailed(f"{directory} cannot be written: {error.strerror or error}.") from error
    files = {kind: uri_of(file) for kind, file in generated.files.items()}
    server.show_document(files["python"])
    return {"directory": uri_of(directory), "files": files, "notes": list(generated.notes)}


def refuse_errors(analysis: Analysis, name: str) -> None:
    """Raise CommandFailed for a program with errors."""
    from cnngen.language import Severity

    errors = sum(found.severity is Severity.ERROR for found in analysis.diagnostics)
    if errors:
        raise CommandFailed(f"{name} has {errors} error{'s' if errors > 1 else ''}: correct the program first.")
