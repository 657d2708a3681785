"""The worker before its turn. It is small: nothing but the standard library is imported until then."""

from __future__ import annotations

import json
from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.driving.turn import Turn
from cnngen.runtime.worker.channel import Events, StopWish

#: Seconds after which a worker looks again whether it is its turn.
AGAIN = 0.5


def wait_for_turn(run_dir: Path, events: Events, stop: StopWish) -> Turn:
    """Wait until nobody else trains on this machine and all who asked before have; tells for whom it waits.

    Raises Cancelled, and OSError or ValueError where the request cannot be read.
    """
    request = json.loads((run_dir / record.REQUEST).read_text(encoding="utf-8"))
    turn = Turn()
    turn.ask(request["name"], request.get("asked_ns"))
    told = None
    try:
        stop.check()
        while not turn.take():
            if (ahead := turn.ahead()) != told:
                events.send("waiting", ahead=ahead[0], before=ahead[1])
                told = ahead
            stop.pause(AGAIN)
    except BaseException:
        turn.end()
        raise
    return turn
