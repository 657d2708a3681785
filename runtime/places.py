"""Where this machine's user keeps what can be made anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The user's folder for what can be made anew."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    else:
        base = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(base).absolute() / "cnngen" if base else Path.home() / ".cache" / "cnngen"
    except RuntimeError:  # no home
        return Path(".cache").absolute() / "cnngen"
