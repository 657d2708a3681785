"""`cnngen benchmark export` and `report`: what others get of a benchmark."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cnngen.cli.errors import CannotWork, explained
from cnngen.cli.output import Style, painter, write

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The benchmark's folder.")]


def export(
    folder: Folder,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the files are written.")],
    compact: Annotated[
        bool, typer.Option("--compact", help="Text alone, to be kept under version control: no Parquet, no artefacts.")
    ] = False,
    artefacts: Annotated[
        bool, typer.Option(help="Whether code, pictures and matrix of each network are made, in an archive.")
    ] = True,
    creator: Annotated[str, typer.Option(metavar="NAME", help="Who publishes it, for the card.")] = "",
    license_: Annotated[
        str, typer.Option("--license", metavar="ID", help="Under which licence, such as CC-BY-4.0, for the card.")
    ] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where it will be found, for the card.")] = "",
) -> None:
    """Write the trials that have ended as tables, with the networks, a card and checksums. It may still run."""
    from cnngen.search.benchmark.making import open_benchmark
    from cnngen.search.publishing.content import Publisher
    from cnngen.search.publishing.export import export as write_files

    with explained():
        opened = open_benchmark(folder)
        ledger = opened.ledger()
        try:
            found = write_files(
                opened,
                ledger,
                output,
                compact=compact,
                artefacts=artefacts,
                publisher=Publisher(creator, license_, url),
                told=_tell,
            )
        finally:
            ledger.close()
    for note in found.notes:
        write(f"{painter(sys.stderr)(Style.NOTE, 'note')}: {note}", sys.stderr)
    write(f"{found.trials:,} trials of {found.networks:,} networks in {output}")


def _tell(number: int, of: int) -> None:
    """How many networks have their files, where somebody looks."""
    if sys.stderr.isatty():
        end = "\n" if number == of else ""
        sys.stderr.write(f"\rfiles of {number:,} of {of:,} networks{end}")
        sys.stderr.flush()


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A benchmark's folder, or an export of one.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the page is written.")] = Path(
        "report.html"
    ),
    nas_bench_101: Annotated[
        Path | None,
        typer.Option("--nas-bench-101", metavar="NPZ", help="The table of NAS-Bench-101, to be set beside."),
    ] = None,
) -> None:
    """Write a page with the figures of a benchmark: accuracies, energies, noise, drift, failures. It may still run."""
    from importlib.util import find_spec

    from cnngen.runtime import record
    from cnngen.search.reporting.page import compose
    from cnngen.search.reporting.told import told_of

    with explained():
        told = told_of(folder)
        table = None
        if nas_bench_101:
            from cnngen.search.reporting.nasbench101 import read_table

            table = read_table(nas_bench_101)
        beside = f" --nas-bench-101 {nas_bench_101}" if nas_bench_101 else ""
        page = compose(told, table, f"cnngen benchmark report {folder} -o {output}{beside}")
    try:
        record.write_text(output, page)
    except OSError as error:
        raise CannotWork(f"The report cannot be written to {output}: {error.strerror or error}.") from error
    if find_spec("matplotlib") is None:
        note = 'the page has no charts, which need matplotlib: pip install "cnngen[train]"'
        write(f"{painter(sys.stderr)(Style.NOTE, 'note')}: {note}", sys.stderr)
    write(str(output))
