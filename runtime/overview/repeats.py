"""Which runs are repetitions of one another."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def request_of(result: dict[str, Any]) -> str:
    """A digest that runs share when they asked for the same in the same place: network, data, settings and device.

    The seed is no part of it: runs that differ by it alone are repetitions.
    """
    settings = {name: value for name, value in result["training"].items() if name != "seed"}
    data = {name: result["data"][name] for name in ("name", "shape", "classes")}
    asked = [result["program"]["hash"], data, settings, result["run"]["device_name"]]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
