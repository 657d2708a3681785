"""Immutable data that is made by the thousand.

These are dataclasses with slots, frozen to the type checker. At run time nothing guards them: a dataclass that is
frozen there takes three times as long to make, and they are most of what an analysis makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(eq_default=False, frozen_default=True)
def record(cls: type[_Class]) -> type[_Class]:
    """A record that is equal to itself only, so that it can be a key whatever it holds."""
    return dataclass(slots=True, eq=False)(cls)


@dataclass_transform(eq_default=True, frozen_default=True)
def value(cls: type[_Class]) -> type[_Class]:
    """A record that is equal to others with the same content."""
    return dataclass(slots=True)(cls)
