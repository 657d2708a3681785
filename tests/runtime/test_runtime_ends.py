"""How a run may end before its end: cancelled, killed, orphaned. What was done is kept and readable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime import TrainingJob, TrainOptions, load_result, summary

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


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


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
    assert "cancelled" in done.text("report.md")


def test_sigterm_is_a_cancel_too(run: Any, endless: str) -> None:
    done = run(endless, after_epoch(1, lambda job: os.kill(job.pid, signal.SIGTERM)))
    assert done.events[-1] == {"event": "done", "status": "cancelled"}
    assert_kept(done.result, "cancelled")


def test_a_killed_worker_leaves_a_record_that_says_failed_and_why(run: Any, endless: str) -> None:
    done = run(endless, after_epoch(2, lambda job: os.kill(job.pid, signal.SIGKILL)))
    assert "SIGKILL" in done.error()
    assert_kept(done.result, "failed")
    assert done.result["error"]["stage"] in ("train", "validate")
    assert len(done.text("power.csv").splitlines()) > 2
    assert len(done.text("history.csv").splitlines()) >= 3
    assert "SIGKILL" in done.text("report.md")


def test_cancelling_at_the_very_start_ends_the_worker_at_once(run: Any, endless: str) -> None:
    done = run(endless, lambda job, event: job.cancel())
    assert done.events[-1] == {"event": "done", "status": "cancelled"}
    assert done.result["status"] == "cancelled"
    assert done.result["history"] == []
    assert gone(done.job.pid)


def test_a_job_cancelled_before_its_start_never_starts(tmp_path: Path, small: str) -> None:
    job = TrainingJob.prepare(small, "small", TrainOptions(runs_dir=tmp_path))
    job.cancel()
    job.start()
    assert list(job.events()) == [{"event": "done", "status": "cancelled"}]
    assert job.pid is None
    assert job.result()["status"] == "cancelled"


_PARENT = """
import sys
from pathlib import Path
from cnngen.runtime import TrainingJob, TrainOptions
job = TrainingJob.prepare(sys.argv[1], "small", TrainOptions(runs_dir=Path(sys.argv[2])))
job.start()
print(job.run_dir, job.pid, flush=True)
for event in job.events():
    if event["event"] == "epoch":
        print("epoch", flush=True)
"""


@pytest.mark.parametrize(("both", "status"), [(False, "cancelled"), (True, "unfinished")])
def test_a_worker_does_not_outlive_its_parent(tmp_path: Path, endless: str, both: bool, status: str) -> None:
    """Without its parent the worker stops after its batch; where both are killed, the record stays unfinished."""
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, endless, tmp_path], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    folder, _, pid = parent.stdout.readline().strip().rpartition(" ")
    assert parent.stdout.readline() == "epoch\n"
    if both:
        os.kill(int(pid), signal.SIGSTOP)  # so that the parent's end finds it asleep, and the kill too
    parent.kill()
    parent.wait()
    if both:
        os.kill(int(pid), signal.SIGKILL)
    wait_until(lambda: gone(int(pid)))
    assert_kept(load_result(Path(folder)), status)
