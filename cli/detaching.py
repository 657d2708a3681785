"""`cnngen train --repeat N --detach`: a process of its own that does the repetitions, one after the other.

`python -m cnngen.cli.detaching` reads what to do from standard input, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnngen.cli.errors import CannotWork
from cnngen.cli.output import Format, write, write_json

if TYPE_CHECKING:
    from cnngen.runtime import TrainOptions

_PATHS = ("runs_dir", "base_dir", "file", "python_path")


def detach_repetitions(text: str, name: str, options: TrainOptions, of: int, format: Format) -> None:
    """Start the process, and tell how its group is called.

    What is wrong with the program or the options is said now: raises what `preparation.plan` raises, and CannotWork.
    """
    from cnngen.runtime import group
    from cnngen.runtime.driving.preparation import plan

    plan(text, name, options)
    runs = options.runs_dir.expanduser().resolve()
    known = group.group_name(name, of, datetime.now())
    # The process may have another working folder than the user.
    whole = replace(options, runs_dir=runs, base_dir=options.base_dir.resolve())
    task = json.dumps({"text": text, "name": name, "of": of, "group": known, "options": asdict(whole)}, default=str)
    log = runs / f"{known}.log"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "cnngen.cli.detaching"],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            assert process.stdin is not None
            process.stdin.write(task.encode())
            process.stdin.close()
    except OSError as error:
        raise CannotWork(f"The trainings cannot be started: {error.strerror or error}.") from error
    if format is Format.JSON:
        write_json({"group": known, "of": of, "log": str(log), "file": str(runs / f"{known}{group.SUFFIX}")})
        return
    write(
        f"The {of} trainings of {known} go on by themselves, one after the other.\n"
        "Follow one with `cnngen runs follow`; `cnngen runs stop` stops it and those behind it.\n"
        f"What they come to together will stand in {runs / known}{group.SUFFIX}."
    )


def main(task: dict[str, Any]) -> None:
    """Train as often as the task says. Raises what `train_repeatedly` raises."""
    from cnngen.cli.repeating import train_repeatedly
    from cnngen.runtime import TrainOptions

    told: dict[str, Any] = {
        key: Path(value) if key in _PATHS and value is not None else value for key, value in task["options"].items()
    }
    options = TrainOptions(**told)
    train_repeatedly(task["text"], task["name"], options, task["of"], Format.TEXT, task["group"])


if __name__ == "__main__":
    import typer

    from cnngen.runtime import CannotTrain, ProgramNotTrainable

    try:
        main(json.load(sys.stdin))
    except (CannotTrain, ProgramNotTrainable, CannotWork) as error:
        write(str(error), sys.stderr)
        sys.exit(2)
    except typer.Exit as ended:
        sys.exit(ended.exit_code)
