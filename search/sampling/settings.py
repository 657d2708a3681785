"""The kinds of values in a sampler's configuration: how each is read from TOML, checked, and written again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from cnngen.language import Span
from cnngen.language.syntax.tree import Scalar
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.types import Problem
from cnngen.search.errors import ConfigurationError
from cnngen.search.sampling.chance import Choice

T = TypeVar("T")

#: So many whole numbers may stand between a `min` and a `max`.
MOST_VALUES = 10_000


@dataclass(frozen=True)
class Kind(Generic[T]):
    """How a value is read: `read` raises ValueError with what it takes instead. `expected` completes "must be"."""

    expected: str
    read: Callable[[Any], T]


@dataclass(frozen=True)
class Setting:
    """What annotates a key of the configuration: its kind of value, and what it means."""

    kind: Kind[Any]
    doc: str


def probability() -> Kind[float]:
    """A number from 0 to 1."""

    def read(value: Any) -> float:
        if not _is_number(value) or not 0 <= value <= 1:
            raise ValueError
        return float(value)

    return Kind("a probability from 0 to 1", read)


def whole(low: int, high: int) -> Kind[int]:
    """A whole number."""

    def read(value: Any) -> int:
        if not _is_whole(value) or not low <= value <= high:
            raise ValueError
        return int(value)

    return Kind(f"a whole number from {low:,} to {high:,}", read)


def number(low: float, high: float) -> Kind[float]:
    """A number."""

    def read(value: Any) -> float:
        if not _is_number(value) or not low <= value <= high:
            raise ValueError
        return float(value)

    return Kind(f"a number from {low:g} to {high:g}", read)


def boolean() -> Kind[bool]:
    """True or false."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError
        return value

    return Kind("true or false", read)


def text() -> Kind[str]:
    """Any text."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError
        return value

    return Kind("a text in quotes", read)


def tables() -> Kind[dict[str, Any]]:
    """Tables of keys, which somebody else reads."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError
        return value

    return Kind("tables of keys", read)


def wholes_listed(low: int, high: int) -> Kind[list[int]]:
    """Different whole numbers, one or more."""
    one = whole(low, high)

    def read(value: Any) -> list[int]:
        if not isinstance(value, list) or not value or len(set(value)) < len(value):
            raise ValueError
        return [one.read(item) for item in value]

    return Kind(f"a list of different whole numbers from {low:,} to {high:,}", read)


def word(*names: str) -> Kind[str]:
    """One of some words."""

    def read(value: Any) -> str:
        if value not in names:
            raise ValueError
        return str(value)

    return Kind(f"one of {', '.join(names)}", read)


def some(*names: str) -> Kind[tuple[str, ...]]:
    """Some words, in the order of `names`."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(item in names for item in value):
            raise ValueError
        return tuple(name for name in names if name in value)

    return Kind(f"a list of some of {', '.join(names)}", read)


def shape() -> Kind[tuple[int, int, int]]:
    """An image's height, width and channels."""
    side = whole(1, 4096)

    def read(value: Any) -> tuple[int, int, int]:
        if not isinstance(value, list) or len(value) != 3:
            raise ValueError
        height, width, channels = (side.read(extent) for extent in value)
        return height, width, channels

    return Kind("[height, width, channels], each a whole number from 1 to 4,096", read)


def between(low: float = 0) -> Kind[tuple[float, float]]:
    """[smallest, largest], where the largest may be inf."""

    def read(value: Any) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
            raise ValueError
        if not low <= value[0] <= value[1]:
            raise ValueError
        return value[0], value[1]

    return Kind("[smallest, largest], where inf means no limit", read)


def numbers(low: float, high: float) -> Kind[Choice[float]]:
    """A choice among numbers."""

    def read(value: Any) -> float:
        if not _is_number(value) or not low <= value <= high:
            raise ValueError
        return float(value)

    return _choice(f"numbers from {low:g} to {high:g}", read, float)


def wholes(low: int, high: int) -> Kind[Choice[int]]:
    """A choice among whole numbers."""
    return _choice(f"whole numbers from {low:,} to {high:,}", whole(low, high).read, int)


def words(*names: str) -> Kind[Choice[str]]:
    """A choice among words."""
    return _choice(f"words of {', '.join(names)}", word(*names).read, str)


def values_of(word: str, name: str) -> Kind[Choice[Any]]:
    """A choice among what a hyper-parameter of the language takes, of which the catalogue is the judge."""
    parameter = WORDS[word].hyperparameter(name)
    assert parameter is not None
    rule = parameter.type

    def read(value: Any) -> Any:
        text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        found = rule.read(Scalar(text, Span(0, 0)))
        if isinstance(found, Problem) or isinstance(value, list | dict):
            raise ValueError
        return found[0] if isinstance(found, tuple) else found

    def convert(key: str) -> Any:
        return key

    return _choice(f"values that {word} takes for {name} ({rule.expected})", read, convert)


def _choice(what: str, read: Callable[[Any], T], convert: Callable[[str], Any]) -> Kind[Choice[T]]:
    """A choice. A weight may be that of each number of a range, such as "7-12"."""
    expected = f"{what}: one, a list of them, a table with their weights, or a table with min and max"

    def read_choice(value: Any) -> Choice[T]:
        if isinstance(value, list):
            if not value:
                raise ValueError
            return Choice(tuple(read(item) for item in value))
        if not isinstance(value, dict):
            return Choice((read(value),))
        if set(value) == {"min", "max"}:
            low, high = value["min"], value["max"]
            if not _is_whole(low) or not _is_whole(high) or not low <= high < low + MOST_VALUES:
                raise ValueError
            return Choice(tuple(read(number) for number in range(low, high + 1)))
        weights = tuple(value.values())
        if not all(_is_number(weight) and 0 <= weight < float("inf") for weight in weights) or not sum(weights) > 0:
            raise ValueError
        pairs = [(item, float(weight)) for key, weight in value.items() for item in keys(str(key))]
        return Choice(tuple(item for item, _ in pairs), tuple(weight for _, weight in pairs))

    def keys(key: str) -> list[T]:
        low, _, high = key.partition("-")
        if not low.isdigit() or not high.isdigit():
            return [read(convert(key))]
        if not int(low) <= int(high) < int(low) + MOST_VALUES:
            raise ValueError
        return [read(number) for number in range(int(low), int(high) + 1)]

    return Kind(expected, read_choice)


def check_names(given: dict[str, Any], known: list[str], section: str, source: str) -> None:
    """Raise ConfigurationError for a key that there is not; `section` stands before it, with its dot."""
    for key in given:
        if key not in known:
            raise ConfigurationError(f"{source}: {unknown(f'{section}{key}', key, known, 'keys')}")


def unknown(shown: str, name: str, known: list[str], what: str) -> str:
    """What to say of a name that there is not."""
    close = get_close_matches(name, known, 1)
    advice = f"did you mean {close[0]}?" if close else f"the {what} are {', '.join(known)}."
    return f"there is no {shown}; {advice}"


def as_toml(value: Any) -> str:
    """A value as the configuration writes it."""
    if isinstance(value, Choice):
        if value.weights is None:
            items = value.values
            if len(items) > 4 and all(map(_is_whole, items)) and items == tuple(range(items[0], items[-1] + 1)):
                return f"{{ min = {items[0]}, max = {items[-1]} }}"
            return f"[{', '.join(as_toml(item) for item in value.values)}]"
        return "{ " + ", ".join(_weighted(value)) + " }"
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(key)} = {as_toml(item)}" for key, item in value.items()) + " }" if value else "{}"
        )
    if isinstance(value, tuple | list):
        return f"[{', '.join(as_toml(item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # TOML's strings are JSON's
    return _number(value)


def _weighted(choice: Choice[Any]) -> Iterator[str]:
    """Keys and weights; neighbours among whole numbers that weigh the same are one key."""
    assert choice.weights
    runs: list[tuple[Any, Any, float]] = []
    for item, weight in zip(choice.values, choice.weights, strict=True):
        if runs and _is_whole(item) and runs[-1][1:] == (item - 1, weight):
            runs[-1] = runs[-1][0], item, weight
        else:
            runs.append((item, item, weight))
    for first, last, weight in runs:
        key = _key(first) if first == last else f'"{first}-{last}"'
        yield f"{key} = {_number(weight)}"


def _key(value: Any) -> str:
    text = as_toml(value).strip('"')
    return text if text.replace("_", "").isalnum() else f'"{text}"'


def _number(value: float) -> str:
    return str(int(value)) if value == value // 1 and abs(value) < 1e15 else repr(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
