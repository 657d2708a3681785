"""The arguments of a word: checked against the catalogue, and turned into values."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Related, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Argument, Layer, Scalar, Stray, Value
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.synonyms import HYPERPARAMETER_SYNONYMS
from cnngen.language.words.types import Problem, Reader, Type, shown

#: Of a word that has more hyper-parameters, so many are named in a message.
_MOST_LISTED = 12


class Written(NamedTuple):
    """An explicit value and where it stands."""

    value: Any
    span: Span


def read_arguments(layer: Layer, word: Word, diagnostics: list[Diagnostic]) -> dict[str, Written]:
    """The sound arguments of a layer by name; what is wrong with the others goes to `diagnostics`."""
    written: dict[str, Written] = {}
    if (stranger := _of_another_word(layer, word)) is not None:
        diagnostics.append(stranger)
        return written
    places: dict[str, Span] = {}
    taken = {argument.name.text for argument in layer.arguments if argument.name}
    for argument in layer.arguments:
        if argument.name is None:
            diagnostics.append(_unnamed(argument, word, taken))
            continue
        name = argument.name.text
        if not name:  # the repair has put it in before a lone '='
            diagnostics.append(_unnamed(argument, word, taken))
            continue
        parameter = word.hyperparameter(name)
        if parameter is None:
            diagnostics.append(_unknown(argument, argument.name, word, layer))
            continue
        if name in places:
            diagnostics.append(
                Diagnostic(
                    Code.REPEATED_ARGUMENT,
                    Severity.ERROR,
                    f"'{name}' is written twice in one {word.name}: remove one of them.",
                    argument.span,
                    (Related(places[name], "first given here"),),
                    (Fix("Remove this one", (removal(layer, argument),)),),
                )
            )
            continue
        places[name] = argument.span
        if argument.value is None:
            message = f"'{name}' has no value: write {name}=… or remove it."
            fix = Fix("Remove it", (removal(layer, argument),))
            diagnostics.append(Diagnostic(Code.ARGUMENT_SYNTAX, Severity.ERROR, message, argument.span, fixes=(fix,)))
            continue
        value = _read(parameter.type, argument.value)
        if isinstance(value, Problem):
            fixes: tuple[Fix, ...] = ()
            if value.suggestion is not None:
                fixes = (Fix(f"Write {value.suggestion}", (Edit(argument.value.span, value.suggestion),)),)
            code = Code.ARGUMENT_RANGE if value.out_of_range else Code.ARGUMENT_TYPE
            message = f"'{name}' {value.message}"
            diagnostics.append(
                Diagnostic(
                    code, Severity.ERROR, message if message[-1] in ".?" else message + ".", argument.value.span,
                    fixes=fixes,
                )
            )  # fmt: skip
        else:
            written[name] = Written(value, argument.span)
    return written


def read_stray_arguments(stray: Stray, diagnostics: list[Diagnostic]) -> None:
    """Check arguments that stand behind no word as those of the word that they speak of."""
    if word := likely_word(stray.arguments):
        start = Span(stray.span.start, stray.span.start)
        read_arguments(Layer(Scalar("", start), stray.arguments, stray.span), word, diagnostics)


def likely_word(arguments: Sequence[Argument]) -> Word | None:
    """The layer that has most of these arguments; None where no layer has any."""
    names = [argument.name.text for argument in arguments if argument.name]
    layers = [word for word in WORDS.values() if word.category not in ("training", "defaults")]
    best = max(layers, key=lambda word: sum(word.hyperparameter(name) is not None for name in names))
    return best if any(best.hyperparameter(name) for name in names) else None


def _of_another_word(layer: Layer, word: Word) -> Diagnostic | None:
    """Arguments of which several are another word's: that word is missing between them and this one."""
    names = [argument.name.text for argument in layer.arguments if argument.name]
    unknown = [name for name in names if word.hyperparameter(name) is None]
    if len(unknown) < 2:
        return None
    for other in WORDS.values():
        if other.category not in ("training", "defaults") and all(other.hyperparameter(name) for name in names):
            break
    else:
        return None
    listed = ", ".join(unknown[:-1]) + f" and {unknown[-1]}"
    message = (
        f"{word.name} has no {listed}: the layer of these arguments, such as {other.name}, is missing before them."
    )
    at = layer.word.span.end
    fix = Fix(f"Insert {other.name}", (Edit(Span(at, at), f" {other.name}"),))
    return Diagnostic(Code.UNKNOWN_ARGUMENT, Severity.ERROR, message, Span(at, layer.span.end), fixes=(fix,))


def _read(kind: Type, value: Value) -> Any:
    """The value or problem that a kind makes of what is written. Most of what is written, others wrote before."""
    if isinstance(value, Scalar) and len(value.text) < 40:
        return _read_scalar(kind.read, value.text)
    return kind.read(value)


@lru_cache(1024)
def _read_scalar(read: Reader, text: str) -> Any:
    return read(Scalar(text, Span(0, 0)))


def _unnamed(argument: Argument, word: Word, taken: set[str]) -> Diagnostic:
    """An argument without a name. The first free hyper-parameter that takes the value is meant, as in Keras."""
    value = argument.value
    text = shown(value) if value else ""
    message = f"'{text}' lacks its name: arguments are written name=value."
    fixes: tuple[Fix, ...] = ()
    if value is not None:
        free = [p for p in word.hyperparameters if p.name not in taken]
        fitting = [p.name for p in free if not isinstance(p.type.read(value), Problem)]
        if fitting:
            name = fitting[0]
            taken.add(name)
            message = f"'{text}' lacks its name: write {name}={text}."
            fixes = (Fix(f"Write {name}={text}", (Edit(Span(argument.span.start, value.span.start), f"{name}="),)),)
        elif isinstance(value, Scalar) and (meant := _begun(value.text, [p.name for p in free])):
            message = f"'{text}' has no value: write {meant}=…"
            message += "." if text == meant else " if that is meant."
    return Diagnostic(Code.ARGUMENT_SYNTAX, Severity.ERROR, message, argument.span, fixes=fixes)


def _begun(text: str, names: list[str]) -> str | None:
    """The name that somebody is writing."""
    lower = text[:40].lower()
    begun = [name for name in names if name.startswith(lower)]
    return next(iter(begun or get_close_matches(lower, names, 1, cutoff=0.6)), None)


def _unknown(argument: Argument, name: Scalar, word: Word, layer: Layer) -> Diagnostic:
    known = [parameter.name for parameter in word.hyperparameters]
    lower = name.text[:40].lower()
    close = [meant for meant in HYPERPARAMETER_SYNONYMS.get(lower, ()) if meant in known]
    close = close or get_close_matches(lower, known, 1, cutoff=0.6)
    message = f"{word.name} has no hyper-parameter '{name.text[:30]}'"
    fixes: list[Fix] = []
    if close:
        message += f": did you mean {close[0]}?"
        fixes.append(Fix(f"Replace by {close[0]}", (Edit(name.span, close[0]),)))
    elif known:
        few = known if len(known) <= _MOST_LISTED else [*known[:_MOST_LISTED], "…"]
        message += f": it has {', '.join(few)}."
        fixes.append(Fix("Remove it", (removal(layer, argument),)))
    else:
        message += ": it takes none."
        fixes.append(Fix("Remove the arguments", (Edit(Span(layer.word.span.end, layer.span.end), ""),)))
    return Diagnostic(Code.UNKNOWN_ARGUMENT, Severity.ERROR, message, name.span, fixes=tuple(fixes))


def removal(layer: Layer, argument: Argument) -> Edit:
    """Takes an argument out, with the comma that parts it from its neighbour, so that sound text is left."""
    places = [other.span for other in layer.arguments]
    index = layer.arguments.index(argument)
    if index:
        return Edit(Span(places[index - 1].end, argument.span.end), "")
    return Edit(Span(argument.span.start, places[1].start if len(places) > 1 else argument.span.end), "")
