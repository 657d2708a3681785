"""Starting the Python that has Keras: how the worker's modules are run, and what is asked of it beforehand."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from cnngen.runtime.errors import CannotTrain

#: Seconds that a question to the interpreter may take; an answer takes one.
PATIENCE = 120

WORKER = "cnngen.runtime.worker"


def environment(python_path: str | Path | None) -> dict[str, str]:
    """The environment of a worker: the user's own, with `python_path` first on the module path."""
    path = [str(python_path)] if python_path else []
    if inherited := os.environ.get("PYTHONPATH"):
        path.append(inherited)
    settings = {
        # The current folder must not be on the path: a file of the user named keras.py is no Keras.
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **settings, **({"PYTHONPATH": os.pathsep.join(path)} if path else {})}


def ask(
    interpreter: str, python_path: str | Path | None, module: str, *arguments: str, patience: float = PATIENCE
) -> dict[str, Any]:
    """Run a module of the worker that prints one JSON object within `patience` seconds, and return it.

    Raises CannotTrain when the interpreter does not exist or cannot run it.
    """
    try:
        answer = subprocess.run(
            [interpreter, "-m", f"{WORKER}.{module}", *arguments],
            env=environment(python_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotTrain(f"The Python interpreter {interpreter} did not answer within {patience:g} s.") from error
    except OSError as error:
        raise CannotTrain(f"The Python interpreter {interpreter} cannot be started: {error.strerror}.") from error
    said = answer.stderr.decode("utf-8", "replace")
    if answer.returncode == 0:
        lines = answer.stdout.decode("utf-8", "replace").strip().splitlines()
        try:
            found = json.loads(lines[-1])
        except (ValueError, IndexError):
            said = "it gave no answer"
        else:
            if isinstance(found, dict):
                return found
    raise CannotTrain(no_worker(interpreter, said))


def no_worker(interpreter: str, said: str) -> str:
    """Why an interpreter could not run the worker, from what it wrote to standard error."""
    if "No module named" in said and "cnngen" in said:
        return f'The Python interpreter {interpreter} has no CNNGen: install it there with pip install "cnngen[train]".'
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"The Python interpreter {interpreter} cannot train: {lines[-1] if lines else 'it ended without a word'}."


def missing(interpreter: str, packages: list[str]) -> str:
    """What to say of an interpreter that lacks packages."""
    return (
        f"The Python interpreter {interpreter} lacks {', '.join(packages)}: "
        'install them there with pip install "cnngen[train]".'
    )
