"""How long an analysis takes, and how much memory: `make bench`, or this file with pyperf's options.

Times are the fastest of all runs, in milliseconds: on a machine that others use too, it is what disturbs least.
"""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from itertools import count

import pyperf
from programs import nested, plain, realistic

from cnngen.language import Analyser, analyse
from cnngen.language.outline import Outliner
from cnngen.language.resolve.head import read_head
from cnngen.language.resolve.program import resolve
from cnngen.language.resolve.resolver import Resolver
from cnngen.language.syntax.grammar import grammar
from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.tokens import tokenize

PROGRAMS: dict[str, Callable[[], str]] = {
    **{f"{words:,} words": partial(realistic, words) for words in (12, 300, 3_000, 30_000)},
    **{f"{tokens:,} tokens, plain": partial(plain, tokens) for tokens in (12, 300, 3_000, 30_000)},
    "1,000 merges, nested": partial(nested, 1_000),
}


@cache
def text(program: str) -> str:
    """The text of a program, made once a process."""
    return PROGRAMS[program]()


def edited(source: str, turn: int) -> str:
    """The text after an edit of one layer in its middle, another one at each turn."""
    place = source.index("conv", len(source) // 2)
    return f"{source[:place]}sepconv(kernel_size={turn % 1000 + 1}) {source[place:]}"


# Each stage gets a text, prepares what stands before it, and gives the function to measure.


def _parse(source: str) -> Callable[[], object]:
    return partial(parse, source)


def _outline(source: str) -> Callable[[], object]:
    return lambda: Outliner().outline(source)


def _resolve(source: str) -> Callable[[], object]:
    outline = Outliner().outline(source)
    head = read_head(outline, None)
    return lambda: resolve(outline, head, Resolver({}))


def _total(source: str) -> Callable[[], object]:
    return partial(analyse, source)


def _edit(source: str) -> Callable[[], object]:
    analyser, turn = Analyser(), count()
    analyser.analyse(source)
    return lambda: analyser.analyse(edited(source, next(turn)))


def _lark(source: str) -> Callable[[], object]:
    return partial(grammar().parse, source)


STAGES = {"parse": _parse, "outline": _outline, "resolve": _resolve, "total": _total, "edit": _edit, "lark": _lark}


def timed(loops: int, stage: str, program: str) -> float:
    """Seconds that so many runs take."""
    run = STAGES[stage](text(program))
    start = time.perf_counter()
    for _ in range(loops):
        run()
    return time.perf_counter() - start


def peak(program: str | None) -> float:
    """The most memory, in MiB, that a process had which analysed a program, or only imported the language."""
    call = [sys.executable, __file__, "--memory-of", program or ""]
    return int(subprocess.run(call, check=True, capture_output=True, text=True).stdout) / 1024


def print_memory(program: str) -> None:
    """Analyse, and print the most memory that this process had, in KiB."""
    if program:
        analyse(text(program))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main() -> None:
    """Measure, and print the tables."""
    runner = pyperf.Runner(processes=3, values=3, warmups=1)
    best: dict[tuple[str, str], float] = {}
    for program in PROGRAMS:
        for stage in STAGES:
            if stage == "lark" and program.startswith("30,000"):
                continue  # it takes most of a minute
            found = runner.bench_time_func(f"{stage}: {program}", timed, stage, program)
            if found and not runner.args.worker:
                best[program, stage] = min(found.get_values()) * 1000
    bare = runner.bench_command("python", [sys.executable, "-c", "pass"])
    imported = runner.bench_command("import cnngen.language", [sys.executable, "-c", "import cnngen.language"])
    if runner.args.worker or not (bare and imported):
        return
    print(f"\n{'program':24}{'tokens':>9}" + "".join(f"{stage:>10}" for stage in STAGES))
    for program in PROGRAMS:
        times = "".join(f"{best.get((program, stage), math.nan):10.2f}" for stage in STAGES)
        print(f"{program:24}{len(tokenize(text(program))):9,}{times}")
    seconds = min(imported.get_values()) - min(bare.get_values())
    print(f"\nimport cnngen.language: {seconds * 1000:.0f} ms")
    print(f"peak memory: {peak(None):.0f} MiB at rest, {peak('30,000 words'):.0f} MiB after 30,000 words")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory-of"]:
        print_memory(sys.argv[2])
    else:
        main()
