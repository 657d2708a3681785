"""The configuration of a Keras model from its file: an archive `.keras`, or JSON."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from cnngen.codegen.reading.errors import NotInTheLanguage

_CONFIG = "config.json"
_LARGEST = 64 << 20  # bytes of a configuration: a network of a hundred thousand layers


def read_configuration(path: Path) -> dict[str, Any]:
    """What a `.keras` file or the file of `model.to_json()` says of the model, for `read_model`.

    Raises:
        NotInTheLanguage: it is neither.
        OSError: the file cannot be read.
    """
    neither = NotInTheLanguage(f"{path} is no model of Keras 3: neither a .keras file nor the JSON of model.to_json().")
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if archive.getinfo(_CONFIG).file_size > _LARGEST:
                    raise neither
                content = archive.read(_CONFIG)
        else:
            with path.open("rb") as file:
                content = file.read(_LARGEST)
        model = json.loads(content)
    except (ValueError, KeyError, zipfile.BadZipFile, RecursionError):
        raise neither from None
    if not isinstance(model, dict):
        raise neither
    return model
