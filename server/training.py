"""The command *Train & Measure*, and the workspace's trainings: found, followed, cancellable, reported at their end.

A training is a process of its own that waits for its turn by itself and outlives this server. The server only follows
it; when it starts again, it finds the trainings that go on. pygls answers a cancelled command but never tells its
handler, so the command only prepares a job and returns, and the cancel button of its progress stops the job.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lsprotocol import types

from cnngen.runtime.record import REPORT, RESULT, WORKER_LOCK
from cnngen.server.errors import CommandFailed
from cnngen.server.files import path_of, uri_of
from cnngen.server.milestones import Course
from cnngen.server.progress import Progress
from cnngen.server.runs import CHANGED, living, runs_directory
from cnngen.server.settings import expanded, expanded_command

if TYPE_CHECKING:
    from cnngen.runtime import TrainingJob, TrainOptions
    from cnngen.runtime.driving.repeats import RepeatedTraining
    from cnngen.server.app import Server
    from cnngen.server.settings import Settings

FINISHED = "cnngen/trainingFinished"

#: What changes the lists of runs that an editor shows.
_TURNS = ("repeat", "waiting", "epoch", "done")

#: How often a training may be repeated by one command.
MOST_REPEATS = 100


@dataclass(eq=False)
class Training:
    """A training that waits or runs, or several in a row. `uri` is that of the program's file, where it is known.

    `place` is the folder of the run, or the record of the group of runs; `run_dir` the last run that began.
    """

    job: TrainingJob | RepeatedTraining
    place: Path
    uri: str | None
    name: str
    progress: Progress
    run_dir: Path | None = None


class Trainings:
    """The trainings that one server follows: those that it has started, and those that it has found."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._followed: dict[Path, Training] = {}
        self._followers: set[asyncio.Task[None]] = set()
        #: Held while one is begun or others are looked for: one that is just beginning is none to be found.
        self._looking = asyncio.Lock()

    async def start(self, uri: str, settings: Settings) -> dict[str, Any]:
        """Have the text as it stands in the editor trained when its turn comes, `settings.repeats` times where that is
        set; returns where its record will be.

        Raises CommandFailed.
        """
        from cnngen.runtime import CannotTrain, ProgramNotTrainable

        if not settings.trusted:
            raise CommandFailed("Training runs programs of this folder, which is not trusted: trust the folder first.")
        path = path_of(uri)
        named = (await self._server.analysis_of(uri)).network.dataset
        document = self._server.document(uri)
        options = train_options(settings, path, self._server.folders.root_of(path), named)
        async with self._looking:
            try:
                job, place = await asyncio.to_thread(_begin, document.text, path.stem, options, settings.repeats)
            except ProgramNotTrainable as error:
                raise CommandFailed(f"{str(error).rstrip('.')}; correct the program first.") from error
            except CannotTrain as error:
                raise CommandFailed(str(error)) from error
            self._follow(job, place, uri, path.name)
        return {"group" if settings.repeats else "runDirectory": uri_of(place)}

    async def find(self, runs_dirs: Iterable[Path]) -> None:
        """Follow the trainings that go on in these folders of runs and are not followed yet.

        The records of those whose worker has died are closed.
        """
        async with self._looking:
            for place, file, name in await asyncio.to_thread(living, list(runs_dirs)):
                if place not in self._followed:
                    self._follow(_attach(place), place, uri_of(file) if file else None, file.name if file else name)

    async def changed(self, files: Iterable[Path]) -> None:
        """Take notice of files of runs that have come, changed or gone in the workspace."""
        followed = {place for training in self._followed.values() for place in (training.place, training.run_dir)}
        found = {file.parent for file in files if file.name in (RESULT, WORKER_LOCK)} - followed
        for run_dir in found:
            self._tell_change(run_dir)
        await self.find({run_dir.parent for run_dir in found})

    def cancel(self, token: str | int | None) -> None:
        """Cancel the training with this progress token."""
        for training in self._followed.values():
            if token == training.progress.token:
                # Not on the event loop: it writes to the disk.
                threading.Thread(target=training.job.cancel, daemon=True).start()

    def end(self) -> None:
        """Follow no more. The trainings go on, and the next server finds them."""
        for follower in self._followers:
            follower.cancel()

    def _follow(self, job: TrainingJob | RepeatedTraining, place: Path, uri: str | None, name: str) -> None:
        training = Training(job, place, uri, name, Progress(self._server, f"cnngen-train-{uuid4()}"))
        training.run_dir = place if place.is_dir() else None
        self._followed[place] = training
        follower = asyncio.create_task(self._show(training))
        self._followers.add(follower)
        follower.add_done_callback(self._followers.discard)
        follower.add_done_callback(self._server.log_failure)

    async def _show(self, training: Training) -> None:
        """Show how the training goes until it has ended, then tell what came of it."""
        job, name, progress = training.job, training.name, training.progress
        status, message = "failed", f"The training of {name} ended early."
        await progress.begin(f"Training {name}")
        self._tell_change(training.run_dir)
        course = Course()
        async for events in _batches(job):
            milestone = None
            for event in events:
                match event:
                    case {"event": "repeat", "run": str(run)}:
                        training.run_dir = training.place.with_name(run)
                    case {"event": "done", "status": str(ended)}:
                        status = ended
                    case {"event": "error", "message": str(sentence)}:
                        message = sentence
                milestone = course.update(event) or milestone
            if milestone:
                progress.report(milestone.message, milestone.percentage)
            if any(event["event"] in _TURNS for event in events):
                self._tell_change(training.run_dir)
        if status != "failed":
            message = await asyncio.to_thread(_outcome, training, status)
        del self._followed[training.place]
        progress.end(message)
        self._tell(training, status, message)

    def _tell_change(self, run_dir: Path | None) -> None:
        """Let the editor's lists and panels know that a run has begun, has got on, or has ended."""
        if run_dir:
            self._server.protocol.notify(CHANGED, {"directory": uri_of(run_dir)})

    def _tell(self, training: Training, status: str, message: str) -> None:
        self._server.refresh_code_lenses()
        run_dir = training.run_dir
        report = run_dir / REPORT if run_dir else None
        if self._server.settings.training_finished:
            outcome = {
                "uri": training.uri,
                "runDirectory": uri_of(run_dir) if run_dir else None,
                "report": uri_of(report) if report and report.exists() else None,
                "status": status,
                "message": message,
            }
            self._server.protocol.notify(FINISHED, outcome)
            return
        kind = types.MessageType.Error if status == "failed" else types.MessageType.Info
        text = f"{message} The record is in {training.place}."
        self._server.window_show_message(types.ShowMessageParams(kind, text))


def train_options(settings: Settings, path: Path, folder: Path | None, named: str | None = None) -> TrainOptions:
    """The options of a training of a file, whose program names a data set or none.

    Relative folders start at the workspace's, without one at the file's own.
    """
    from cnngen.runtime import TrainOptions
    from cnngen.runtime.driving.options import seconds_of

    return TrainOptions(
        dataset=settings.dataset or (None if named else _default_dataset(settings, folder or path.parent)),
        epochs=settings.epochs,
        country=settings.country,
        device=settings.device,
        deterministic=settings.deterministic,
        idle_s=settings.idle,
        inference_s=settings.inference,
        max_energy_wh=settings.max_energy or None,
        max_time_s=seconds_of(settings.max_time) if settings.max_time else None,
        runs_dir=runs_directory(settings, path, folder),
        interpreter=expanded_command(settings.interpreter, folder),
        python_path=settings.worker_path,
        base_dir=path.parent,
        file=path,
    )


def _default_dataset(settings: Settings, folder: Path) -> str | None:
    """What is set for programs that name no data set: a name, or a path from the folder."""
    from cnngen.language import DATASETS

    written = settings.default_dataset
    return written if not written or written in DATASETS else str(expanded(written, folder) or written)


def _begin(
    text: str, name: str, options: TrainOptions, repeats: int | None
) -> tuple[TrainingJob | RepeatedTraining, Path]:
    """Start a training, or so many in a row; returns its handle and its place. Raises what `prepare` and `start` do."""
    from cnngen.runtime import CannotTrain, TrainingJob

    if repeats is None:
        job = TrainingJob.prepare(text, name, options)
        job.start(detached=True)
        return job, job.run_dir
    if not 2 <= repeats <= MOST_REPEATS:
        raise CannotTrain(f"A training is repeated 2 to {MOST_REPEATS} times, not {repeats:,}.")

    from cnngen.runtime.driving.repeats import RepeatedTraining

    group = RepeatedTraining.prepare(text, name, options, repeats)
    group.start(detached=True)
    return group, group.path


def _attach(place: Path) -> TrainingJob | RepeatedTraining:
    """The handle of what goes on there."""
    # It loads all that makes a run, so not before the first diagnostics.
    from cnngen.runtime import TrainingJob
    from cnngen.runtime.driving.repeats import RepeatedTraining

    return TrainingJob.attach(place) if place.is_dir() else RepeatedTraining.attach(place)


async def _batches(job: TrainingJob | RepeatedTraining) -> AsyncIterator[list[dict[str, Any]]]:
    """The job's events on the event loop. A thread waits for them, which must not hold up the end of the process."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[list[dict[str, Any]] | None] = asyncio.Queue()

    def read() -> None:
        try:
            for events in job.batches():
                loop.call_soon_threadsafe(arrived.put_nowait, events)
            loop.call_soon_threadsafe(arrived.put_nowait, None)
        except RuntimeError:
            return  # The loop is closed: the server is ending.

    threading.Thread(target=read, name="training-follower", daemon=True).start()
    while (events := await arrived.get()) is not None:
        yield events


def _outcome(training: Training, status: str) -> str:
    """One line about a training that was not in vain."""
    from cnngen.runtime import summary
    from cnngen.runtime.group import group_summary

    name, repeated = training.name, not training.place.is_dir()
    head = f"{name} is trained" if status == "done" else f"The training of {name} was stopped, what was done is kept"
    try:
        result = training.job.result()
        told = dict(group_summary(result) if repeated else summary(result, brief=True))
    except (OSError, ValueError, KeyError):
        return f"{head}."
    if repeated:
        head += f" ({told['Repeated']})"
    labels = ("Test accuracy", "Validation accuracy", "Training time", "Training energy")
    figures = "; ".join(f"{label.lower()} {told[label]}" for label in labels if label in told)
    return f"{head}: {figures}." if figures else f"{head}."
