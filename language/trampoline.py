"""Recursion without the interpreter's stack, so that networks may nest as deep as their text does."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

_Result = TypeVar("_Result")

#: A computation that yields the computations it needs and is sent their results.
Computation: TypeAlias = Generator["Computation[Any]", Any, _Result]


def run(computation: Computation[_Result]) -> _Result:
    """Run a computation and all that it yields, with a stack on the heap."""
    stack: list[Computation[Any]] = [computation]
    result: Any = None
    while True:
        try:
            stack.append(stack[-1].send(result))
            result = None
        except StopIteration as finished:
            stack.pop()
            result = finished.value
            if not stack:
                return result  # type: ignore[no-any-return]
