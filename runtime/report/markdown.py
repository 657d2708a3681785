"""`report.md`: the report of a run for places that show no HTML, such as an editor's preview."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.wording import duration, percent, watt_hours

Overview = dict[str, Any]

#: A longer table is no reading matter; the rest is in `history.csv`.
_ROWS = 40


def compose(told: Overview) -> str:
    """The page of an overview as Markdown."""
    names = {file["name"] for file in told["files"]}
    sections = [
        f"# {escape(told['name'])}",
        escape(f"{told['status']}: {told['message']}" if told["message"] else told["status"]),
        _table(("", "", "source", "how"), (_figure(figure) for figure in told["figures"])),
        "\n".join(f"- {escape(sentence)}" for sentence in told["caveats"]),
        _energy(told),
        _epochs(told),
        "## Network\n\n![The network](diagram.svg)" if "diagram.svg" in names else "",
        _repeat(told),
        *_surroundings(told),
        "## Files\n\n" + _table(("file", "what it holds"), ((file["name"], file["what"]) for file in told["files"])),
        f"The same with charts is in {record.REPORT}, for a browser.",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def escape(text: str) -> str:
    """Text from a program or a path, so that Markdown shows it and does not obey it."""
    shown = "".join(f"\\{sign}" if sign in "\\`*_[]<>|~$&" else sign for sign in text)
    return " ".join(shown.split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(map(escape, row)) + " |" for row in rows]
    return "\n".join(lines)


def _figure(figure: dict[str, Any]) -> tuple[str, ...]:
    return figure["label"], figure["text"], figure["source"] or "", figure["how"] or ""


def _energy(told: Overview) -> str:
    if not told["phases"]:
        return ""
    rows = [
        (row["phase"], row["label"], row["duration_text"], row["total_text"], row["power_text"])
        for row in told["phases"]
    ]
    sources = ((part["component"].upper(), part["source"], part["how"]) for part in told["components"])
    return (
        "## Energy\n\n"
        + _table(("phase", "what", "time", "energy", "mean power"), rows)
        + "\n\nWindows follow one another and never overlap. Where the watts come from:\n\n"
        + _table(("component", "source", "how"), sources)
    )


def _epochs(told: Overview) -> str:
    history = told["history"]
    if not history:
        return ""
    source = next((figure["source"] for figure in told["figures"] if figure["key"] == "training_energy"), "constant")
    head = ("epoch", "loss", "accuracy", "validation loss", "validation accuracy", "training time", "training energy")
    text = "## Epochs\n\n" + _table(head, (tuple(epoch(row, source)) for row in history[:_ROWS]))
    if len(history) > _ROWS:
        text += f"\n\nThe first {_ROWS} of {len(history)} epochs; all are in {record.HISTORY}."
    return text


def epoch(row: dict[str, Any], source: str) -> Iterator[str]:
    """The cells of one epoch's row; `source` says how many digits its energy is worth."""
    yield str(row["epoch"])
    for name in ("", "val_"):
        loss, accuracy = row[f"{name}loss"], row[f"{name}accuracy"]
        yield "–" if loss is None else f"{loss:.4f}"
        yield "–" if accuracy is None else percent(accuracy)
    seconds, wh = row["train_duration_s"], row["train_energy_wh"]
    yield "–" if seconds is None else duration(seconds)
    yield "–" if wh is None else watt_hours(wh / 1000.0, source)


def _repeat(told: Overview) -> str:
    # A path may hold the very marks that end a block of code.
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", told["repeat_here"])), default=0))
    return f"## Do it again\n\n{fence}sh\n{told['repeat_here']}\n{fence}"


def _surroundings(told: Overview) -> Iterator[str]:
    for group in told["surroundings"]:
        rows = ((row["label"], row["text"]) for row in group["rows"])
        yield f"## {group['title']}\n\n" + _table(("", ""), rows)
