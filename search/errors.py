"""What can go wrong with a population; each message is one sentence for the user, with what to do next."""

from __future__ import annotations


class SearchError(Exception):
    """The work cannot be done as it was asked for."""


class ConfigurationError(SearchError):
    """A configuration that says something impossible."""


class SamplingError(SearchError):
    """The networks that were asked for cannot be drawn."""
