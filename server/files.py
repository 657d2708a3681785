"""Documents as files: where the results of a command go."""

from __future__ import annotations

from pathlib import Path

from pygls.uris import to_fs_path

from cnngen.server.documents import Document, sound
from cnngen.server.errors import CommandFailed


def path_of_file(uri: str) -> Path | None:
    """The file behind a URI; None for a document that was never saved."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    return Path(path) if path and "\0" not in path else None


def path_of(uri: str) -> Path:
    """The file behind a URI. Raises CommandFailed for a document that was never saved."""
    path = path_of_file(uri)
    if path is None:
        raise CommandFailed("Save the program to a file first: what is made from it is kept beside it.")
    return path


def read(uri: str) -> Document:
    """A program that is not open in the editor, from the disk. Raises CommandFailed when it cannot be read."""
    path = path_of(uri)
    try:
        return Document(uri, None, sound(path.read_bytes().decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise CommandFailed(f"{path.name} is not UTF-8 text; save it as UTF-8.") from None
    except OSError as error:
        raise CommandFailed(f"{path} cannot be read: {error.strerror or error}.") from None


def uri_of(path: Path) -> str:
    """The URI of a file or folder."""
    return path.absolute().as_uri()
