"""`generate()`: a network's code, pictures and data as files, each written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EISDIR
from pathlib import Path
from secrets import token_hex
from typing import Any

from cnngen.codegen.keras.program import keras_code
from cnngen.codegen.pictures.graphviz import DiagramUnavailable
from cnngen.codegen.pictures.picture import diagram
from cnngen.language import Analysis, with_working_fixes


@dataclass(frozen=True, slots=True)
class Generated:
    """What `generate` wrote: `files` by the keys python, svg, png and json, and notes on what is missing and why."""

    files: Mapping[str, Path]
    notes: tuple[str, ...] = ()


def network_json(analysis: Analysis) -> dict[str, Any]:
    """The network with its diagnostics as plain data: the object that `cnngen describe --format json` prints."""
    lines = analysis.lines
    diagnostics = [diagnostic.to_json(lines) for diagnostic in with_working_fixes(analysis, analysis.diagnostics)]
    return analysis.network.to_json(lines) | {"diagnostics": diagnostics}


def generate(analysis: Analysis, directory: Path, stem: str) -> Generated:
    """Write the Keras program, the pictures and the JSON of a program without errors to `directory`/`stem`.*.

    All of it is made before anything is written, so an old set is replaced by a new one and never mixed with half of
    it. Without Graphviz there are no pictures, and a note says so; older pictures of that name are then removed,
    for they would show another network.

    Raises:
        OSError: the directory or a file in it cannot be written.
        ValueError: the program has errors.
    """
    contents: dict[str, bytes] = {
        "python": keras_code(analysis).encode(),
        "json": (json.dumps(network_json(analysis), indent=2) + "\n").encode(),
    }
    notes: list[str] = []
    for kind in ("svg", "png"):
        try:
            contents[kind] = diagram(analysis.network, kind)
        except DiagramUnavailable as unavailable:
            if str(unavailable) not in notes:
                notes.append(str(unavailable))
    suffixes = {"python": "py", "svg": "svg", "png": "png", "json": "json"}
    paths = {kind: directory / f"{stem}.{suffix}" for kind, suffix in suffixes.items()}
    directory.mkdir(parents=True, exist_ok=True)
    _replace({paths[kind]: content for kind, content in contents.items()})
    for kind in paths.keys() - contents.keys():
        paths[kind].unlink(missing_ok=True)
    return Generated({kind: path for kind, path in paths.items() if kind in contents}, tuple(notes))


def _replace(contents: Mapping[Path, bytes]) -> None:
    """Write files under other names first; only when all are on the disk do they take their places."""
    for path in contents:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    written: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            temporary = path.with_name(f".cnngen-{token_hex(8)}")
            written[path] = temporary
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, temporary in written.items():
            temporary.replace(path)
    finally:
        for temporary in written.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
