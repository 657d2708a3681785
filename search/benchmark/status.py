"""How far a benchmark is, told from its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnngen.search.benchmark.ledger import ENDS, Ledger

#: Trials that the rate is told from: the last ones, for machines change.
RECENT = 30


@dataclass(frozen=True)
class Status:
    """Numbers of trials by state; seconds a trial took of late (None before the first), and those that are left; the
    energy of all trials so far, in Wh, the range of accuracies, and how often each reason of a failure stands there.
    """

    total: int
    counts: dict[str, int]
    seconds_a_trial: float | None
    seconds_left: float | None
    energy_wh: float
    accuracies: tuple[float, float, float] | None
    reasons: dict[str, int]
    running: str | None

    @property
    def ended(self) -> int:
        """Trials that have come to an end."""
        return sum(self.counts.get(state, 0) for state in ENDS)


def status(ledger: Ledger) -> Status:
    """How far it is."""
    counts = ledger.counts()
    ended = list(ledger.entries(*ENDS))
    rows: list[dict[str, Any]] = [entry.result for entry in ended if entry.result]
    times = sorted(
        (row["ended_utc"], float(row["run_duration_s"]))
        for row in rows
        if row.get("ended_utc") and row.get("run_duration_s") is not None
    )[-RECENT:]
    rate = sum(seconds for _, seconds in times) / len(times) if times else None
    left = sum(counts.get(state, 0) for state in ("queued", "running"))
    found = sorted(row["test_accuracy"] for row in rows if row.get("test_accuracy") is not None)
    reasons: dict[str, int] = {}
    for entry in ended:
        if entry.state != "done" and entry.result:
            reason = f"{entry.state}: {entry.result.get('reason')}"
            reasons[reason] = reasons.get(reason, 0) + 1
    running = next(ledger.entries("running"), None)
    return Status(
        total=sum(counts.values()),
        counts=counts,
        seconds_a_trial=rate,
        # On several machines as many are under way as there are machines.
        seconds_left=rate * left / max(1, counts.get("running", 0)) if rate is not None else None,
        energy_wh=sum(row.get("run_energy_total_kwh") or 0.0 for row in rows) * 1000.0,
        accuracies=(found[0], found[len(found) // 2], found[-1]) if found else None,
        reasons=reasons,
        running=running.trial.id if running else None,
    )


def span(seconds: float) -> str:
    """A time for people: 45 s, 3 min, 2 h 5 min, 4 d 3 h."""
    minutes, hours = round(seconds / 60), int(seconds // 3600)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 90:
        return f"{minutes} min"
    if hours < 48:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{hours // 24} d {hours % 24} h"
