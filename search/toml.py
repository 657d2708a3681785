"""TOML files that people write: configurations of samplers, specifications of benchmarks."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from cnngen.search.errors import ConfigurationError


def read_toml(path: Path) -> dict[str, Any]:
    """What a file says. Raises ConfigurationError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is no TOML: {error}.") from error
