"""How a run ends before its end."""

from __future__ import annotations


class RunError(Exception):
    """The run cannot go on; the message is one sentence for people that says what to do about it."""


class Cancelled(Exception):
    """Somebody asked the run to stop; what was done is kept."""


def brief(error: BaseException, limit: int = 300) -> str:
    """The first line of an error's message, for a sentence; its class where it says nothing."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0].rstrip(".") if lines else type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"
