"""`python -m cnngen.runtime.worker.power.forkserver`: forks samplers, a Python for each would take a tenth of a second.

A small process that has loaded what a sampler needs, and nothing of TensorFlow. Requests come on standard input, a
socket: a run's folder, the trainer's process number, and the sampler's three standard streams as open files. It ends
when nobody holds the other end.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO


class ForkServer:
    """The server, for the process that begins it and for all that it forks. On Unix only."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # who kills a trainer with all it has started leaves it to the others
            )

    def start(self, run_dir: Path) -> tuple[IO[bytes], IO[bytes]]:
        """Have a sampler forked for this process; gives its input and its output. Raises OSError."""
        (stdin, ours), (answers, stdout) = os.pipe(), os.pipe()
        try:
            request = json.dumps([str(run_dir), os.getpid()]).encode()
            socket.send_fds(self._line, [request], [stdin, stdout, 2])
        except OSError:
            os.close(ours)
            os.close(answers)
            raise
        finally:
            os.close(stdin)
            os.close(stdout)
        return os.fdopen(ours, "wb"), os.fdopen(answers, "rb")

    def close(self) -> None:
        """End the server; samplers that it has forked live on."""
        self._line.close()
        self.process.wait()


def main() -> None:
    """Fork until the line is closed."""
    from cnngen.runtime.worker.power import sampler

    line = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a sampler ended
    while True:
        request, streams, _, _ = socket.recv_fds(line, 1 << 16, 3)
        if not request:
            return
        if os.fork():
            for stream in streams:
                os.close(stream)
            continue
        code = 1
        try:
            os.setsid()
            line.close()
            for target, source in enumerate(streams):
                os.dup2(source, target)
                os.close(source)
            run_dir, pid = json.loads(request)
            sampler.main(Path(run_dir), pid)
            code = 0
        finally:
            os._exit(code)


if __name__ == "__main__":
    main()
