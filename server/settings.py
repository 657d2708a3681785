"""What the editor's user has set: sent at the start, overridden by a command's own options."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings under the names of the protocol's JSON, in Python's spelling. None means not set."""

    interpreter: str = sys.executable
    worker_path: str | None = None
    country: str | None = None
    device: str = "auto"
    runs_directory: str | None = None
    dataset: str | None = None
    epochs: int | None = None
    trusted: bool = True
    training_finished: bool = False
    value_hints: bool = True
    shape_hints: bool = True
    totals_lens: bool = True
    result_lens: bool = True
    show_diagram: bool = False

    def updated(self, given: Any) -> Settings:
        """These settings with those of a JSON object in their place.

        What is not known, is of another type, or is null or empty (an editor's way to say "not set") is left out.
        """
        if not isinstance(given, dict):
            return self
        found: dict[str, Any] = {}
        for field in fields(self):
            value = given.get(_json_name(field.name))
            kind = _KINDS.get(field.name, str)
            if type(value) is kind and value != "":
                found[field.name] = value
        return replace(self, **found)


_KINDS: dict[str, type] = {"epochs": int} | dict.fromkeys(
    (
        "trusted",
        "training_finished",
        "value_hints",
        "shape_hints",
        "totals_lens",
        "result_lens",
        "show_diagram",
    ),
    bool,
)


def _json_name(name: str) -> str:
    """`runs_directory` is `runsDirectory` there."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
