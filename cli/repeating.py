"""`cnngen train --repeat N`: the same training several times, and how its figures scatter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Format, facts, write, write_json

if TYPE_CHECKING:
    from cnngen.runtime import RepeatedTraining, TrainOptions


def train_repeatedly(text: str, name: str, options: TrainOptions, of: int, detach: bool, format: Format) -> None:
    """Train `of` times, one after the other, and say what the runs come to together; detached, return at once.

    Raises what `RepeatedTraining.prepare` raises, and CannotWork.
    """
    from cnngen.cli.train import follow
    from cnngen.runtime import RepeatedTraining

    repeats = RepeatedTraining.prepare(text, name, options, of)
    if detach:
        repeats.start(detached=True)
        _tell_detached(repeats, of, format)
        return
    errors = follow(repeats, name)
    _conclude(repeats, errors, format)


def _tell_detached(repeats: RepeatedTraining, of: int, format: Format) -> None:
    if format is Format.JSON:
        write_json({"group": repeats.name, "of": of, "log": str(repeats.log), "file": str(repeats.path)})
        return
    write(
        f"The {of} trainings of {repeats.name} go on by themselves, one after the other.\n"
        "Follow one with `cnngen runs follow`; `cnngen runs stop` stops it and those behind it.\n"
        f"What they come to together will stand in {repeats.path}."
    )


def _conclude(repeats: RepeatedTraining, errors: list[str], format: Format) -> None:
    """Write what the runs say together, and end with the exit code of the group's status."""
    from cnngen.runtime import group

    try:
        told = repeats.result()
    except (OSError, ValueError) as error:
        raise CannotWork(f"The group's record {repeats.path} cannot be read: {error}") from error
    if format is Format.JSON:
        write_json({**told, "file": str(repeats.path)})
    elif told["runs"]:
        page = repeats.path.with_name(repeats.name + group.PAGE)
        report = [("Report", str(page))] if page.exists() else []
        facts([*group.group_summary(told), ("Files", str(repeats.path)), *report])
    match told["status"]:
        case "done":
            return
        case "cancelled":
            raise typer.Exit(ExitCode.INTERRUPTED)
        case _:
            reason = errors[-1] if errors else "The trainings ended early"
            last = told["runs"][-1:]
            log = repeats.path.with_name(last[0]["id"]) / "log.txt" if last else repeats.log
            raise CannotWork(f"{reason.rstrip('.')}; see {log}.")
