"""Graphviz as an outside program: where it is, and how it draws without ever holding us up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

#: Seconds after which a drawing is given up. A hundred layers take a tenth of a second.
TIMEOUT = 60

INSTALL = 'install it with `pip install "cnngen[dot]"`, or take your system\'s package `graphviz`'


class DiagramUnavailable(Exception):
    """There is no picture of a network; the message is one sentence that says why and what to do."""


def find_dot() -> Path | None:
    """The Graphviz executable: the system's `dot`, else the wheel's."""
    found = shutil.which("dot")
    return Path(found) if found else find_wheel()


def find_wheel() -> Path | None:
    """The executable of the package `graphviz-pure`: beside this Python, or on the PATH."""
    name = "graphviz-pure"
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    return Path(found) if found else None


def draw(executable: Path | None, dot: str, output: str, *options: str, timeout: float = TIMEOUT) -> bytes:
    """What Graphviz makes of the graph `dot` as `output`, one of its formats such as "svg".

    `options` are more options of its command line, `timeout` is in seconds.

    Raises:
        DiagramUnavailable: there is no Graphviz, it failed, or it was not ready in time.
    """
    if executable is None:
        raise DiagramUnavailable(f"Pictures need Graphviz: {INSTALL}.")
    try:
        done = subprocess.run(
            [executable, f"-T{output}", *options],
            input=dot.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DiagramUnavailable(
            f"The picture was given up because {executable.name} had not drawn it after {timeout:g} seconds."
        ) from None
    except OSError as error:
        raise DiagramUnavailable(
            f"{executable} could not be started ({error.strerror or error}); for pictures {INSTALL}."
        ) from None
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"it ended with exit code {done.returncode}"
        raise DiagramUnavailable(f"{executable} failed to draw the network ({reason}); for pictures {INSTALL}.")
    return done.stdout
