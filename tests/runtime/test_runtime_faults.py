"""Faults while a run goes on: one sentence, the right stage, a readable record, the traceback in the log only."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_a_missing_gpu_is_said_so(run: Any, small: str) -> None:
    done = run(small, device="gpu:7")
    assert "no GPU 7" in done.error()
    assert done.result["error"]["stage"] == "import"
    assert "Traceback" in done.text("log.txt")
    assert "no GPU 7" in done.text("report.html")


def test_a_data_set_that_cannot_be_downloaded(
    run: Any, small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No network: neither a cached copy nor a way out."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    done = run(small, dataset="mnist")
    assert "mnist is not on this machine and could not be downloaded" in done.error()
    assert done.result["error"]["stage"] == "download"
    assert done.result["status"] == "failed"


def test_a_loss_that_becomes_nan_ends_the_run(run: Any, tmp_path: Path) -> None:
    huge = np.full((64, 8, 8, 1), 1e30, np.float32)
    np.savez(tmp_path / "huge.npz", x=huge, y=np.arange(64) % 2)
    text = "input(dataset=digits) conv(activation=linear) flatten dense(activation=linear) output"
    done = run(text, dataset=str(tmp_path / "huge.npz"), epochs=5, optimizer="sgd", learning_rate=100)
    assert "NaN" in done.error() and "learning_rate" in done.error()
    result = done.result
    assert result["error"]["stage"] in ("train", "validate")
    assert result["history"][-1]["loss"] is None  # JSON has no NaN
    assert len(done.text("history.csv").splitlines()) == 1 + len(result["history"])


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files")
def test_a_full_disk_ends_the_run_with_the_last_whole_record(run: Any, small: str) -> None:
    """A file that cannot grow stands for a disk that is full."""
    import resource

    limited: list[int] = []

    def at(job: Any, event: dict[str, Any]) -> None:
        if event["event"] == "epoch" and not limited:
            limited.append(job.pid)
            resource.prlimit(job.pid, resource.RLIMIT_FSIZE, (100, 100))

    done = run(small, at, epochs=200)
    assert "could not be written" in done.error()
    assert done.result["history"]
    assert not list(done.folder.glob(".*.tmp"))


def test_a_network_that_does_not_fit_into_memory(run: Any, tmp_path: Path) -> None:
    """The activations of one batch would take a terabyte: TensorFlow crashes or refuses, the sentence is the same."""
    x = np.zeros((2048, 64, 64, 1), np.uint8)
    np.savez(tmp_path / "zeros.npz", x=x, y=np.arange(2048) % 2)
    text = "input(dataset=digits) conv(filters=65536, kernel_size=1) global_avg_pooling dense output"
    done = run(text, dataset=str(tmp_path / "zeros.npz"), epochs=1, batch_size=1280)
    message = done.error()
    assert "ran out of memory" in message and "batch_size" in message
    assert done.result["error"]["stage"] in ("compile", "train")
    assert done.result["status"] == "failed"


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's memory")
def test_images_that_do_not_fit_into_memory(run: Any, tmp_path: Path) -> None:
    import resource

    x = np.zeros((100, 1024, 1024, 4), np.uint8)
    np.savez_compressed(tmp_path / "zeros.npz", x=x, y=np.arange(100) % 2)

    def at(job: Any, event: dict[str, Any]) -> None:
        if event == {"event": "phase", "phase": "data"}:
            pages = int(Path(f"/proc/{job.pid}/statm").read_text().split()[0])
            limit = pages * resource.getpagesize() + 200 * 2**20
            resource.prlimit(job.pid, resource.RLIMIT_AS, (limit, limit))

    text = "input(dataset=digits) conv(filters=1) global_avg_pooling dense output"
    done = run(text, at, dataset=str(tmp_path / "zeros.npz"))
    assert "ran out of memory" in done.error()
    assert done.result["error"]["stage"] == "data"
    assert json.loads(done.text("provenance.json"))["machine"]["cores_usable"]  # known, however early a run ends
