"""`cnngen benchmark latency`: how long a benchmark's networks take to predict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import explained
from cnngen.cli.output import write

if TYPE_CHECKING:
    from cnngen.search.benchmark.latency import Row


def latency(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The benchmark's folder.")],
    core: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Pin it to this core, which nobody else should use."),
    ] = None,
    again: Annotated[float, typer.Option(min=0, max=1, help="The share of networks measured twice, for the noise.")] = (
        0.1
    ),
    interpreter: Annotated[
        str, typer.Option(metavar="PYTHON", help="The Python that has Keras; by default the one that runs this.")
    ] = "",
) -> None:
    """Measure how long each network takes to predict one image and 128, of trials that have ended.

    Ctrl-C ends it, and the same command goes on. An export has the figures as a table.
    """
    with explained():
        from cnngen.search.benchmark.latency import measure
        from cnngen.search.benchmark.making import open_benchmark

        opened = open_benchmark(folder)
        rows = measure(opened, core=core, again=again, interpreter=interpreter or sys.executable, told=_tell)
    write(f"{rows:,} measurements in {folder}; export them with: cnngen benchmark export {folder}")


def _tell(number: int, of: int, row: Row) -> None:
    one, many = row["batch_1_cpu_p50_ms"], row["batch_128_cpu_p50_ms"]
    again = ", again" if row["measurement"] > 1 else ""
    write(
        f"{number:,} of {of:,}  {row['network_hash'][:16]}  {one:.2f} ms for an image, {many:.1f} ms for 128{again}",
        sys.stderr,
    )
