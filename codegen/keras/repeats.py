"""What repeats in a network, made functions of: found in its structure, not in its text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from cnngen.codegen.keras.parts import (
    Call,
    Function,
    Key,
    Layer,
    Merge,
    Parameter,
    Part,
    Row,
    default_of,
    holders,
    key,
    lines,
    lists,
    values_of,
)
from cnngen.codegen.keras.wording import description, name_of

#: With more parameters a function says less than the layers that it stands for.
MOST_PARAMETERS = 4
#: The lines that a function needs around its body: signature, docstring, return and the space before it. A block
#: with a fork is better read under its name, so it may cost a few lines.
OVERHEAD, OVERHEAD_OF_BLOCK = 4, 2
#: The most parts of a stretch of layers that is looked for.
LONGEST_STRETCH = 12

#: What tells how large a layer is; a function is the same function whatever these are.
_SIZES = frozenset({"filters", "units", "rate"})

_POOLINGS = frozenset({"avg_pooling", "max_pooling"})

#: Where a part stands: in this list, at this place.
_Place = tuple[list[Part], int]


def extract(main: list[Part]) -> list[Function]:
    """Replace what repeats in `main` by calls, and return the functions as they are first used, inner ones first.

    The largest come first: what is inside of one is then there once, and is looked at again with what is elsewhere.
    """
    for within in list(lists(main)):
        _gather_stretches(within)
    texts = [main]
    tried: set[Key] = set()
    while True:
        places = _repeated(texts, tried)
        if not places:
            break
        tried.add(key(_at(places[0])))
        for same in _alike(places):
            function = _function(same)
            if function is not None:
                texts.append(function.body)
    _ungroup(texts)
    functions = list(_used(main, set()))
    _name(functions)
    return functions


def _used(parts: list[Part], seen: set[Function]) -> Iterator[Function]:
    """The functions that parts call, and those that these call, each before those that call it."""
    for part in parts:
        for holder in holders(part):
            if isinstance(holder, Call) and holder.function not in seen:
                seen.add(holder.function)
                yield from _used(holder.function.body, seen)
                yield holder.function


def _repeated(texts: list[list[Part]], tried: set[Key]) -> list[_Place]:
    """The places of the largest part that stands at several and was not tried yet."""
    found: dict[Key, list[_Place]] = defaultdict(list)
    for text in texts:
        for within in lists(text):
            for index, part in enumerate(within):
                if isinstance(part, Row | Merge):
                    found[key(part)].append((within, index))
    repeated = [places for one, places in found.items() if one not in tried and _worth(places)]
    return max(repeated, key=lambda places: lines(_at(places[0])), default=[])


def _at(place: _Place) -> Part:
    within, index = place
    return within[index]


def _worth(places: list[_Place]) -> bool:
    part = _at(places[0])
    return _saves(len(places), lines(part), OVERHEAD_OF_BLOCK if isinstance(part, Merge) else OVERHEAD)


def _saves(times: int, body: int, overhead: int = OVERHEAD) -> bool:
    """Whether a function for what stands there so many times, in so many lines, makes the file shorter."""
    return times * body > body + overhead + times


def _alike(places: list[_Place]) -> Iterator[list[_Place]]:
    """The places in groups that one function can serve."""
    if len(_parameters(places)) <= MOST_PARAMETERS:
        yield places
        return
    groups: dict[tuple[Any, ...], list[_Place]] = defaultdict(list)
    for place in places:
        fixed = [
            (type(value), value)
            for holder in holders(_at(place))
            for name, value in values_of(holder).items()
            if name not in _SIZES
        ]
        groups[tuple(fixed)].append(place)
    for group in groups.values():
        if _worth(group) and len(_parameters(group)) <= MOST_PARAMETERS:
            yield group


def _parameters(places: list[_Place]) -> dict[tuple[Any, ...], list[tuple[int, str]]]:
    """What differs: by hyper-parameter and its values at all places, the slots (holder, name) that have them.

    So does what is a parameter of the function around all places: inside of another one nobody knows it.
    """
    instances = [list(holders(_at(place))) for place in places]
    found: dict[tuple[Any, ...], list[tuple[int, str]]] = defaultdict(list)
    for number, holder in enumerate(instances[0]):
        for name in values_of(holder):
            values = [values_of(instance[number]).get(name) for instance in instances]
            typed = tuple((type(value), value) for value in values)
            if len(set(typed)) > 1 or isinstance(values[0], Parameter):
                found[name.rstrip("_0123456789"), typed].append((number, name))
    return found


def _function(places: list[_Place]) -> Function | None:
    """A function for these places, which become calls of it."""
    slots = _parameters(places)
    part = _at(places[0])
    if isinstance(part, Merge):
        part.shrinks = all(_shrinks(_at(place)) for place in places)
    function = Function(name_of(part), description(part), [], [part])
    template = list(holders(part))
    names = [base for base, _ in slots]
    parameters = []
    for index, ((base, typed), where) in enumerate(slots.items()):
        name = base if names.count(base) == 1 else f"{base}_{names[: index + 1].count(base)}"
        values = tuple(value for _, value in typed)
        (default,) = {_hashable(default_of(template[number], slot)) for number, slot in where[:1]}
        parameters.append(Parameter(name, values, default if default in values else ...))
    for number, place in enumerate(places):
        within, index = place
        within[index] = Call(function, {parameter.name: parameter.values[number] for parameter in parameters})
    for parameter, where in zip(parameters, slots.values(), strict=True):
        for holder, name in where:
            values_of(template[holder])[name] = parameter
    parameters.sort(key=lambda parameter: parameter.default is not ...)
    function.parameters = parameters
    return function


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _shrinks(part: Part) -> bool:
    """Whether the image behind a layer or a merge is smaller than the one before it."""
    if isinstance(part, Merge):
        return part.shrinks
    return isinstance(part, Layer) and len(part.before) == len(part.shape) == 3 and part.shape[0] < part.before[0]


def _gather_stretches(parts: list[Part]) -> None:
    """Put stretches of parts that repeat in a row, one behind the other, into rows."""
    keys = [key(part) for part in parts]
    gathered: list[Part] = []
    index = 0
    while index < len(parts):
        best = (0, 0)
        for length in range(2, min(LONGEST_STRETCH, (len(parts) - index) // 2) + 1):
            times = _times(keys, index, length)
            stretch = parts[index : index + length]
            if times > 1 and _saves(times, sum(map(lines, stretch))):
                if not _well_cut(stretch) and any(
                    _times(keys, index + shift, length) >= times
                    and _well_cut(parts[index + shift : index + shift + length])
                    for shift in range(1, length)
                ):
                    continue
                if times * length > best[0] * best[1]:
                    best = (times, length)
        times, length = best
        if times:
            gathered += [Row(parts[at : at + length]) for at in range(index, index + times * length, length)]
            index += times * length
        else:
            gathered.append(parts[index])
            index += 1
    parts[:] = gathered


def _times(keys: list[Key], start: int, length: int) -> int:
    stretch = keys[start : start + length]
    if len(stretch) < length or len(set(stretch)) == 1:
        return 0
    times = 1
    while keys[start + times * length : start + (times + 1) * length] == stretch:
        times += 1
    return times


def _well_cut(stretch: list[Part]) -> bool:
    """Whether people would begin and end a stage of a network here: where the image becomes smaller."""
    last = stretch[-1]
    return (isinstance(last, Layer) and last.kind in _POOLINGS) or _shrinks(stretch[0])


def _name(functions: list[Function]) -> None:
    """Number functions that would have the same name, in the order in which the file has them."""
    seen: Counter[str] = Counter()
    for function in functions:
        seen[function.name] += 1
        if seen[function.name] > 1:
            function.name = f"{function.name}_{seen[function.name]}"


def _ungroup(texts: list[list[Part]]) -> None:
    """Put what is left of rows back among their neighbours."""
    for text in texts:
        for within in list(lists(text)):
            flat: list[Part] = []
            for part in within:
                flat.extend(part.parts if isinstance(part, Row) else [part])
            within[:] = flat
