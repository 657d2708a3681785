"""Figures and values as people read them, in the words of the language."""

from __future__ import annotations

from typing import Any


def as_written(value: Any) -> str:
    """A hyper-parameter's value as a program would say it; one number for a square window."""
    match value:
        case None:  # an activation that is none
            return "linear"
        case bool():
            return str(value).lower()
        case (height, width) if height == width:
            return str(height)
        case tuple():
            return f"({', '.join(map(str, value))})"
        case float():
            short = f"{value:g}"
            return short if float(short) == value else str(value)
    return str(value)


def counted(number: int, noun: str) -> str:
    """A number of things: 1 layer, 1,200 layers."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rounded(number: int) -> str:
    """A large number at a glance, to two digits at least: 320, 1.2 k, 41 M."""
    for scale, unit in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        # 999,950 reads 1.0 M, not 1,000 k.
        if number >= scale * 0.9995:
            return f"{number / scale:.{0 if number >= 9.95 * scale else 1}f} {unit}"
    return str(number)


def memory(size: int) -> str:
    """A number of bytes in the unit that people use for it."""
    for scale, unit in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if size >= scale:
            return f"{size / scale:,.1f} {unit}"
    return f"{size} B"


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent; nothing of nothing is none."""
    if not part or not whole:
        return "0 %"
    per_cent = 100 * part / whole
    return "below 0.1 %" if per_cent < 0.1 else f"{per_cent:.1f} %"
