"""Python literals and calls, laid out as `ruff format` (and Black) would leave them."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: The line length of the generated code.
WIDTH = 100


def literal(value: object) -> str:
    """`value` as Python source.

    This is the only way by which anything that was read from a program reaches generated code, so it takes
    nothing but plain values: text, numbers, truth values, None, and tuples of these.

    Raises:
        TypeError: the value has no literal, such as an object, infinity or NaN.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        inner = ", ".join(literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if value is None or type(value) in (bool, int):
        return repr(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value).replace("e+", "e")
    raise TypeError(f"{value!r} cannot be written as a Python literal")


def _text(value: str) -> str:
    """A string literal in double quotes, unless single quotes need fewer escapes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_character(character, quote) for character in value) + quote


def _character(character: str, quote: str) -> str:
    if character in "'\"":
        return f"\\{character}" if character == quote else character
    return repr(character)[1:-1]  # escapes all that is not printable: line ends, controls, lone surrogates


def call(prefix: str, arguments: Sequence[str], suffix: str = "", *, indent: str = "    ") -> str:
    """`prefix(arguments)suffix` at `indent`: on one line, on three, or with one argument per line."""
    line = f"{indent}{prefix}({', '.join(arguments)}){suffix}"
    if len(line) <= WIDTH or not arguments:
        return line
    inner = f"{indent}    {', '.join(arguments)}"
    # Where all but a short suffix fits in a line, a formatter would break inside of the suffix, which reads badly.
    # It leaves arguments alone that stand one per line with a comma behind the last.
    breaks_suffix = suffix and len(line) - len(suffix[1:]) <= WIDTH
    if breaks_suffix or (len(inner) > WIDTH and len(arguments) > 1):
        inner = "\n".join(f"{indent}    {argument}," for argument in arguments)
    return f"{indent}{prefix}(\n{inner}\n{indent}){suffix}"
