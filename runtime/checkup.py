"""`doctor`: what is there for training and measuring, and what will therefore be measured or modelled."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnngen.codegen import find_dot
from cnngen.runtime.errors import CannotTrain
from cnngen.runtime.interpreter import ask

_UNKNOWN: dict[str, Any] = {
    "python": None,
    "keras": None,
    "tensorflow": None,
    "codecarbon": None,
    "scikit_learn": None,
    "gpu": None,
    "rapl": None,
    "nvml": None,
    "datasets": [],
    "measures": None,
}


def doctor(interpreter: str = sys.executable, python_path: str | Path | None = None) -> dict[str, Any]:
    """What was found, as plain data. Takes the 10 s or so that TensorFlow needs to look for GPUs.

    Keys: interpreter, problem (one sentence or None), python, keras, tensorflow, codecarbon and scikit_learn
    (versions or None), gpu (names), rapl {present, readable, advice}, nvml, datasets (on this machine), dot (path or
    None) and measures {cpu, gpu, ram: text "source: method"}. Never raises for what it does not find.
    """
    dot = find_dot()
    head: dict[str, Any] = {"interpreter": interpreter, "problem": None, "dot": str(dot) if dot else None}
    try:
        found = ask(interpreter, python_path, "examine")
    except CannotTrain as error:
        return {**_UNKNOWN, **head, "problem": str(error), "measures": {}}
    sources = found["measures"] or {}
    lacking = [name for name in ("keras", "tensorflow", "codecarbon") if not found[name]]
    if lacking:
        head["problem"] = f'{", ".join(lacking)} not found: pip install "cnngen[train]".'
    measures = {name: f"{source['source']}: {source['method']}" for name, source in sources.items()}
    return {**found, **head, "measures": measures}


def findings(found: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """What `doctor` looked for as (label, text); None for what it did not find."""
    return [
        ("Interpreter", found["interpreter"]),
        ("Python", found["python"]),
        ("Keras", found["keras"]),
        ("TensorFlow", found["tensorflow"]),
        ("CodeCarbon", found["codecarbon"]),
        ("scikit-learn", found["scikit_learn"]),
        ("Graphviz", found["dot"]),
        ("Data sets", ", ".join(found["datasets"]) or None),
        ("GPU", ", ".join(found["gpu"] or ()) or None),
        ("RAPL, the processor's energy counters", _rapl(found["rapl"])),
        ("NVML, NVIDIA's energy counters", "yes" if found["nvml"] else None),
    ]


def _rapl(rapl: Mapping[str, Any] | None) -> str | None:
    if not rapl:
        return None
    state = "readable" if rapl["readable"] else "present, but not readable" if rapl["present"] else "not found"
    return f"{state} ({rapl['advice']})" if rapl["advice"] else state
