"""The line to a Ray cluster, and what can go wrong with it, each in one sentence."""

from __future__ import annotations

import logging
import os
import socket
from typing import Any

from cnngen.search.errors import SearchError

#: Seconds that a cluster may take to answer at all. Ray itself would wait for minutes.
PATIENCE = 5.0

_START = "start one with: ray start --head, then ray start --address=HOST:6379 on each further machine"


def connect(address: str) -> Any:
    """Ray's module, connected to the cluster at an address; empty: the one that this machine is part of.

    Raises SearchError.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ModuleNotFoundError as error:
        raise SearchError('The engine ray needs Ray; install it with: pip install "cnngen[cluster]".') from error
    wanted = address or os.environ.get("RAY_ADDRESS") or "auto"
    if wanted != "auto":
        _knock(wanted)
    try:
        ray.init(address=wanted, namespace="cnngen", log_to_driver=False, logging_level=logging.ERROR)
    except ConnectionError as error:
        where = f"at {wanted}" if wanted != "auto" else "that this machine is part of"
        raise SearchError(f"There is no Ray cluster {where}; {_START}, or name one with --address.") from error
    except (RuntimeError, ValueError, AssertionError) as error:  # such as another version of Ray or Python there
        said = " ".join(str(error).split()).rstrip(".")
        raise SearchError(f"The Ray cluster at {wanted} cannot be joined: {said}.") from error
    return ray


def _knock(address: str) -> None:
    """See that somebody is there. Raises SearchError."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not (host and colon and port.isdigit() and int(port) < 1 << 16):
        raise SearchError(f"--address takes HOST:PORT, such as 10.0.0.7:6379, not {address}.")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except OSError as error:
        raise SearchError(f"There is no Ray cluster at {address} ({error.strerror or error}); {_START}.") from error
