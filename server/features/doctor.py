"""The doctor's report: what this machine has for training and measuring, as a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def doctors_report(found: Mapping[str, Any]) -> str:
    """What `cnngen.runtime.doctor` found, as Markdown."""
    lines = ["# What this machine can measure", ""]
    if found["problem"]:
        lines += [f"**Problem**: {_plain(found['problem'])}", ""]
    if found["measures"]:
        lines += ["## A training's energy will be", "", "| Component | Source |", "| --- | --- |"]
        lines += [f"| {name.upper()} | {_plain(text)} |" for name, text in found["measures"].items()]
        lines.append("")
    lines += ["## Found", "", "| | |", "| --- | --- |"]
    lines += [f"| {label} | {_plain(text) if text else '*not found*'} |" for label, text in _found(found)]
    return "\n".join(lines) + "\n"


def _found(found: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """What was looked for as (label, text); None for what was not found."""
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


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one cell of a table."""
    flat = " ".join(text.split())
    return "".join(f"\\{character}" if character in "\\`*_[]<>|#" else character for character in flat)
