"""The doctor's report: what this machine has for training and measuring, as a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def doctors_report(found: Mapping[str, Any]) -> str:
    """What `cnngen.runtime.doctor` found, as Markdown."""
    from cnngen.runtime import findings  # not before somebody asks: an editor waits for the server's start

    lines = ["# What this machine can measure", ""]
    if found["problem"]:
        lines += [f"**Problem**: {_plain(found['problem'])}", ""]
    if found["measures"]:
        lines += ["## A training's energy will be", "", "| Component | Source |", "| --- | --- |"]
        lines += [f"| {name.upper()} | {_plain(text)} |" for name, text in found["measures"].items()]
        lines.append("")
    lines += ["## Found", "", "| | |", "| --- | --- |"]
    lines += [f"| {label} | {_plain(text) if text else '*not found*'} |" for label, text in findings(found)]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one cell of a table."""
    flat = " ".join(text.split())
    return "".join(f"\\{character}" if character in "\\`*_[]<>|#" else character for character in flat)
