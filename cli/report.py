"""`cnngen runs report`: the page of one run, or of several beside one another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cnngen.cli.choosing import chosen, store_of
from cnngen.cli.errors import CannotWork
from cnngen.cli.output import Style, painter, write


def report(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Runs by name, its beginning, or folder; the last one by default."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where the page goes.", show_default=False)
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
    runs_dir: Annotated[Path, typer.Option(metavar="DIR", help="The folder of the runs.")] = Path("runs"),
) -> None:
    """Write the report of a run, or compare several. One HTML file, which opens offline.

    Runs that asked for the same count as repetitions: the comparison shows their median, and the interval of the mean.
    """
    from cnngen.runtime import record
    from cnngen.runtime.overview import overview
    from cnngen.runtime.report import comparison, run

    folders = _folders(ids or [], runs_dir)
    try:
        told = [overview(folder) for folder in folders]
        one = len(folders) == 1
        page = run.compose(folders[0], told[0]) if one else comparison.compose(told)
        path = output or (folders[0] / record.REPORT if one else runs_dir / "comparison.html")
        record.write_text(path, page)
    except ValueError as error:
        raise CannotWork(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise CannotWork(f"The report cannot be written: {where}{error.strerror or error}.") from error
    if not _charts():
        paint = painter(sys.stderr)
        note = 'the page has no charts, which need matplotlib: pip install "cnngen[train]"'
        write(f"{paint(Style.NOTE, 'note')}: {note}", sys.stderr)
    write(str(path))
    if open_:
        _show(path)


def _folders(ids: list[str], runs_dir: Path) -> list[Path]:
    """The folders of the runs that are meant. Raises CannotWork when one is not there."""
    store, rows = store_of(runs_dir)
    return list(dict.fromkeys(chosen(runs_dir, name, store, rows).path for name in ids or ["last"]))


def _charts() -> bool:
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def _show(path: Path) -> None:
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        raise CannotWork(f"No browser could be opened; the report is {path}.")
