"""Long answers, as the plain data that is sent: the library's classes would take longer than finding what they tell."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Plain(NamedTuple):
    """The result of a request in the protocol's own names: objects, lists, texts and numbers, ready for JSON."""

    data: Any


class Written(NamedTuple):
    """The result of a request as JSON already, of which most is as it was in the answer before."""

    text: str


def written(data: Any) -> str:
    """Plain data as JSON."""
    return json.dumps(data, separators=(",", ":"))
