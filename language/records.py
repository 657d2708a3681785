"""Immutable data that is made by the thousand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(eq_default=False, frozen_default=True)
def record(cls: type[_Class]) -> type[_Class]:
    """Make a dataclass with slots that is compared by identity, and frozen to the type checker.

    At run time nothing guards it: a dataclass that is frozen there takes three times as long to make, and the
    syntax tree is most of what the parser makes.
    """
    return dataclass(slots=True, eq=False)(cls)
