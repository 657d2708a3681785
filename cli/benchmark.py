"""`cnngen benchmark`: train networks by the hundred, and lose nothing."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.errors import CannotWork, ExitCode, explained
from cnngen.cli.latency import latency
from cnngen.cli.output import Format, aligned, visible, write, write_json
from cnngen.cli.publishing import export, report

if TYPE_CHECKING:
    from types import FrameType

    from cnngen.search.benchmark.engine import Engine
    from cnngen.search.benchmark.folders import Folders
    from cnngen.search.benchmark.ledger import Entry
    from cnngen.search.benchmark.making import Benchmark
    from cnngen.search.benchmark.progress import Progress
    from cnngen.search.benchmark.runner import Wishes
    from cnngen.search.benchmark.status import Status

benchmark = typer.Typer(
    help="Train many networks, one after the other, for days, and lose nothing.", no_args_is_help=True
)


class EngineName(StrEnum):
    """Who trains."""

    LOCAL = "local"
    RAY = "ray"


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The benchmark's folder.")]


@benchmark.command()
def create(
    folder: Folder,
    specification: Annotated[
        Path | None, typer.Argument(metavar="[SPEC]", help="A TOML file that says what is to be done.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option(metavar="NPZ", help="Where data.source lies here, if not beside SPEC.")
    ] = None,
    take_from: Annotated[
        Path | None, typer.Option("--from", metavar="EXPORT", help="An export of the same benchmark, to go on from.")
    ] = None,
    print_spec: Annotated[bool, typer.Option("--print-spec", help="Write the specification and stop.")] = False,
) -> None:
    """Make a benchmark: draw its networks, cut its images, and freeze what is to be done.

    Doing so twice is harmless. Without SPEC the defaults are taken, which --print-spec shows.
    """
    with explained():
        from cnngen.search.benchmark import specification as s

        spec = s.read_specification(specification) if specification else s.specification({}, "the defaults")
        if print_spec:
            write(s.as_toml(spec).rstrip())
            return
        from cnngen.search.benchmark.making import make
        from cnngen.search.publishing.taking import take_over

        made, added = make(folder, spec, specification.parent if specification else Path(), images)
        ledger = made.ledger()
        try:
            taken = take_over(made, ledger, take_from) if take_from else 0
            total = sum(ledger.counts().values())
        finally:
            ledger.close()
    parts = [f"{added:,} new" if added != total else "", f"{taken:,} taken over from {take_from}" if take_from else ""]
    told = ", ".join(part for part in parts if part)
    write(f"{total:,} trials in {folder}{f' ({told})' if told else ''}; train them with: cnngen benchmark run {folder}")


@benchmark.command()
def run(
    folder: Folder,
    max_energy: Annotated[
        float | None, typer.Option(metavar="WH", min=0, help="Pause when the trials took so many watt-hours.")
    ] = None,
    max_time: Annotated[
        float | None, typer.Option(metavar="MINUTES", min=0, help="Pause after so many minutes.")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="Train on this machine, or on those of a Ray cluster.")] = (
        EngineName.LOCAL
    ),
    address: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="The Ray cluster's, if this machine is part of none or several.")
    ] = "",
    interpreter: Annotated[
        str, typer.Option(metavar="PYTHON", help="The Python that has Keras; by default the one that runs this.")
    ] = "",
    fork: Annotated[
        bool,
        typer.Option("--fork/--spawn", help="Fork workers from a process that has TensorFlow, or start each anew."),
    ] = True,
) -> None:
    """Train what is left of a benchmark, or go on with it.

    Ctrl-C pauses after the trial that is going on; a second Ctrl-C drops that trial, which is then done again.
    """
    with explained():
        from cnngen.search.benchmark.making import open_benchmark
        from cnngen.search.benchmark.progress import Progress
        from cnngen.search.benchmark.runner import Budget, Runner, Wishes

        opened = open_benchmark(folder)
        if address and engine is not EngineName.RAY:
            raise CannotWork("--address is for --engine ray.")
        ledger = opened.ledger()
        progress = Progress.of(ledger)
        ledger.close()
        wishes = Wishes()
        with _pausing(wishes), _engine(opened, engine, address, interpreter, fork) as (folders, trains):
            end = Runner(
                opened,
                folders,
                trains,
                Budget(max_energy, max_time * 60 if max_time is not None else None),
                wishes,
                lambda entry, _: _tell(entry, progress),
            ).run()
    write(f"{_ENDS[end]} {folder}")
    if end == "paused":
        raise typer.Exit(ExitCode.INTERRUPTED)


@contextmanager
def _engine(
    opened: Benchmark, name: EngineName, address: str, interpreter: str, fork: bool
) -> Iterator[tuple[Folders, Engine]]:
    """What trains, and what makes the folders."""
    from cnngen.search.benchmark.folders import Folders, folders

    fork = fork and opened.specification.measuring.device == "cpu"
    engine: Engine
    if name is EngineName.RAY:
        from cnngen.search.benchmark.cluster.engine import RayEngine

        # Each machine makes the folders of its own trials, with an interpreter of its own.
        made = Folders(opened, interpreter or sys.executable, None)
        engine = RayEngine(opened, address, interpreter=interpreter, fork=fork, say=lambda line: write(visible(line)))
    else:
        from cnngen.search.benchmark.local import LocalEngine

        made = folders(opened, interpreter or sys.executable)
        engine = LocalEngine(interpreter or sys.executable, fork=fork)
    try:
        yield made, engine
    finally:
        engine.close()


_ENDS = {
    "finished": "All trials have ended. Export them with: cnngen benchmark export",
    "paused": "Paused. Go on with: cnngen benchmark resume",
    "energy": "Paused, for the energy is spent. Go on with: cnngen benchmark resume",
    "time": "Paused, for the time is up. Go on with: cnngen benchmark resume",
}

benchmark.command("resume", help="Go on with a benchmark: the same as run.")(run)
benchmark.command()(latency)
benchmark.command()(export)
benchmark.command()(report)


@benchmark.command()
def status(
    folder: Folder,
    watch: Annotated[bool, typer.Option("--watch", help="Tell again every ten seconds, until Ctrl-C.")] = False,
    format: Annotated[Format, typer.Option(help="For people, or as JSON.")] = Format.TEXT,
) -> None:
    """Tell how far a benchmark is. Any number may look while it runs."""
    with explained():
        from dataclasses import asdict

        from cnngen.runtime.lock import is_held
        from cnngen.search.benchmark.making import open_benchmark
        from cnngen.search.benchmark.runner import LOCK
        from cnngen.search.benchmark.status import status as of

        opened = open_benchmark(folder)
        ledger = opened.ledger()
        try:
            while True:
                found, is_run = of(ledger), is_held(opened.folder / LOCK)
                if format is Format.JSON:
                    write_json({**asdict(found), "ended": found.ended, "is_run": is_run})
                else:
                    _write_status(opened.specification.name, found)
                    if not is_run and found.ended < found.total:
                        further = "Paused. Go on with: cnngen benchmark resume"
                        write(f"{further if found.ended else 'Begin with: cnngen benchmark run'} {folder}")
                if not watch:
                    return
                time.sleep(10)
                write("")
        finally:
            ledger.close()


def _tell(entry: Entry, progress: Progress) -> None:
    """A line for a trial that has ended, and how far the whole is."""
    from cnngen.search.benchmark.status import span

    progress.add(entry)
    result = entry.result or {}
    accuracy, seconds = result.get("test_accuracy"), result.get("run_duration_s")
    what = {"done": f"accuracy {accuracy:.3f}" if accuracy is not None else "done", "queued": "again"}.get(
        entry.state, f"{entry.state}: {visible(str(result.get('reason')))}"
    )
    rate, left = progress.trials_a_minute, progress.seconds_left
    told = [
        f"{progress.ended:>{len(f'{progress.total:,}')},} of {progress.total:,}",
        entry.trial.id,
        f"{what:<14}",
        f"{seconds:6.1f} s" if seconds is not None else "        ",
        f"{progress.energy_wh:.3g} Wh so far",
        f"{rate:.3g} a minute" if rate is not None else "",
        f"{span(left)} left" if left is not None else "",
    ]
    write("  ".join(part for part in told if part))


def _write_status(name: str, found: Status) -> None:
    from cnngen.search.benchmark.status import span

    rows: list[tuple[str, ...]] = [
        ("Trials", f"{found.ended:,} of {found.total:,} ended"),
        *((state, f"{number:,}") for state, number in found.counts.items()),
    ]
    if found.seconds_a_trial is not None and found.seconds_left is not None:
        rows.append(("A trial", f"{found.seconds_a_trial:.1f} s of late"))
        rows.append(("Left", span(found.seconds_left)))
    rows.append(("Energy", f"{found.energy_wh:.3g} Wh"))
    if found.accuracies:
        least, median, most = found.accuracies
        rows.append(("Test accuracy", f"{least:.3f} to {most:.3f}, median {median:.3f}"))
    if found.running:
        rows.append(("Now", found.running))
    write(visible(name))
    for line in aligned(rows):
        write(f"  {line}")
    for reason, number in sorted(found.reasons.items()):
        write(f"  {number:,} × {visible(reason)}")


@contextmanager
def _pausing(wishes: Wishes) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM pause the benchmark, and drop the trial at the second time."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        wishes.drop = wishes.pause
        wishes.pause = True
        # Not through the buffer: the handler may run in the middle of a write to it.
        told = (
            "dropping what is being trained ...\n"
            if wishes.drop
            else "pausing after what is being trained; again to drop it ...\n"
        )
        os.write(2, told.encode())

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
