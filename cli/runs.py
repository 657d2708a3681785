"""`cnngen runs`: the runs that were made, found, shown, compared, followed, stopped and removed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnngen.cli.choosing import RunsDir, chosen, store_of
from cnngen.cli.errors import CannotWork, ExitCode
from cnngen.cli.output import Format, Style, aligned, complain, painter, visible, write, write_json

if TYPE_CHECKING:
    from cnngen.runtime.comparing import Comparison
    from cnngen.runtime.store import GroupRow, RunRow

#: How each status looks.
_LOOKS = {"running": Style.STRONG, "waiting": Style.NOTE, "done": Style.GOOD, "failed": Style.ERROR,
          "unreadable": Style.ERROR}  # fmt: skip

#: How many runs a terminal is shown, unless it asks for more.
_SHOWN = 30


def list_(
    program: Annotated[str | None, typer.Option(metavar="NAME", help="Only runs and groups of this program.")] = None,
    status: Annotated[
        list[str] | None, typer.Option(metavar="STATUS", help="Only runs that are done, failed, running ...")
    ] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=0, help="At most so many; 0 shows all.")] = _SHOWN,
    format: Annotated[Format, typer.Option(help="Tables for people, or JSON with all runs and groups.")] = Format.TEXT,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """List the runs of a folder, and the groups that repeat one training: those that go on first, then the newest."""
    from cnngen.runtime.store import STATUSES

    unknown = set(status or ()) - set(STATUSES)
    if unknown:
        raise CannotWork(f"There is no status {', '.join(sorted(unknown))}; there are {', '.join(STATUSES)}.")

    def wanted(row: RunRow | GroupRow) -> bool:
        return program in (None, row.program) and (not status or row.status in status)

    store, rows = store_of(runs_dir)
    rows = sorted(filter(wanted, rows), key=lambda row: not row.living)
    groups = sorted(filter(wanted, store.groups()), key=lambda group: not group.living)
    if format is Format.JSON:
        write_json({"runs": [row.to_json() for row in rows], "groups": [group.to_json() for group in groups]})
        return
    if not rows and not groups:
        write(f"No runs in {visible(str(store.runs_dir))}.", sys.stderr)
        return
    shown, shown_groups = rows[: limit or None], groups[: limit or None]
    if shown:
        _write_table(shown)
    if shown_groups:
        write("\n" * bool(shown) + "\n".join(_group_lines(shown_groups)))
    if more := len(rows) - len(shown) + len(groups) - len(shown_groups):
        write(f"and {more:,} more (--limit 0)", sys.stderr)


def show(
    run: Annotated[
        str, typer.Argument(metavar="[ID]", help="A run: its name, the beginning of it, last, a folder.")
    ] = "last",
    format: Annotated[Format, typer.Option(help="A summary for people, or the run's record as JSON.")] = Format.TEXT,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Show what came of a run."""
    from cnngen.cli.train import write_summary
    from cnngen.runtime import load_result

    row = chosen(runs_dir, run)
    try:
        result = load_result(row.path)
    except (OSError, ValueError) as error:
        raise CannotWork(row.message or f"The record of {row.id} cannot be read: {error}.") from error
    if format is Format.JSON:
        write_json({**result, "status": row.status})
    else:
        write_summary({**result, "status": row.status})


def compare(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID ID...", help="Runs, as for show; the others against the first.")
    ],
    format: Annotated[Format, typer.Option(help="A table for people, or JSON.")] = Format.TEXT,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Show the figures of runs side by side, and which differences are more than chance.

    Runs that asked for the same, but for the seed, are repetitions of one another: they tell how much chance there is.
    """
    from cnngen.runtime.comparing import compare

    store, listed = store_of(runs_dir)
    rows = [chosen(runs_dir, name, store, listed) for name in ids]
    if len({row.path for row in rows}) < 2:
        raise CannotWork("Name at least two runs to compare.")
    try:
        found = compare(store, rows)
    except (OSError, ValueError) as error:
        raise CannotWork(f"A record cannot be read: {error}") from error
    if format is Format.JSON:
        lines = [{"label": line.label, "texts": line.texts, "beyond": line.beyond} for line in found.lines]
        runs = [{"id": row.id, "repeats": repeats} for row, repeats in zip(rows, found.repeats, strict=True)]
        write_json({"runs": runs, "figures": lines, "notes": found.notes})
    else:
        _write_comparison(rows, found)


def follow(
    run: Annotated[str, typer.Argument(metavar="[ID]", help="A run that goes on; the only one by default.")] = "",
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Show how a run goes on, from its beginning to its end. Ctrl-C stops looking, not the run."""
    from cnngen.cli.progress import display
    from cnngen.cli.train import conclude
    from cnngen.runtime import TrainingJob

    row = chosen(runs_dir, run, living=True) if not run else chosen(runs_dir, run)
    job, errors = TrainingJob.attach(row.path), []
    with display(row.program) as shown:
        for event in job.events():
            shown.show(event)
            if event["event"] == "error":
                errors.append(str(event.get("message")))
    conclude(job, errors, Format.TEXT)


def stop(
    run: Annotated[str, typer.Argument(metavar="[ID]", help="A run that goes on; the only one by default.")] = "",
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Stop a run after its batch. What was done is kept."""
    from cnngen.runtime import TrainingJob

    row = chosen(runs_dir, run, living=True)
    job = TrainingJob.attach(row.path)
    job.cancel()
    *_, last = job.events()
    if last["status"] != "cancelled":
        write(f"{row.id} was {last['status']} before it could be stopped.")
        return
    write(f"{row.id} is stopped; what was done is kept in {visible(str(row.path))}.")


def rm(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Runs, as for show.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Remove runs with all their files. Never one that goes on."""
    from cnngen.runtime.store import CannotRemove, remove

    store, listed = store_of(runs_dir)
    rows = list({row.path: row for row in (chosen(runs_dir, name, store, listed) for name in ids)}.values())
    if not yes:
        _ask(rows)
    failed = []
    for row in rows:
        try:
            remove(store, row)
        except CannotRemove as error:
            failed.append(str(error))
    for sentence in failed:
        complain(sentence)
    if failed:
        raise typer.Exit(ExitCode.CANNOT_WORK)


def _ask(rows: list[RunRow]) -> None:
    names = ", ".join(visible(row.id) for row in rows)
    if not sys.stdin.isatty():
        raise CannotWork(f"{names} would be removed for good; say that it is meant with --yes.")
    if not typer.confirm(f"Remove {names} with all files?", err=True):
        raise typer.Exit(ExitCode.INTERRUPTED)


def _write_table(rows: list[RunRow]) -> None:
    head = ("Began", "Status", "Accuracy", "Training energy", "Run time", "Epochs", "Parameters", "Repeat", "Run")
    cells: list[tuple[str, ...]] = [head, *(_cells(row) for row in rows)]
    if not any(row.group for row in rows):
        cells = [(*line[:-2], line[-1]) for line in cells]
    write("\n".join(_table(cells, [row.status for row in rows], right=(2, 3, 4, 5, 6))))


def _group_lines(groups: list[GroupRow]) -> list[str]:
    cells: list[tuple[str, ...]] = [("Began", "Status", "Done", "Group")]
    cells += [
        (_local(group.began), group.status, f"{group.done} of {group.asked}", visible(group.id)) for group in groups
    ]
    return _table(cells, [group.status for group in groups])


def _table(cells: list[tuple[str, ...]], statuses: list[str], right: tuple[int, ...] = ()) -> list[str]:
    """Cells below their head as lines; the second column has the statuses, which have colours."""
    paint = painter(sys.stdout)
    head, *lines = aligned(cells, right)
    at = max(len(row[0]) for row in cells) + 2
    painted = [paint(Style.FRAME, head)]
    for status, text in zip(statuses, lines, strict=True):
        end = at + len(status)
        painted.append(text[:at] + paint(_LOOKS.get(status, Style.DIM), text[at:end]) + text[end:])
    return painted


def _cells(row: RunRow) -> tuple[str, ...]:
    from cnngen.runtime.wording import duration, percent, watt_hours

    energy = ""
    if row.energy_training_kwh is not None and row.energy_source:
        energy = f"{watt_hours(row.energy_training_kwh, row.energy_source)} {row.energy_source}"
    return (
        _local(row.began),
        row.status,
        "" if row.test_accuracy is None else percent(row.test_accuracy),
        energy,
        "" if row.duration_s is None else duration(row.duration_s),
        "" if row.epochs is None else str(row.epochs),
        "" if row.parameters is None else f"{row.parameters:,}",
        "" if row.group is None else f"{row.number} of {row.of}",
        visible(row.id),
    )


def _local(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def _write_comparison(rows: list[RunRow], found: Comparison) -> None:
    paint = painter(sys.stdout)
    head: list[tuple[str, ...]] = [("Run", *(visible(row.id) for row in rows))]
    head.append(("Repetitions", *(str(number) for number in found.repeats)))
    body = [(line.label, *map(_marked, line.texts, line.beyond)) for line in found.lines]
    lines = aligned([*head, *body], right=tuple(range(1, len(rows) + 1)))
    write(paint(Style.FRAME, lines[0]))
    for text in lines[1:]:
        write(text)
    for note in found.notes:
        write(paint(Style.DIM, note))


def _marked(text: str, beyond: bool | None) -> str:
    return f"{text} {'*' if beyond else ' '}"


def register(app: typer.Typer) -> None:
    """Put the commands under `cnngen runs`."""
    app.command("list")(list_)
    for command in (show, compare, follow, stop, rm):
        app.command()(command)
