"""Which runs are repetitions of one another."""

from __future__ import annotations

import hashlib
import json
from typing import Any

#: What of a training two repetitions may differ in.
_NO_PART = ("seed", "arguments", "jit_compile_asked")


def request_of(result: dict[str, Any]) -> str:
    """A digest that runs share when they asked for the same in the same place: network, data, settings and device.

    The seed is no part of it: runs that differ by it alone are repetitions. Nor is the way in which something was
    asked for: every value that counted is there by its own name. Images are what they hold, under whatever name and
    path; only those of a run that never came to read them are known by their name alone.
    """
    # None is what earlier versions did not write.
    told = result["training"].items()
    settings = {name: value for name, value in told if name not in _NO_PART and value is not None}
    data = {name: result["data"][name] for name in ("shape", "classes")}
    data["images"] = result["data"]["sha256"] or result["data"]["name"]
    asked = [result["program"]["hash"], data, settings, result["run"]["device_name"]]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
