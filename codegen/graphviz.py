"""Graphviz as an outside program: where it is, and how it draws without ever holding us up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

#: Seconds after which a drawing is given up. A hundred layers take a tenth of a second.
TIMEOUT = 60

_WHEEL = "graphviz-pure"


class DiagramUnavailable(Exception):
    """There is no picture of a network; the message is one sentence that says why and what to do."""


def find_dot() -> Path | None:
    """The Graphviz executable: the system's `dot`, else the wheel's beside this Python or on the PATH."""
    beside = Path(sys.executable).parent
    found = shutil.which("dot") or shutil.which(_WHEEL, path=str(beside)) or shutil.which(_WHEEL)
    return Path(found) if found else None


def draw(dot: str, output: str, *options: str, timeout: float = TIMEOUT) -> bytes:
    """What Graphviz makes of the graph `dot` as `output`, one of its formats such as "svg", with more command-line `options`.

    Raises:
        DiagramUnavailable: there is no Graphviz, it failed, or it was not ready after `timeout` seconds.
    """
    executable = find_dot()
    if executable is None:
        raise DiagramUnavailable(
            'Pictures need Graphviz: install it with `pip install "cnngen[dot]"`, or the system\'s package `graphviz`.'
        )
    try:
        done = subprocess.run(
            [executable, f"-T{output}", *options], input=dot.encode(), capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise DiagramUnavailable(
            f"{executable.name} was stopped because it had not drawn the network after {timeout:g} seconds; "
            "smaller networks have pictures."
        ) from None
    except OSError as error:
        raise DiagramUnavailable(
            f"{executable} could not be started ({error.strerror}); install Graphviz anew for pictures."
        ) from None
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise DiagramUnavailable(
            f"{executable.name} could not draw the network: {said[0] if said else f'exit code {done.returncode}'}."
        )
    return done.stdout
