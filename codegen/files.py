"""`generate()`: a network's code, pictures and data as files, each written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EISDIR
from pathlib import Path
from secrets import token_hex

from cnngen.codegen.artefacts import ALL, USUAL, Artefact, manifest
from cnngen.codegen.pictures.graphviz import DiagramUnavailable
from cnngen.language import Analysis

MANIFEST = "manifest.json"


class Unavailable(Exception):
    """A file cannot be made here; the message is one sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What `generate` wrote: `files` by their keys in `USUAL` or `ALL`, and notes on what is missing and why."""

    files: Mapping[str, Path]
    notes: tuple[str, ...] = ()


def generate(analysis: Analysis, directory: Path, stem: str) -> Generated:
    """Write the Keras program, the pictures and the JSON of a program without errors to `directory`/`stem`.*.

    All of it is made before anything is written, so an old set is replaced by a new one and never mixed with half of
    it. Without Graphviz there are no pictures, and a note says so; older pictures of that name are then removed,
    for they would show another network.

    Raises:
        OSError: the directory or a file in it cannot be written.
        ValueError: the program has errors.
    """
    contents, notes = _made(analysis, USUAL)
    paths = {kind: directory / f"{stem}.{artefact.suffix}" for kind, artefact in USUAL.items()}
    return _written(paths, contents, notes)


def generate_all(
    analysis: Analysis, directory: Path, stem: str, onnx: Callable[[Analysis], bytes] | None = None
) -> Generated:
    """Write everything that a network is published as to the folder `directory`/`stem`, and a manifest of it.

    `onnx` makes the ONNX file, which takes another Python; it raises Unavailable where there is none. The manifest is
    among the files under the key `manifest`, and takes its place last: it lists what lies beside it.

    Raises:
        OSError: the folder or a file in it cannot be written.
        ValueError: the program has errors.
    """
    contents, notes = _made(analysis, ALL)
    if onnx is not None:
        try:
            contents["onnx"] = onnx(analysis)
        except Unavailable as unavailable:
            notes.append(str(unavailable))
    names = {kind: f"{stem}.{artefact.suffix}" for kind, artefact in ALL.items()}
    listed = {kind: (names[kind], contents[kind]) for kind in ALL if kind in contents}
    contents["manifest"] = manifest(analysis, listed)
    folder = directory / stem
    return _written(
        {kind: folder / name for kind, name in names.items()} | {"manifest": folder / MANIFEST}, contents, notes
    )


def _made(analysis: Analysis, artefacts: Mapping[str, Artefact]) -> tuple[dict[str, bytes], list[str]]:
    """The contents of files by key, and notes on those that cannot be made."""
    if not analysis.ok:
        raise ValueError(f"the program {analysis.network.name!r} has errors, so there is no network to write")
    contents: dict[str, bytes] = {}
    notes: list[str] = []
    for kind, artefact in artefacts.items():
        if artefact.make is None:
            continue
        try:
            contents[kind] = artefact.make(analysis)
        except DiagramUnavailable as unavailable:
            if str(unavailable) not in notes:
                notes.append(str(unavailable))
    return contents, notes


def _written(paths: Mapping[str, Path], contents: Mapping[str, bytes], notes: list[str]) -> Generated:
    """Put files in their places, and away what an older set has and this one has not."""
    for folder in {path.parent for path in paths.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    _replace({path: contents[kind] for kind, path in paths.items() if kind in contents})
    for kind in paths.keys() - contents.keys():
        paths[kind].unlink(missing_ok=True)
    return Generated({kind: path for kind, path in paths.items() if kind in contents}, tuple(notes))


def _replace(contents: Mapping[Path, bytes]) -> None:
    """Write files under other names first; only when all are on the disk do they take their places, in their order."""
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
