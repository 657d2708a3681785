"""How long a benchmark's networks take to predict: measured network by network, apart from their trainings.

Each row goes into the benchmark's folder at once, so to be stopped costs the network that was under way. Networks come
in random order, and some of them a second time among the others: how far their two measurements differ is the noise.
"""

from __future__ import annotations

import json
import platform
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cnngen.codegen import keras_code
from cnngen.language import analyse
from cnngen.runtime.driving.interpreter import WORKER, environment, no_worker
from cnngen.search.benchmark.ledger import ENDS
from cnngen.search.benchmark.making import Benchmark
from cnngen.search.errors import SearchError
from cnngen.search.json_lines import append_rows, read_rows

#: The rows, one a line, in a benchmark's folder.
LATENCIES = "latencies.jsonl"

#: The share of the networks that are measured twice.
AGAIN = 0.1

Row = dict[str, Any]


def latencies(benchmark: Benchmark) -> list[Row]:
    """What has been measured, by network. A line that was cut short is as if it were not there. Raises SearchError."""
    found = read_rows(benchmark.folder / LATENCIES, lambda row: (row["network_hash"], row["measurement"], row))
    return [row for *_, row in sorted(found, key=lambda each: each[:2])]


def keep(benchmark: Benchmark, rows: Sequence[Row]) -> None:
    """Add rows to those that have been measured. Raises SearchError."""
    append_rows(benchmark.folder / LATENCIES, rows)


def wanted(benchmark: Benchmark, again: float = AGAIN) -> list[tuple[str, int]]:
    """Which networks are to be measured, in which order; 2 is for the second time. Those of trials that have ended."""
    ledger = benchmark.ledger()
    try:
        names = sorted({entry.trial.network for entry in ledger.entries(*ENDS)})
    finally:
        ledger.close()
    chance = random.Random(benchmark.specification.order.seed)
    chance.shuffle(names)
    twice = sorted(names, key=lambda name: chance.random())[: round(again * len(names))]
    rows = [(name, 1) for name in names] + [(name, 2) for name in twice]
    # A second time comes when all have had their first place in the draw, or anywhere behind its own.
    place = {name: number for number, name in enumerate(names)}
    late = {name: chance.uniform(place[name] + 1, len(names) + 1) for name in twice}
    return sorted(rows, key=lambda row: late[row[0]] if row[1] == 2 else place[row[0]])


def measure(
    benchmark: Benchmark,
    *,
    core: int | None = None,
    again: float = AGAIN,
    interpreter: str = sys.executable,
    told: Callable[[int, int, Row], None] = lambda number, of, row: None,
) -> int:
    """Measure what is left, and give how many rows there are then; `told` hears of each.

    Raises SearchError: a network cannot be built, or the interpreter cannot do it.
    """
    known = {(row["network_hash"], row["measurement"]) for row in latencies(benchmark)}
    left = [each for each in wanted(benchmark, again) if each not in known]
    if left:
        with TemporaryDirectory() as folder, _worker(interpreter, core) as ask:
            for number, (name, measurement) in enumerate(left, start=1):
                row = {"network_hash": name, "measurement": measurement, **ask(_request(benchmark, name, Path(folder)))}
                keep(benchmark, [row])
                told(number, len(left), row)
    return len(known) + len(left)


def _request(benchmark: Benchmark, name: str, folder: Path) -> dict[str, Any]:
    analysis = analyse(benchmark.program(name), dataset=benchmark.images.dataset)
    path = folder / "model.py"
    path.write_text(keras_code(analysis), encoding="utf-8")
    return {"model": str(path), "shape": analysis.network.input_shape}


@contextmanager
def _worker(interpreter: str, core: int | None) -> Iterator[Callable[[dict[str, Any]], Row]]:
    """A process that measures; what is handed out asks it."""
    words = [interpreter, "-m", f"{WORKER}.latency", *(["--core", str(core)] if core is not None else [])]
    with TemporaryDirectory() as folder, (Path(folder) / "said").open("w+b") as said:
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment(None)
            )
        except OSError as error:
            raise SearchError(f"{interpreter} cannot be started: {error.strerror or error}.") from error

        def ask(request: dict[str, Any]) -> Row:
            assert process.stdin and process.stdout
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
                answer = json.loads(process.stdout.readline())
            except (OSError, ValueError) as error:
                process.wait()
                said.seek(0)
                raise SearchError(no_worker(interpreter, said.read().decode("utf-8", "replace"))) from error
            if "error" in answer:
                raise SearchError(answer["error"])
            now = datetime.now(UTC).isoformat(timespec="seconds")
            return {**answer, "core": core, "host": platform.node(), "measured_utc": now}

        try:
            yield ask
        finally:
            if process.stdin:
                process.stdin.close()
            process.terminate()
            process.wait()
