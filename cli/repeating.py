"""`cnngen train --repeat N`: the same training several times, and how its figures scatter."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Format, facts, write, write_json

if TYPE_CHECKING:
    from cnngen.runtime import TrainOptions


def train_repeatedly(
    text: str, name: str, options: TrainOptions, of: int, format: Format, known: str | None = None
) -> None:
    """Train `of` times, one after the other, and write the group's record after each; `known` is the group's name.

    The first run that is cancelled or fails is the last. Raises what `TrainingJob.prepare` raises, and CannotWork.
    """
    from cnngen.cli.train import follow
    from cnngen.runtime import TrainingJob, group

    known = known or group.group_name(name, of, datetime.now())
    results: list[dict[str, Any]] = []
    folders: list[Path] = []
    failed: list[str] = []
    for number in range(1, of + 1):
        job = TrainingJob.prepare(text, name, replace(options, repeat=group.Repeat(known, number, of)))
        write(f"run {number} of {of}", sys.stderr)
        failed = follow(job, f"{name}, {number} of {of}")
        try:
            results.append(job.result())
            folders.append(job.run_dir)
            path = group.write(job.run_dir.parent, known, of, results)
        except (OSError, ValueError) as error:
            raise CannotWork(f"The record of {job.run_dir} or of its group cannot be kept: {error}") from error
        if results[-1]["status"] != "done":
            break
    told = group.group_record(known, of, results)
    if format is Format.JSON:
        write_json({**told, "file": str(path)})
    else:
        page = _compare(folders, path.with_name(f"{known}.html"))
        facts([*group.group_summary(told), ("Files", str(path)), *page])
    match results[-1]["status"]:
        case "done":
            return
        case "cancelled":
            raise typer.Exit(ExitCode.INTERRUPTED)
        case _:
            reason = failed[-1] if failed else "The training ended early"
            raise CannotWork(f"{reason.rstrip('.')}; see {job.run_dir / 'log.txt'}.")


def _compare(folders: list[Path], path: Path) -> list[tuple[str, str]]:
    """Write the page that shows the runs over one another; the line that names it, or none where it cannot be."""
    from cnngen.runtime import record
    from cnngen.runtime.overview import overview
    from cnngen.runtime.report import comparison

    try:
        record.write_text(path, comparison.compose([overview(folder) for folder in folders]))
    except (OSError, ValueError):
        return []  # The figures are in the group's record.
    return [("Report", str(path))]
