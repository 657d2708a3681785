"""The log: standard error, which editors show as the server's output, or a file."""

from __future__ import annotations

import logging
from pathlib import Path

LEVELS = ("error", "warning", "info", "debug")

#: Bytes after which a log file begins anew; one older file is kept.
LARGEST = 5_000_000


def log_to(file: Path | None, level: str) -> None:
    """Send the log to a file, or to standard error. Raises OSError when the file cannot be written."""
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        from logging.handlers import RotatingFileHandler  # it loads sockets and pickle, which few need

        file = file.expanduser()
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=LARGEST, backupCount=1, encoding="utf-8")
    form = "%(levelname)s %(name)s: %(message)s"
    handler.setFormatter(logging.Formatter(form if file is None else f"%(asctime)s {form}"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    if level != "debug":
        # pygls logs every message it sends at INFO, with the whole text of it.
        logging.getLogger("pygls").setLevel(max(root.level, logging.WARNING))
