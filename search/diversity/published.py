"""The published spaces that a population is set beside."""

from __future__ import annotations

import json
from importlib.resources import files

from cnngen.search.diversity.figures import Space


def published_spaces() -> list[Space]:
    """NAS-Bench-101 and NAS-Bench-201, counted as CNNGen counts."""
    told = json.loads((files(__package__) / "published.json").read_text(encoding="utf-8"))
    return [Space(**space) for space in told["spaces"]]
