"""What lies in the folder of a run."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from cnngen.runtime import record

#: The files that are told, in the order in which a reader may want them.
_FILES = (
    (record.PROGRAM, "the program"),
    (record.MODEL, "the generated Keras code that was trained"),
    ("diagram.svg", "the network as a picture"),
    (record.NETWORK, "the network with every shape and cost"),
    (record.RESULT, "the record, all figures with their units"),
    (record.HISTORY, "one line an epoch"),
    (record.WINDOWS, "energy, one line a measuring window"),
    (record.POWER, "power, about one line a second"),
    (record.PROVENANCE, "versions, settings, hardware, digests of the data"),
    (record.EVENTS, "what the run told while it went on"),
    (record.LOG, "what the libraries said"),
)


def files(run_dir: Path) -> list[dict[str, str]]:
    """The files of a run that are there, each with what it holds."""
    return [{"name": name, "what": what} for name, what in _FILES if (run_dir / name).is_file()]


def load_object(path: Path) -> dict[str, Any] | None:
    """The JSON object of a file; None where there is none."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else None
    return None
