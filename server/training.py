"""The command *Train & Measure*: one training at a time, followed, cancellable, and reported at its end.

pygls answers a cancelled command but never tells its handler. So the command only starts a job and returns; the job
lives here, and the cancel button of its progress ends the worker process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lsprotocol import types

from cnngen.server.errors import CommandFailed
from cnngen.server.files import path_of, uri_of
from cnngen.server.milestones import Course, Milestone
from cnngen.server.settings import expanded, expanded_command

if TYPE_CHECKING:
    from cnngen.runtime import TrainingJob, TrainOptions
    from cnngen.server.app import Server
    from cnngen.server.settings import Settings

FINISHED = "cnngen/trainingFinished"

#: Seconds that a training has at shutdown to end and write its report. An editor kills its server after two.
FAREWELL = 1.5

#: Seconds that a client may take to agree to show a progress; the training does not wait for its picture.
PATIENCE = 10.0


class Trainings:
    """The trainings of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._busy: str | None = None
        self._job: TrainingJob | None = None
        self._token: str | None = None
        self._follower: asyncio.Task[None] | None = None
        self._ending = False

    async def start(self, uri: str, settings: Settings) -> dict[str, Any]:
        """Start a training of the text as it stands in the editor, and return where its record will be.

        Raises CommandFailed.
        """
        from cnngen.runtime import CannotTrain, ProgramNotTrainable, TrainingJob

        if not settings.trusted:
            raise CommandFailed("Training runs programs of this folder, which is not trusted: trust the folder first.")
        path = path_of(uri)
        if self._busy:
            raise CommandFailed(
                f"{self._busy} is being trained, and two trainings would disturb each other's measurement."
            )
        self._busy = path.name
        try:
            document = self._server.document(uri)
            options = train_options(settings, path, self._server.folders.root_of(path))
            job = await asyncio.to_thread(TrainingJob.prepare, document.text, path.stem, options)
            if self._ending:
                job.cancel()  # Then `start` closes the record and starts nothing.
            job.start()
        except BaseException as error:
            self._busy = None
            if isinstance(error, ProgramNotTrainable):
                raise CommandFailed(f"{str(error).rstrip('.')}; correct the program first.") from error
            if isinstance(error, CannotTrain):
                raise CommandFailed(str(error)) from error
            raise
        self._job = job
        self._follower = asyncio.create_task(self._follow(job, uri, path.name))
        self._follower.add_done_callback(self._server.log_failure)
        return {"runDirectory": uri_of(job.run_dir)}

    def cancel(self, token: str | int | None = None) -> None:
        """Cancel the training with this progress token, or with None whichever runs."""
        if self._job is not None and (token is None or token == self._token):
            # Not on the event loop: it writes to a pipe.
            threading.Thread(target=self._job.cancel, daemon=True).start()

    async def end(self) -> None:
        """Cancel what runs, and give it a moment to end. The worker ends by itself when this process is gone."""
        self._ending = True
        self.cancel()
        if self._follower is not None:
            await asyncio.wait({self._follower}, timeout=FAREWELL)

    async def _follow(self, job: TrainingJob, uri: str, name: str) -> None:
        """Show how the training goes until it has ended, then tell what came of it."""
        status, message = "failed", f"The training of {name} ended early."
        try:
            self._token = await self._begin_progress(f"Training {name}")
            course = Course()
            async for event in _events(job):
                match event:
                    case {"event": "done", "status": str(ended)}:
                        status = ended
                    case {"event": "error", "message": str(sentence)}:
                        message = sentence
                if milestone := course.update(event):
                    self._report_progress(milestone)
            if status != "failed":
                message = _outcome(job, name, status)
        finally:
            job.cancel()  # Does nothing to a job that has ended; one that nobody follows must not run on.
            self._end_progress(message)
            self._busy = self._job = None
            self._tell(job, uri, status, message)

    async def _begin_progress(self, title: str) -> str | None:
        """Have the client show a progress with a cancel button; None when it has none to show."""
        if not self._server.shows_progress:
            return None
        token = f"cnngen-train-{uuid4()}"
        progress = self._server.work_done_progress
        try:
            await asyncio.wait_for(progress.create_async(token), PATIENCE)
        except Exception as error:
            self._server.log(f"The client shows no progress: {error!r}")
            return None
        progress.begin(token, types.WorkDoneProgressBegin(title=title, percentage=0, cancellable=True))
        return token

    def _report_progress(self, milestone: Milestone) -> None:
        if self._token is not None:
            report = types.WorkDoneProgressReport(
                percentage=milestone.percentage, message=milestone.message, cancellable=True
            )
            self._server.work_done_progress.report(self._token, report)

    def _end_progress(self, message: str) -> None:
        if self._token is None:
            return
        self._server.work_done_progress.end(self._token, types.WorkDoneProgressEnd(message=message))
        self._server.work_done_progress.tokens.pop(self._token, None)  # pygls keeps them for ever
        self._token = None

    def _tell(self, job: TrainingJob, uri: str, status: str, message: str) -> None:
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

    base = folder or path.parent
    runs = settings.runs_directory and expanded(settings.runs_directory, base)
    return TrainOptions(
        dataset=settings.dataset,
        epochs=settings.epochs,
        country=settings.country,
        device=settings.device,
        runs_dir=runs or path.parent / "runs",
        interpreter=expanded_command(settings.interpreter, folder),
        python_path=settings.worker_path,
        base_dir=path.parent,
    )


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
