"""`cnngen train`: train a program, measure it, and say what came of it."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Format, complain, facts, write, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from cnngen.runtime import RepeatedTraining, TrainingJob


def train(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A program; '-' is standard input.")],
    dataset: Annotated[
        str | None, typer.Option(help="A data set by name, an .npz file, or a folder of images by class.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Times through the training images.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Images in one step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Step size of the optimizer.")] = None,
    optimizer: Annotated[str | None, typer.Option(help="A Keras optimizer, such as adam.")] = None,
    training: Annotated[
        str,
        typer.Option(
            metavar="ARGUMENTS",
            help="Any of training(...), as a program has them: 'momentum=0.9, schedule=cosine_decay'.",
        ),
    ] = "",
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed gives the same run.")] = None,
    jit: Annotated[
        bool | None, typer.Option("--jit/--no-jit", help="Compile with XLA; by default where it pays.")
    ] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="The same seed gives the same weights, on a GPU too.")
    ] = False,
    max_energy: Annotated[
        float | None, typer.Option(metavar="WH", help="Stop training when the run has taken so many watt-hours.")
    ] = None,
    max_time: Annotated[
        str | None, typer.Option(metavar="TIME", help="Stop training when the run has taken so long: 90s, 10m, 2h.")
    ] = None,
    repeat: Annotated[
        int, typer.Option(min=1, max=1000, help="Train so many times, and tell how the figures scatter.")
    ] = 1,
    idle: Annotated[
        float, typer.Option(metavar="SECONDS", help="Measure idle power so long, before and after; 0 does not.")
    ] = 3.0,
    inference: Annotated[
        float, typer.Option(metavar="SECONDS", help="Measure predictions so long, at batch 1 and 128; 0 does not.")
    ] = 2.0,
    country: Annotated[
        str | None, typer.Option(metavar="ISO3", help="Where the power comes from, for the carbon: FRA, USA ...")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, gpu or gpu:N.")] = "auto",
    runs_dir: Annotated[Path, typer.Option(metavar="DIR", help="Where the run's folder is made.")] = Path("runs"),
    detach: Annotated[
        bool, typer.Option("--detach", help="Return at once; the training goes on without this terminal.")
    ] = False,
    interpreter: Annotated[
        str, typer.Option(metavar="PYTHON", help="The Python that has Keras; this one by default.")
    ] = sys.executable,
    format: Annotated[Format, typer.Option(help="A summary for people, or the run's record as JSON.")] = Format.TEXT,
) -> None:
    """Train a program and measure what it costs.

    Options go before what the program's training(...) says. One training at a time: others wait, in the order in which
    they were asked for. Ctrl-C stops the training and keeps what was done; a second Ctrl-C does not wait for it. A
    training that is not detached stops with its terminal, too.
    """
    from cnngen.cli.render import report
    from cnngen.cli.sources import read
    from cnngen.runtime import CannotTrain, ProgramNotTrainable, TrainingJob, TrainOptions
    from cnngen.runtime.driving.options import seconds_of

    source = read(file)
    options = TrainOptions(
        jit_compile=jit,
        arguments=training,
        deterministic=deterministic,
        max_energy_wh=max_energy,
        idle_s=idle,
        inference_s=inference,
        dataset=dataset,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        optimizer=optimizer,
        seed=seed,
        country=country,
        device=device,
        runs_dir=runs_dir,
        interpreter=interpreter,
        base_dir=source.folder,
        file=None if file == "-" else Path(file).absolute(),
    )
    try:
        options = replace(options, max_time_s=None if max_time is None else seconds_of(max_time))
        if repeat > 1:
            from cnngen.cli.repeating import train_repeatedly

            train_repeatedly(source.text, source.name, options, repeat, detach, format)
            return
        job = TrainingJob.prepare(source.text, source.name, options)
        if detach:
            job.start(detached=True)
            _tell_detached(job, format)
            return
        errors = follow(job, source.name)
    except ProgramNotTrainable as error:
        report(error.analysis, source.label)
        complain(str(error))
        raise typer.Exit(ExitCode.PROGRAM_ERRORS) from None
    except CannotTrain as error:
        raise CannotWork(str(error)) from error
    conclude(job, errors, format)


def _tell_detached(job: TrainingJob, format: Format) -> None:
    if format is Format.JSON:
        write_json(job.result())
        return
    runs = job.run_dir.name
    write(
        f"The training {runs} goes on by itself.\nFollow it with `cnngen runs follow`, stop it with `cnngen runs stop`."
    )


def follow(job: TrainingJob | RepeatedTraining, name: str, *, start: bool = True) -> list[str]:
    """Follow the job to its end, showing how it goes; returns what the worker said went wrong."""
    from cnngen.cli.progress import display

    errors = []
    with display(name) as shown, _stopped_by_signals(job, shown.stopping):
        if start:
            job.start()
        for event in job.events():
            shown.show(event)
            if event.get("event") == "error":
                errors.append(str(event.get("message")))
    return errors


@contextmanager
def _stopped_by_signals(job: TrainingJob | RepeatedTraining, tell: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop the job instead of this process, which must live to keep what was done."""
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        # A handler may run in the middle of a write and while the job holds its lock: the work is a thread's.
        threading.Thread(target=cancel, daemon=True).start()

    def cancel() -> None:
        job.cancel()
        tell()

    # A terminal that is closed sends SIGHUP; who has had that ignored, as `nohup` does, wants the training to go on.
    numbers = [signal.SIGINT, signal.SIGTERM]
    if (hangup := getattr(signal, "SIGHUP", None)) and signal.getsignal(hangup) is not signal.SIG_IGN:
        numbers.append(hangup)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def conclude(job: TrainingJob, errors: list[str], format: Format) -> None:
    """Write the summary, and end with the exit code of the run's status."""
    try:
        result = job.result()
    except (OSError, ValueError) as error:
        raise CannotWork(f"The run's record in {job.run_dir} cannot be read: {error}") from error
    if format is Format.JSON:
        write_json(result)
    else:
        write_summary(result)
    match result["status"]:
        case "done":
            return
        case "cancelled":
            raise typer.Exit(ExitCode.INTERRUPTED)
        case _:
            reason = errors[-1] if errors else "The training ended early"
            raise CannotWork(f"{reason.rstrip('.')}; see {job.run_dir / 'log.txt'}.")


def write_summary(result: dict[str, Any]) -> None:
    """Write what came of a run, for people."""
    from cnngen.runtime import summary

    facts(summary(result), HEADLINES)


#: The lines that a reader looks for first.
HEADLINES = ("Test accuracy", "Training energy", "Carbon")
