"""The learning curve as a small SVG file, drawn with the standard library."""

from __future__ import annotations

from html import escape
from typing import Any

_WIDTH, _HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 130, 18, 40

_CURVES = (("accuracy", "training", "#3b6fb6"), ("val_accuracy", "validation", "#c8553d"))


def learning_curve(history: list[dict[str, Any]]) -> str | None:
    """Accuracy over epochs as SVG; None when there are no two epochs to join."""
    curves = [
        (label, colour, [(row["epoch"], row[name]) for row in history if row[name] is not None])
        for name, label, colour in _CURVES
    ]
    curves = [curve for curve in curves if len(curve[2]) > 1]
    if not curves:
        return None
    first, last = int(history[0]["epoch"]), int(history[-1]["epoch"])

    def x(epoch: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * ((epoch - first) / (last - first))

    def y(accuracy: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * accuracy

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
    ]
    for tick in range(0, 101, 25):
        at = y(tick / 100)
        parts.append(f'<path d="M{_LEFT} {at:.1f}H{_WIDTH - _RIGHT}" stroke="#dddddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#555555">{tick} %</text>')
    step = max(1, -(-(last - first) // 8))
    for epoch in range(first, last + 1, step):
        parts.append(
            f'<text x="{x(epoch):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle" fill="#555555">{epoch}</text>'
        )
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle" fill="#555555">epoch</text>')
    # Names stand beside the ends of their curves; where those meet, they make room for one another.
    places = sorted((y(points[-1][1]), label, colour, points) for label, colour, points in curves)
    below = 0.0
    for end, label, colour, points in places:
        line = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        at = max(end + 4, below)
        below = at + 15
        text = f"{label} {100 * points[-1][1]:.1f} %"
        parts.append(f'<text x="{_WIDTH - _RIGHT + 8}" y="{at:.1f}" fill="{colour}">{escape(text)}</text>')
    parts.append("</svg>")
    return "\n".join(parts) + "\n"
