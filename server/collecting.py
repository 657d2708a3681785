"""Python's garbage collector, run when nobody waits.

It takes as long as most answers, and Python would begin in the middle of one. What the server drops is hardly ever a
cycle of references, so there is no hurry.
"""

from __future__ import annotations

import asyncio
import gc

#: Seconds of silence after which nobody waits.
QUIET = 0.5

#: New objects after which Python collects on its own, in a session without a silence.
MOST = 20_000


class Collector:
    """Collects after the last of the messages that come one upon the other."""

    def __init__(self) -> None:
        gc.set_threshold(MOST)
        self._timer: asyncio.TimerHandle | None = None

    def heard(self) -> None:
        """A message has come."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(QUIET, gc.collect)
