"""`python -m cnngen.runtime.worker.power.sampler RUN_DIR PID`: watches a trainer from outside, twice a second.

A process of its own, so that the trace goes on while the trainer is busy and is whole when the trainer is killed. It
loads neither TensorFlow nor CodeCarbon. Its first line on standard input is its configuration as JSON; each further
one, as JSON too, is answered by one line of sums since the beginning. When the input ends, the trainer is gone, and the
sampler ends as well.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.worker.power.load import Load, cpus, machine_busy_s
from cnngen.runtime.worker.power.model import Model
from cnngen.runtime.worker.power.nvml import Nvml, library
from cnngen.runtime.worker.power.rapl import Rapl
from cnngen.runtime.worker.power.source import INTERVAL, PowerSource
from cnngen.runtime.worker.power.trace import Trace


class Sampler:
    """Sums of joules, CPU time and readings, and the trace of the window that is open."""

    def __init__(self, pid: int, configuration: dict[str, Any], trace: Trace) -> None:
        self._load = Load(pid)
        self._trace = trace
        self._label: tuple[str, str] | None = None
        model = Model(configuration["cpu_rated_w"], configuration["cpus"], configuration["ram_w"], self._load.cpu_s)
        # What is measured goes before what is modelled.
        self._sources: list[PowerSource] = [model, Rapl(), _gpus(configuration["gpus"])]
        self._sums = {"ticks": 0, "watts": 0.0, "watts_squared": 0.0}
        self._peak_rss = 0
        self._at, self._joules = time.monotonic(), self._read()

    def sources(self) -> dict[str, dict[str, str]]:
        """Where each component's joules come from, for those that are counted."""
        found = {}
        for source in self._sources:
            found.update(source.sources)
        return {name: {"source": told.source, "method": told.method} for name, told in found.items()}

    def count_gpus(self, gpus: list[int]) -> None:
        """Count the GPUs with these numbers from now on, and no others."""
        self._sources[-1] = _gpus(gpus)
        self._joules["gpu"] = 0.0

    def tick(self) -> None:
        """Take a reading; within a window it becomes a part of the trace."""
        now, joules, rss = time.monotonic(), self._read(), self._load.rss_bytes()
        seconds = now - self._at
        taken = {name: value - self._joules.get(name, 0.0) for name, value in joules.items()}
        self._peak_rss = max(self._peak_rss, rss)
        if self._label and seconds > 0:
            self._trace.add(*self._label, now, seconds, taken, rss)
            if seconds >= INTERVAL / 2:
                watts = sum(taken.values()) / seconds
                self._sums["ticks"] += 1
                self._sums["watts"] += watts
                self._sums["watts_squared"] += watts * watts
        self._at, self._joules = now, joules

    def mark(self, phase: str | None, epoch: int | None, part: str | None) -> None:
        """End the open window and begin one of this name; None begins none."""
        self.tick()
        self._trace.flush()
        self._label = None if phase is None else (f"{phase},{'' if epoch is None else epoch}", part or "")

    def sums(self) -> dict[str, Any]:
        """All sums at the last reading."""
        return {
            **self._sums,
            "joules": self._joules,
            "machine_busy_s": machine_busy_s(),
            "sampler_cpu_s": time.process_time(),
            "trainer_cpu_s": self._load.cpu_s(),
            "peak_rss_bytes": self._peak_rss,
            "cpus": cpus(),
        }

    def _read(self) -> dict[str, float]:
        joules: dict[str, float] = {}
        for source in self._sources:
            joules.update(source.read())
        return joules


def _gpus(numbers: list[int]) -> Nvml:
    """The source for these GPUs. NVIDIA's library is only loaded where there are some: it takes 20 ms of CPU time."""
    return Nvml(library() if numbers else None, numbers)


def main(run_dir: Path, pid: int) -> None:
    """Sample until the trainer is gone."""
    lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    configuration = lines.get()
    if configuration is None:
        return
    trace = Trace(run_dir / record.POWER, configuration["began"])
    sampler = Sampler(pid, configuration, trace)
    _answer(sampler.sources())
    due = time.monotonic() + INTERVAL
    while True:
        try:
            line = lines.get(timeout=max(0.0, due - time.monotonic()))
        except queue.Empty:
            sampler.tick()
            # After a pause of the whole machine there is one reading, not one for each that was missed.
            due = max(due + INTERVAL, time.monotonic())
            continue
        if line is None:
            break
        if line["do"] == "mark":
            sampler.mark(line["phase"], line["epoch"], line["part"])
            due = time.monotonic() + INTERVAL
        elif line["do"] == "gpus":
            sampler.count_gpus(line["gpus"])
        _answer(sampler.sums())
    sampler.tick()
    trace.close()


def _listen(lines: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Put each line of standard input into the queue, and None behind the last."""
    for line in sys.stdin:
        lines.put(json.loads(line))
    lines.put(None)


def _answer(content: dict[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(content) + "\n")
        sys.stdout.flush()
    except OSError:  # the trainer is gone; the end of its input tells so
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    # The trainer's child would be counted as a part of it, so the sampler is an orphan, and a child of no one's.
    if hasattr(os, "fork") and os.fork():
        os._exit(0)
    main(Path(sys.argv[1]), int(sys.argv[2]))
