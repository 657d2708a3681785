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
    program = _installed(executable)
    try:
        done = subprocess.run(
            [program, f"-T{output}", *options],
            input=dot.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_slow(program, timeout) from None
    except OSError as error:
        raise _not_started(program, error) from None
    return _drawn(program, done.returncode, done.stdout, done.stderr)


async def draw_async(executable: Path | None, dot: str, output: str, *, timeout: float = TIMEOUT) -> bytes:
    """As `draw`, for an event loop: to cancel it ends Graphviz at once.

    Raises:
        DiagramUnavailable: as `draw`.
    """
    import asyncio  # which who draws at the command line need not wait for

    program, pipe = _installed(executable), asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(program, f"-T{output}", stdin=pipe, stdout=pipe, stderr=pipe)
    except OSError as error:
        raise _not_started(program, error) from None
    try:
        drawn, said = await asyncio.wait_for(process.communicate(dot.encode()), timeout)
    except TimeoutError:
        raise _too_slow(program, timeout) from None
    finally:
        if process.returncode is None:
            process.kill()
    return _drawn(program, process.returncode or 0, drawn, said)


def _installed(executable: Path | None) -> Path:
    if executable is None:
        raise DiagramUnavailable(f"Pictures need Graphviz: {INSTALL}.")
    return executable


def _too_slow(executable: Path, timeout: float) -> DiagramUnavailable:
    return DiagramUnavailable(
        f"The picture was given up because {executable.name} had not drawn it after {timeout:g} seconds."
    )


def _not_started(executable: Path, error: OSError) -> DiagramUnavailable:
    return DiagramUnavailable(f"{executable} could not be started ({error.strerror or error}); for pictures {INSTALL}.")


def _drawn(executable: Path, code: int, drawn: bytes, said: bytes) -> bytes:
    """The picture, when there is one: Graphviz' exit code, standard output and standard error."""
    if code or not drawn:
        lines = said.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"it ended with exit code {code}"
        raise DiagramUnavailable(f"{executable} failed to draw the network ({reason}); for pictures {INSTALL}.")
    return drawn
