"""`doctor`: what is there for training and measuring, and what will therefore be measured or modelled."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cnngen.codegen import find_dot, find_wheel
from cnngen.runtime.driving.interpreter import ask
from cnngen.runtime.errors import CannotTrain

_UNKNOWN: dict[str, Any] = {
    "python": None,
    "keras": None,
    "tensorflow": None,
    "codecarbon": None,
    "scikit_learn": None,
    "onnx": None,
    "tf2onnx": None,
    "gpu": None,
    "rapl": None,
    "nvml": None,
    "datasets": [],
    "measures": None,
}


def doctor(interpreter: str = sys.executable, python_path: str | Path | None = None) -> dict[str, Any]:
    """What was found, as plain data. Takes the 10 s or so that TensorFlow needs to look for GPUs.

    Keys: interpreter, problem (one sentence or None), python, keras, tensorflow, codecarbon, scikit_learn, onnx and
    tf2onnx (versions or None), gpu (names), rapl {present, readable, advice}, nvml, datasets (on this machine), and
    measures {cpu, gpu, ram: text "source: method"}, all of the interpreter; dot and dot_wheel (the Graphviz that draws,
    and that of the wheel: paths or None), pyarrow and mlflow (versions or None), of CNNGen's own Python. Never raises
    for what it does not find.
    """
    dot, wheel = find_dot(), find_wheel()
    head: dict[str, Any] = {
        "interpreter": interpreter,
        "problem": None,
        "dot": str(dot) if dot else None,
        "dot_wheel": str(wheel) if wheel else None,
        "pyarrow": _version("pyarrow"),
        "mlflow": _version("mlflow-skinny") or _version("mlflow"),
    }
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
        ("TensorFlow", _noted(found["tensorflow"], "it does the training; JAX and PyTorch are not needed")),
        ("CodeCarbon", found["codecarbon"]),
        ("scikit-learn", found["scikit_learn"]),
        ("Graphviz, for diagrams", _graphviz(found)),
        ("ONNX", _together(found["onnx"], found["tf2onnx"]) or _extra("onnx")),
        ("Parquet", _noted(found["pyarrow"], "pyarrow") or _extra("parquet")),
        ("MLflow", found["mlflow"] or _extra("mlflow")),
        ("Data sets", ", ".join(found["datasets"]) or None),
        ("GPU", ", ".join(found["gpu"] or ()) or None),
        ("RAPL, the processor's energy counters", _rapl(found["rapl"])),
        ("NVML, NVIDIA's energy counters", "yes" if found["nvml"] else None),
    ]


def _graphviz(found: Mapping[str, Any]) -> str | None:
    """Which of the two draws."""
    dot, wheel = found["dot"], found["dot_wheel"]
    if dot is None:
        return None
    if dot == wheel:
        return f"{dot} (the wheel)"
    return f"{dot} (the system's{'; the wheel is there for very long PNGs' if wheel else ''})"


def _together(onnx: str | None, converter: str | None) -> str | None:
    return f"{onnx}, tf2onnx {converter}" if onnx and converter else None


def _extra(name: str) -> str:
    return f'not installed (pip install "cnngen[{name}]")'


def _noted(found: str | None, note: str) -> str | None:
    return f"{found} ({note})" if found else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _rapl(rapl: Mapping[str, Any] | None) -> str | None:
    if not rapl:
        return None
    state = "readable" if rapl["readable"] else "present, but not readable" if rapl["present"] else "not found"
    return f"{state} ({rapl['advice']})" if rapl["advice"] else state
