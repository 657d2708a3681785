"""The kinds of values that hyper-parameters take, and how a written value becomes one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, TypeAlias

from cnngen.language.syntax.tree import Scalar, Tuple, Value


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a written value does not fit, and what may be meant. `out_of_range`: right type, wrong size."""

    message: str
    suggestion: str | None = None
    out_of_range: bool = False


#: Reads a written value: gives the value that Keras gets, or a problem.
Reader: TypeAlias = Callable[[Value], Any]


@dataclass(frozen=True, slots=True)
class Type:
    """A kind of value: how to call it, and how to read it. `choices` are the names it takes, if it takes names.

    `several`: it takes several values in parentheses.
    """

    expected: str
    read: Reader
    choices: tuple[str, ...] = ()
    several: bool = False


def _number(value: Value) -> float | None:
    """The number that is written, or None. A number too large to be one is not a number either."""
    if isinstance(value, Scalar):
        try:
            number = float(value.text)
        except ValueError:
            return None
        if math.isfinite(number) and value.text[0] in "+-.0123456789" and "_" not in value.text:
            return number
    return None


def shown(value: Value) -> str:
    """A written value for a message, at most 30 characters."""
    text = value.text if isinstance(value, Scalar) else f"({', '.join(item.text for item in value.items)})"
    return text if len(text) <= 30 else text[:29] + "…"


def integer(low: int, high: int) -> Type:
    """A whole number from `low` to `high`."""
    expected = f"a whole number from {low} to {high:,}"

    def read(value: Value) -> int | Problem:
        number = _number(value)
        if number is None or number != int(number) or not isinstance(value, Scalar):
            return Problem(f"takes {expected}, not {shown(value)}")
        if not value.text.lstrip("+-").isdigit():
            whole = str(int(number)) if low <= number <= high else None
            return Problem(f"takes {expected}, not {shown(value)}", whole)
        if not low <= number <= high:
            return Problem(f"must be {expected}, not {shown(value)}", str(low if number < low else high), True)
        return int(number)

    return Type(expected, read)


def pair(low: int, high: int) -> Type:
    """A whole number for both directions, or (height, width). Read as a pair."""
    single = integer(low, high)
    expected = f"a whole number from {low} to {high:,}, or two for (height, width)"

    def read(value: Value) -> tuple[int, int] | Problem:
        written = value.items if isinstance(value, Tuple) else (value, value)
        if len(written) != 2:
            return Problem(f"takes {expected}, not {shown(value)}")
        numbers = [single.read(item) for item in written]
        for number in numbers:
            if isinstance(number, Problem):
                return Problem(
                    f"{number.message}",
                    None if isinstance(value, Tuple) else number.suggestion,
                    number.out_of_range,
                )
        return numbers[0], numbers[1]

    return Type(expected, read, several=True)


def shape(high: int) -> Type:
    """An image's (height, width, channels)."""
    single = integer(1, high)
    expected = f"(height, width, channels), each from 1 to {high:,}"

    def read(value: Value) -> tuple[int, ...] | Problem:
        if not isinstance(value, Tuple) or len(value.items) != 3:
            return Problem(f"takes {expected}, not {shown(value)}")
        numbers = [single.read(item) for item in value.items]
        for number in numbers:
            if isinstance(number, Problem):
                return Problem(f"takes {expected}, not {shown(value)}", out_of_range=number.out_of_range)
        return tuple(numbers)

    return Type(expected, read, several=True)


def real(low: float, high: float, *, low_open: bool = False, high_open: bool = False) -> Type:
    """A number between two bounds; an open bound is not among them."""
    if low_open:
        expected = f"a number above {low:g}{' and below' if high_open else ', up to'} {high:g}"
    else:
        expected = f"a number from {low:g} to {'below ' if high_open else ''}{high:g}"

    def read(value: Value) -> float | Problem:
        number = _number(value)
        if number is None:
            return Problem(f"takes {expected}, not {shown(value)}")
        below = number <= low if low_open else number < low
        above = number >= high if high_open else number > high
        if below or above:
            # Whoever writes 20 for a share means 20 per cent.
            share = f"{number / 100:g}" if high == 1 < number < 100 and number == int(number) else None
            return Problem(f"must be {expected}, not {shown(value)}", share, True)
        return number

    return Type(expected, read)


def choice(*names: str) -> Type:
    """One of several names."""
    some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    expected = f"one of {some}"

    def read(value: Value) -> str | Problem:
        if isinstance(value, Scalar):
            name = value.text.strip("\"'")
            if name in names:
                return name
            close = get_close_matches(name.lower(), names, 1)
            if name.lower() == "none" and "linear" in names:  # Keras' way to say so
                close = ["linear"]
            if close:
                return Problem(f"has no choice {shown(value)}: did you mean {close[0]}?", close[0])
        return Problem(f"takes {expected}, not {shown(value)}")

    return Type(expected, read, names)


#: Ways to say true and false elsewhere.
_MEANT = dict.fromkeys(("true", "yes", "on", "1"), "true") | dict.fromkeys(("false", "no", "off", "0", "none"), "false")


def boolean() -> Type:
    """`true` or `false`; Python's capitals are understood too."""

    def read(value: Value) -> bool | Problem:
        if isinstance(value, Scalar) and value.text in ("true", "True", "false", "False"):
            return value.text in ("true", "True")
        return Problem(f"takes true or false, not {shown(value)}", _MEANT.get(shown(value).lower()))

    return Type("true or false", read, ("true", "false"))


def dataset(names: tuple[str, ...]) -> Type:
    """The name of a known data set, or a quoted path."""
    known = choice(*names)
    expected = f"{known.expected}, or a quoted path to an .npz file or a folder of images"

    def read(value: Value) -> str | Problem:
        if isinstance(value, Scalar) and value.text[:1] in "\"'":
            quote, path = value.text[0], value.text[1:]
            if not path.endswith(quote):
                return Problem(f"has an open quote: write {value.text}{quote}", value.text + quote)
            if not path[:-1].strip():
                return Problem("takes a path between the quotes, there is none")
            return path[:-1]
        name: str | Problem = known.read(value)
        return name

    return Type(expected, read, names)


def switch(third: str) -> Type:
    """`true` or `false`, or a third way by its name."""
    both = boolean()
    expected = f"true, false or {third}"

    def read(value: Value) -> bool | str | Problem:
        if isinstance(value, Scalar) and value.text.strip("\"'") == third:
            return third
        found: bool | Problem = both.read(value)
        if isinstance(found, Problem):
            return Problem(f"takes {expected}, not {shown(value)}", found.suggestion)
        return found

    return Type(expected, read, (*both.choices, third))


def rising(low: float, high: float) -> Type:
    """Numbers above `low` in parentheses, each larger than the one before; a single one may stand alone."""
    single = real(low, high, low_open=True)
    expected = f"numbers above {low:g} that rise, such as (15, 25)"

    def read(value: Value) -> tuple[float, ...] | Problem:
        items = value.items if isinstance(value, Tuple) else (value,)
        numbers = [single.read(item) for item in items]
        for number in numbers:
            if isinstance(number, Problem):
                return Problem(f"takes {expected}, not {shown(value)}", out_of_range=number.out_of_range)
        if any(one >= two for one, two in pairwise(numbers)):
            ordered = ", ".join(f"{number:g}" for number in sorted(set(numbers)))
            return Problem(f"takes {expected}, not {shown(value)}", f"({ordered})")
        if not numbers:
            return Problem(f"takes {expected}, not {shown(value)}")
        return tuple(int(number) if number == int(number) else number for number in numbers)

    return Type(expected, read, several=True)
