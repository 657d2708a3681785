"""How a run may end before its end: cancelled, killed. What was done is kept and readable.

How a run is driven and ended otherwise is tested with a worker that trains nothing, in test_runtime_driving.py.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime import TrainingJob, summary

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals"),
]


def after_epoch(number: int, act: Callable[[TrainingJob], None]) -> Callable[[TrainingJob, dict[str, Any]], None]:
    """Act once, in the middle of the epoch after `number`."""
    seen: list[int] = []

    def at(job: TrainingJob, event: dict[str, Any]) -> None:
        if event["event"] == "progress" and event["epoch"] > number and not seen:
            seen.append(event["epoch"])
            act(job)

    return at


def gone(pid: int) -> bool:
    """Whether the process has ended, or is only waiting for its parent to take notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def assert_kept(result: dict[str, Any], status: str) -> None:
    """What was done is in the record, and people can read it."""
    assert result["status"] == status
    assert result["run"]["epochs_executed"] == len(result["history"]) >= 1
    assert result["energy"]["training"]["energy_total_kwh"] > 0
    assert result["quality"]["test_accuracy"] is None
    assert dict(summary(result))["Status"].startswith(status)


def test_cancelling_ends_the_worker_and_keeps_what_was_done(run: Any, endless: str) -> None:
    done = run(endless, after_epoch(1, lambda job: job.cancel()))
    assert done.events[-1] == {"event": "done", "status": "cancelled"}
    assert done.all("error") == []
    assert_kept(done.result, "cancelled")
    assert gone(done.job.pid)
    # The worker itself wrote the end: it was not killed.
    assert done.result["run"]["ended_utc"]
    assert "cancelled" in done.text("report.html")


def test_a_killed_worker_leaves_a_record_that_says_failed_and_why(run: Any, endless: str) -> None:
    done = run(endless, after_epoch(2, lambda job: os.kill(job.pid, signal.SIGKILL)))
    assert "SIGKILL" in done.error()
    assert_kept(done.result, "failed")
    assert done.result["error"]["stage"] in ("train", "validate")
    assert len(done.text("power.csv").splitlines()) > 2
    assert len(done.text("history.csv").splitlines()) >= 3
    assert "SIGKILL" in done.text("report.html")
