"""The command *Train & Measure*: trainings that wait for their turn, are followed, cancellable, reported at their end.

pygls answers a cancelled command but never tells its handler. So the command only prepares a job and returns; the job
lives here, and the cancel button of its progress takes it out of the queue or ends its worker.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lsprotocol import types

from cnngen.server.errors import CommandFailed
from cnngen.server.files import path_of, uri_of
from cnngen.server.milestones import Course
from cnngen.server.progress import Progress
from cnngen.server.settings import expanded, expanded_command

if TYPE_CHECKING:
    from cnngen.runtime import TrainingJob, TrainOptions
    from cnngen.runtime.turn import Turn
    from cnngen.server.app import Server
    from cnngen.server.settings import Settings

FINISHED = "cnngen/trainingFinished"

#: Seconds that a training has at shutdown to end and write its report. An editor kills its server after two.
FAREWELL = 1.5

#: Seconds after which a training looks again whether that of another window has ended.
AGAIN = 0.5


@dataclass(eq=False)
class Training:
    """A training that waits or runs."""

    job: TrainingJob
    uri: str
    name: str
    progress: Progress
    cancelled: bool = False


class Trainings:
    """The trainings of one server, in the order in which they were asked for. The first one waits only for others'."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._queue: list[Training] = []
        self._followers: set[asyncio.Task[None]] = set()
        self._ending = False

    async def start(self, uri: str, settings: Settings) -> dict[str, Any]:
        """Have the text as it stands in the editor trained when its turn comes; returns where its record will be.

        Raises CommandFailed.
        """
        from cnngen.runtime import CannotTrain, ProgramNotTrainable, TrainingJob

        if not settings.trusted:
            raise CommandFailed("Training runs programs of this folder, which is not trusted: trust the folder first.")
        path = path_of(uri)
        document = self._server.document(uri)
        options = train_options(settings, path, self._server.folders.root_of(path))
        try:
            job = await asyncio.to_thread(TrainingJob.prepare, document.text, path.stem, options)
        except ProgramNotTrainable as error:
            raise CommandFailed(f"{str(error).rstrip('.')}; correct the program first.") from error
        except CannotTrain as error:
            raise CommandFailed(str(error)) from error
        training = Training(job, uri, path.name, Progress(self._server, f"cnngen-train-{uuid4()}"), self._ending)
        self._queue.append(training)
        follower = asyncio.create_task(self._follow(training))
        self._followers.add(follower)
        follower.add_done_callback(self._followers.discard)
        follower.add_done_callback(self._server.log_failure)
        return {"runDirectory": uri_of(job.run_dir)}

    def cancel(self, token: str | int | None = None) -> None:
        """Cancel the training with this progress token, or with None all."""
        for training in self._queue:
            if token is None or token == training.progress.token:
                training.cancelled = True
                # Not on the event loop: it writes to a pipe.
                threading.Thread(target=training.job.cancel, daemon=True).start()

    async def end(self) -> None:
        """Cancel all, and give what runs a moment to end. The worker ends by itself when this process is gone."""
        self._ending = True
        self.cancel()
        if self._followers:
            await asyncio.wait(self._followers, timeout=FAREWELL)

    async def _follow(self, training: Training) -> None:
        """Show how the training goes until it has ended, then tell what came of it."""
        from cnngen.runtime import CannotTrain
        from cnngen.runtime.turn import Turn

        job, name, progress = training.job, training.name, training.progress
        status, message = "failed", f"The training of {name} ended early."
        turn = Turn()
        try:
            await progress.begin(f"Training {name}")
            await self._wait(training, turn)
            if training.cancelled:
                job.cancel()  # Then `start` closes the record and starts nothing.
            job.start(inherits=turn.descriptors)
            course = Course()
            async for event in _events(job):
                match event:
                    case {"event": "done", "status": str(ended)}:
                        status = ended
                    case {"event": "error", "message": str(sentence)}:
                        message = sentence
                if milestone := course.update(event):
                    progress.report(milestone.message, milestone.percentage)
            if status != "failed":
                message = _outcome(job, name, status)
        except CannotTrain as error:
            message = str(error)
        finally:
            job.cancel()  # Does nothing to a job that has ended; one that nobody follows must not run on.
            turn.end()
            self._queue.remove(training)
            progress.end(message)
            self._tell(job, training.uri, status, message)

    async def _wait(self, training: Training, turn: Turn) -> None:
        """Wait until nobody trains, here or in another window, or until the training is cancelled."""
        told = None
        while not training.cancelled:
            first = self._queue[0]
            if first is training and turn.take(training.name):
                return
            ahead = turn.holder() if first is training else first.name
            if ahead != told:
                progress = f"waits for {ahead or 'another training'}, so that neither disturbs the other's measurement"
                training.progress.report(progress, 0)
                told = ahead
            await asyncio.sleep(AGAIN)

    def _tell(self, job: TrainingJob, uri: str, status: str, message: str) -> None:
        self._server.refresh_code_lenses()
        report = job.run_dir / "report.md"
        if self._server.settings.training_finished:
            outcome = {
                "uri": uri,
                "runDirectory": uri_of(job.run_dir),
                "report": uri_of(report) if report.exists() else None,
                "status": status,
                "message": message,
            }
            self._server.protocol.notify(FINISHED, outcome)
            return
        kind = types.MessageType.Error if status == "failed" else types.MessageType.Info
        text = f"{message} The record is in {job.run_dir}."
        self._server.window_show_message(types.ShowMessageParams(kind, text))


def train_options(settings: Settings, path: Path, folder: Path | None) -> TrainOptions:
    """The options of a training of a file. Relative folders start at the workspace's, without one at the file's own."""
    from cnngen.runtime import TrainOptions

    return TrainOptions(
        dataset=settings.dataset,
        epochs=settings.epochs,
        country=settings.country,
        device=settings.device,
        runs_dir=runs_directory(settings, path, folder),
        interpreter=expanded_command(settings.interpreter, folder),
        python_path=settings.worker_path,
        base_dir=path.parent,
    )


def runs_directory(settings: Settings, path: Path, folder: Path | None) -> Path:
    """Where the runs of a program go: as set, from the workspace's folder; else `runs` beside it."""
    runs = settings.runs_directory and expanded(settings.runs_directory, folder or path.parent)
    return runs or path.parent / "runs"


async def _events(job: TrainingJob) -> AsyncIterator[dict[str, Any]]:
    """The job's events on the event loop. A thread waits for them, which must not hold up the end of the process."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def read() -> None:
        try:
            for event in job.events():
                loop.call_soon_threadsafe(arrived.put_nowait, event)
            loop.call_soon_threadsafe(arrived.put_nowait, None)
        except RuntimeError:
            return  # The loop is closed: the server is ending.

    threading.Thread(target=read, name="training-follower", daemon=True).start()
    while (event := await arrived.get()) is not None:
        yield event


def _outcome(job: TrainingJob, name: str, status: str) -> str:
    """One line about a training that was not in vain."""
    from cnngen.runtime import summary

    head = f"{name} is trained" if status == "done" else f"The training of {name} was stopped, what was done is kept"
    try:
        told = dict(summary(job.result()))
    except (OSError, ValueError, KeyError):
        return f"{head}."
    labels = ("Test accuracy", "Validation accuracy", "Training time", "Training energy")
    figures = "; ".join(f"{label.lower()} {told[label]}" for label in labels if label in told)
    return f"{head}: {figures}." if figures else f"{head}."
