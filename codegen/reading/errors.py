"""What may be said of a model that is no program."""

from __future__ import annotations


class NotInTheLanguage(ValueError):
    """A model has what no program can say; the message is one sentence that names the layer."""
