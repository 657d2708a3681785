"""How long an analysis takes, and how much memory: `make bench`, or this file with pyperf's options.

Times are the fastest of all runs, in milliseconds: on a machine that others use too, it is what disturbs least.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from compileall import compile_dir
from functools import cache, partial
from itertools import count
from pathlib import Path

import pyperf
from programs import nested, plain, realistic

import cnngen.language
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
    **{f"{depth:,} merges, nested": partial(nested, depth) for depth in (1_000, 10_000)},
}


@cache
def text(program: str) -> str:
    """The text of a program, made once a process."""
    return PROGRAMS[program]()


def edits(source: str) -> Iterator[str]:
    """The text after an edit of one layer in its middle, another one each time."""
    layers = [found.start() for found in re.finditer(r"\bconv", source)]
    place = layers[len(layers) // 2]
    for turn in count():
        yield f"{source[:place]}sepconv(kernel_size={turn % 1000 + 1}) {source[place:]}"


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


def _network(source: str) -> Callable[[], object]:
    return lambda: analyse(source).network.nodes


def _edit(source: str) -> Callable[[], object]:
    analyser, texts = Analyser(), edits(source)
    analyser.analyse(source)
    return lambda: analyser.analyse(next(texts))


def _lark(source: str) -> Callable[[], object]:
    return partial(grammar().parse, source)


STAGES = {
    "parse": _parse,
    "outline": _outline,
    "resolve": _resolve,
    "total": _total,
    "network": _network,
    "edit": _edit,
    "lark": _lark,
}


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
    """Analyse, ask for all nodes, and print the most memory that this process had, in KiB."""
    if program:
        assert analyse(text(program)).network.nodes
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main() -> None:
    """Measure, and print the tables."""
    runner = pyperf.Runner(processes=3, values=3, warmups=1)
    best: dict[tuple[str, str], float] = {}
    for program in PROGRAMS:
        for stage in STAGES:
            if stage == "lark" and program.startswith(("30,000", "10,000")):
                continue  # it takes most of a minute
            found = runner.bench_time_func(f"{stage}: {program}", timed, stage, program)
            if found and not runner.args.worker:
                best[program, stage] = min(found.get_values()) * 1000
    compile_dir(str(Path(cnngen.language.__file__).parent), quiet=2)  # as an installation does
    bare = runner.bench_command("python", [sys.executable, "-c", "pass"])
    imported = runner.bench_command("import cnngen.language", [sys.executable, "-c", "import cnngen.language"])
    if runner.args.worker or not (bare and imported):
        return
    # A child's figure is at least its parent's when it starts, so this comes before the parent makes any text.
    at_rest, memory = peak(None), {program: peak(program) for program in PROGRAMS}
    columns = [*STAGES, "memory"]
    print("\nBest of all runs in milliseconds, most memory of the process in MiB.\n")
    print(f"{'':22}{'tokens':>8}" + "".join(f"{column:>9}" for column in columns))
    for program in PROGRAMS:
        times = "".join(_shown(best.get((program, stage))) for stage in STAGES)
        print(f"{program:22}{len(tokenize(text(program))):8,}{times}{memory[program]:9.0f}")
    seconds = min(imported.get_values()) - min(bare.get_values())
    print(f"\nat rest {at_rest:.0f} MiB; import cnngen.language {seconds * 1000:.0f} ms\n")
    growth = best["30,000 words", "total"] / best["3,000 words", "total"]
    _print_bar("edit of one layer in 3,000 words", best["3,000 words", "edit"], 10, "ms")
    _print_bar("30,000 words to 3,000 words, total", growth, 12, "times")
    deeper = best["10,000 merges, nested", "total"] / best["1,000 merges, nested", "total"]
    _print_bar("10,000 nested merges to 1,000, total", deeper, 12, "times")
    _print_bar("memory for 30,000 words", memory["30,000 words"], 200, "MiB")
    _print_bar("import cnngen.language", seconds * 1000, 120, "ms")


def _shown(milliseconds: float | None) -> str:
    return f"{'-':>9}" if milliseconds is None else f"{milliseconds:9.2f}"


def _print_bar(what: str, value: float, bar: float, unit: str) -> None:
    print(f"{'held' if value <= bar else 'MISSED':8}{what:38}{value:8.1f} {unit}, at most {bar:g}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory-of"]:
        print_memory(sys.argv[2])
    else:
        main()
