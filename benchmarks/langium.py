"""Our whole analysis beside Langium's document build, of the same texts on this machine: `make bench-peers`.

Both run warm, in turns, so that whatever else the machine does disturbs both alike. Langium parses, makes the tree,
links and validates by its grammar; ours finds values, shapes and costs besides. Each of our runs is by a new
analyser; it knows, as always, what words without arguments became in any program before.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from programs import nested, plain

from cnngen.language import analyse
from cnngen.language.syntax.parser import parse

PROJECT = Path(__file__).parent / "peers" / "langium"
PROGRAMS = {
    **{f"{tokens:,} tokens": plain(tokens) for tokens in (12, 300, 3_000, 30_000)},
    "1,000 merges, nested": nested(1_000),
}
ROUNDS, SECONDS = 5, 1.0


@dataclass
class Times:
    """Milliseconds of the rounds so far: the best run and the median run of each."""

    best: list[float] = field(default_factory=list)
    median: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.best:
            return f"{'stack overflow':>22}"
        return f"{min(self.best):11.2f}{median(self.median):11.2f}"


def ours(run: Callable[[], object]) -> tuple[float, float]:
    """Best and median milliseconds of all runs that fit into a round."""
    runs: list[float] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(runs) < 5:
        start = time.perf_counter()
        run()
        runs.append((time.perf_counter() - start) * 1000)
    return min(runs), median(runs)


def langium(file: Path) -> dict[str, dict[str, float]] | None:
    """What build.js measures in a round; None where Langium's stack overflows."""
    call = ["node", str(PROJECT / "build.js"), str(SECONDS), str(file)]
    (found,) = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
    if "Maximum call stack" in found.get("error", ""):
        return None
    if "error" in found:
        raise RuntimeError(found["error"])
    return found


def main() -> None:
    """Measure, and print the table."""
    if not shutil.which("node") or not (PROJECT / "node_modules").exists():
        sys.exit("Langium is not installed: run `make bench-peers`, which needs Node 20 or newer.")
    print(f"Best and median of {ROUNDS} rounds of {SECONDS:g} s each, in milliseconds.\n")
    print(f"{'':22}{'parse':^44}{'whole analysis, document build':^52}")
    print(f"{'':22}" + f"{'ours':>22}{'Langium':>22}" * 2 + f"{'Langium/ours':>14}")
    with TemporaryDirectory() as folder:
        for name, text in PROGRAMS.items():
            file = Path(folder, "program.cnn")
            file.write_text(text)
            measured = {key: Times() for key in ("our parse", "parse", "our total", "total")}
            for _ in range(ROUNDS):
                found = dict(langium(file) or {})
                for key, run in (("our parse", partial(parse, text)), ("our total", partial(analyse, text))):
                    found[key] = dict(zip(("best", "median"), ours(run), strict=True))
                for key, times in measured.items():
                    if key in found:
                        times.best.append(found[key]["best"])
                        times.median.append(found[key]["median"])
            ratio = ""
            if measured["total"].best:
                ratio = f"{min(measured['total'].best) / min(measured['our total'].best):13.1f}x"
            print(f"{name:22}" + "".join(str(times) for times in measured.values()) + ratio, flush=True)


if __name__ == "__main__":
    main()
