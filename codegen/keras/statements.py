"""Steps as Python statements: how each layer and each call is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnngen.codegen.keras.layers import KERAS_LAYERS, SEPARATE_ACTIVATION, arguments, source
from cnngen.codegen.keras.literals import call, literal
from cnngen.codegen.keras.parts import Call, Layer, Parameter
from cnngen.codegen.keras.steps import Step
from cnngen.codegen.keras.variables import Variables


def written(
    steps: Sequence[Step], *, start: str, numbered: bool, comments: bool = True, returns: bool = False
) -> tuple[list[str], str]:
    """The steps as lines, and the variable that the last of them leaves its output in.

    `start` is the variable that step START is in. With `numbered` a layer gets its name from `name`, else its own;
    with `returns` the last step is returned.
    """
    variables = Variables(steps, start)
    found: list[str] = []
    for step in steps:
        sources = [variables.holder[stream] for stream in step.inputs]
        saved, target = variables.assign(step)
        comment = [f"    # {step.comment}"] if step.comment and comments else []
        if (saved or comment) and found and found[-1]:
            found.append("")
        found += comment
        if saved:
            found.append(f"    {saved} = {sources[0]}")
        if returns and step is steps[-1] and step.times == 1:
            found += _statement(step.part, sources, target, numbered, returned=True)
            return found, target
        found += _step(step, sources, target, numbered)
        if len(step.inputs) > 1:
            found.append("")
    result = variables.holder[steps[-1].id] if steps else start
    return [*found, f"    return {result}"] if returns else found, result


def _step(step: Step, sources: list[str], target: str, numbered: bool) -> Iterator[str]:
    parts, times = (step.part, *step.behind), step.times
    if times > 1 and target != sources[0]:  # the first one reads another variable
        for part in parts:
            yield from _statement(part, sources, target, numbered, "    ")
            sources = [target]
        times -= 1
    indent = "    "
    if times > 1:
        yield f"    for _ in range({times}):"
        indent *= 2
    for part in parts:
        yield from _statement(part, sources, target, numbered, indent)


def _statement(
    part: Layer | Call, sources: list[str], target: str, numbered: bool, indent: str = "    ", returned: bool = False
) -> Iterator[str]:
    bound = "return" if returned else f"{target} ="
    if isinstance(part, Call):
        yield call(f"{bound} {part.function.name}", [sources[0], "name", *_passed(part)], indent=indent)
        return
    stream = f"[{', '.join(sources)}]" if len(sources) > 1 else sources[0]
    layer = f"layers.{KERAS_LAYERS[part.kind].name}"
    name = f'name("{part.kind}")' if numbered else literal(part.name)
    constant = part.constant
    shared = (constant.name, constant.arguments) if constant else ("", ())
    passed = arguments(part.kind, part.values, name, *shared)
    activation = part.values.get("activation") if part.kind in SEPARATE_ACTIVATION else None
    if activation is None:
        yield call(f"{bound} {layer}", passed, f"({stream})", indent=indent)
    elif numbered:
        variable = "norm" if part.kind == "batch_norm" else "join"
        written = [source(activation), f'name=f"{{{variable}.name}}_activation"']
        yield call(f"{variable} = {layer}", passed, indent=indent)
        if isinstance(activation, Parameter) and None in plain_values(activation):
            yield f"{indent}{target} = {variable}({stream})"
            yield f"{indent}if {activation.name} is not None:"
            yield call(f"{target} = layers.Activation", written, f"({target})", indent=f"{indent}    ")
            if returned:
                yield f"{indent}return {target}"
        else:
            yield call(f"{bound} layers.Activation", written, f"({variable}({stream}))", indent=indent)
    else:
        yield call(f"{target} = {layer}", passed, f"({stream})", indent=indent)
        written = [source(activation), f"name={literal(f'{part.name}_activation')}"]
        yield call(f"{target} = layers.Activation", written, f"({target})", indent=indent)


def _passed(part: Call) -> Iterator[str]:
    """The arguments of a call: the first one by its place where it is a size, the other ones by their names."""
    for number, parameter in enumerate(part.function.parameters):
        value = part.arguments[parameter.name]
        if parameter.default is not ... and value == parameter.default:
            continue
        plain = number == 0 and parameter.default is ...
        yield source(value) if plain else f"{parameter.name}={source(value)}"


def signature(name: str, parameters: Sequence[Parameter]) -> str:
    """The first line or lines of a function."""
    written = ["x: keras.KerasTensor", "name: Names"]
    for parameter in parameters:
        default = "" if parameter.default is ... else f" = {source(parameter.default)}"
        written.append(f"{parameter.name}: {hint(parameter)}{default}")
    return call(f"def {name}", written, " -> keras.KerasTensor:", indent="")


def hint(parameter: Parameter) -> str:
    """The type of a parameter, of what it is given and of its default."""
    values = plain_values(parameter)
    if parameter.default is not ...:
        values.append(parameter.default)
    hints = {_hint(value) for value in values}
    order = ["bool", "int", "float", "tuple[int, int]", "str", "None"]
    hints -= {"int"} if "float" in hints else set()
    return " | ".join(sorted(hints, key=order.index))


def plain_values(parameter: Parameter) -> list[Any]:
    """What a parameter is given, from wherever it comes."""
    values: list[Any] = [parameter]
    while any(isinstance(value, Parameter) for value in values):
        values = [inner for value in values for inner in (value.values if isinstance(value, Parameter) else (value,))]
    return values


def _hint(value: Any) -> str:
    if isinstance(value, tuple):
        return "int" if len(set(value)) == 1 else "tuple[int, int]"
    return "None" if value is None else type(value).__name__
