"""`python -m cnngen.runtime.worker.probe [--country ISO3] [--dataset NAME] [PATH]`: what a run would find, as JSON.

Asked by the parent before a run folder is made, because only this interpreter has the packages to tell. Answers in
under a second: nothing here imports TensorFlow.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["CODECARBON_LOG_LEVEL"] = "critical"

#: The modules that a run imports, and where each comes from.
NEEDED = {"keras": "keras", "tensorflow": "tensorflow", "codecarbon": "codecarbon", "numpy": "numpy"}


def probe(path: Path | None, country: str | None, dataset: str | None) -> dict[str, Any]:
    """What is missing for a run, the grid of the country, and the shape and classes of the images at `path`.

    `error` is one sentence when the country or the images cannot be used.
    """
    needed = {**NEEDED, "sklearn": "scikit-learn"} if dataset == "digits" else NEEDED
    missing = [package for module, package in needed.items() if find_spec(module) is None]
    found: dict[str, Any] = {"python": platform.python_version(), "missing": missing, "error": None}
    if missing:
        return found
    from cnngen.runtime.worker.country import find_country
    from cnngen.runtime.worker.data import read_npz
    from cnngen.runtime.worker.errors import RunError

    try:
        if country:
            found["country"] = asdict(find_country(country))
        if path:
            images = read_npz(path)
            found["images"] = {"shape": images.shape, "classes": images.classes}
    except RunError as error:
        found["error"] = str(error)
    except MemoryError:
        found["error"] = f"{path} does not fit into the machine's memory."
    return found


def main() -> None:
    """Print what was found as one line of JSON."""
    parser = argparse.ArgumentParser(prog="cnngen.runtime.worker.probe")
    parser.add_argument("path", nargs="?", type=Path)
    parser.add_argument("--country")
    parser.add_argument("--dataset")
    options = parser.parse_args()
    print(json.dumps(probe(options.path, options.country, options.dataset)))


if __name__ == "__main__":
    main()
