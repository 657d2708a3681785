"""How many networks `cnngen sample` draws in a second on one core: `python benchmarks/sampling.py`.

For each preset, in turns: drawing alone (texts, hashes and costs, in this process), and the command as a whole, as a
process of its own that starts, draws, analyses its random sample, and writes the files. The start, which a larger
number makes matter less, is the time of the command for one network. Of processor time the best round is told, and of
elapsed time too; on a machine that has other work only processor time says something.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cnngen.language.collector import paused_collector
from cnngen.search.sampling.configuration import PRESETS, preset
from cnngen.search.sampling.population import Population

#: Networks a second that both presets are to reach, with the files written.
BAR = 2_000

_COMMAND = "import sys; from cnngen.cli.main import run; sys.exit(run(sys.argv[1:]))"


@dataclass(frozen=True)
class Round:
    """Seconds that one round took."""

    start_cpu: float
    drawing_cpu: float
    command_cpu: float
    command_elapsed: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000, help="networks of each preset and round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where files are written; the system's temporary folder by default")
    wanted = parser.parse_args()
    rounds: dict[str, list[Round]] = {name: [] for name in PRESETS}
    for _ in range(wanted.rounds):
        for name in PRESETS:
            start_cpu, _ = command(name, 1, wanted.folder)
            command_cpu, elapsed = command(name, wanted.count, wanted.folder)
            rounds[name].append(Round(start_cpu, drawing(name, wanted.count), command_cpu, elapsed))
    print(f"Networks a second, the best of {wanted.rounds} rounds of {wanted.count:,}; the bar is {BAR:,} with files.")
    print(f"{'preset':10}{'drawing, CPU':>16}{'command, CPU':>16}{'command, elapsed':>20}{'of that its start':>20}")
    for name, taken in rounds.items():
        rates = [
            wanted.count / min(getattr(one, what) for one in taken)
            for what in ("drawing_cpu", "command_cpu", "command_elapsed")
        ]
        held = "held" if rates[1] >= BAR else "MISSED"
        start = f"{min(one.start_cpu for one in taken):.2f} s of CPU"
        print(f"{name:10}{rates[0]:>16,.0f}{rates[1]:>16,.0f}{rates[2]:>20,.0f}{start:>20}   {held} in CPU time")


def drawing(name: str, count: int) -> float:
    """Processor time of drawing alone."""
    population = Population(preset(name), count, 0)
    with paused_collector():  # as the command draws
        began = time.process_time()
        assert sum(1 for _ in islice(population, count)) == count
        return time.process_time() - began


def command(name: str, count: int, folder: Path | None) -> tuple[float, float]:
    """Processor time and elapsed time of the command, its start and its files included."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        arguments = ["sample", str(count), "--preset", name, "-o", f"{made}/networks"]
        before, began = os.times(), time.monotonic()
        subprocess.run([sys.executable, "-c", _COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL)
        elapsed, after = time.monotonic() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, elapsed


if __name__ == "__main__":
    main()
