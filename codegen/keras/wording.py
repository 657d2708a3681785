"""What a block is called: the names of the functions in a generated file, and what their docstrings say."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.codegen.keras.parts import Call, Layer, Merge, Part, Row, holders

_CONVOLUTIONS = frozenset({"conv", "sepconv", "upconv"})
_POOLINGS = frozenset({"avg_pooling", "max_pooling"})
#: What fits in a line of the generated file, with its indent and quotes.
_LONGEST_SENTENCE = 88

_NUMBERS = ("no", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SHORT = {"batch_norm": "bn", "avg_pooling": "pool", "max_pooling": "pool"}


def name_of(part: Part) -> str:
    """The name of a function for parts like this one."""
    if isinstance(part, Merge):
        return _merge_name(part)
    layers = _layers(part)
    if len(layers) <= 2 and len(layers) == len(list(holders(part))):
        return "_".join(_SHORT.get(layer.kind, layer.kind) for layer in layers)
    return "stage"


def title(merge: Merge) -> str:
    """What a merge is, as a comment says it."""
    return _spoken(_merge_name(merge))


def _spoken(name: str) -> str:
    return name.replace("two_lane", "two-lane").replace("_", " ")


def description(part: Part) -> str:
    """The docstring of a function for parts like this one: a short sentence in the imperative."""
    sentence = _description(part)
    if len(sentence) <= _LONGEST_SENTENCE:
        return sentence
    layers = sum(1 for holder in holders(part) if isinstance(holder, Layer))
    return f"Append {layers} layers" + (" in lanes that meet." if isinstance(part, Merge) else ".")


def _description(part: Part) -> str:
    if not isinstance(part, Merge):
        return f"Append {_said([part])}."
    left = _said(part.bodies[0].left)
    match _merge_name(part):
        case "residual_block":
            return f"Append {left} beside an identity shortcut."
        case "downsampling_block":
            return f"Append {left} beside a projection, on a smaller image."
        case "projection_block":
            return f"Append {left} beside a projection."
        case "dense_connection":
            return f"Append {left} and concatenate it with what came in."
        case "inception_block":
            return f"Append {left} beside {_said(part.bodies[0].right) or 'the identity'}, concatenated."
        case _:
            return f"Append {left} beside {_said(part.bodies[0].right) or 'the identity'}, added up."


def _merge_name(merge: Merge) -> str:
    first, *more = merge.bodies
    concatenated = first.join.kind == "concat"
    if more:
        return "inception_block" if concatenated else "lattice_block"
    if not first.right:
        return "dense_connection" if concatenated else "residual_block"
    if concatenated:
        return "inception_block"
    if _projection(first.right):
        return "downsampling_block" if merge.shrinks else "projection_block"
    return "two_lane_block"


def _projection(lane: list[Part]) -> bool:
    if len(lane) != 1 or not isinstance(lane[0], Layer):
        return False
    return lane[0].kind == "conv" and lane[0].values["kernel_size"] == (1, 1)


def _layers(part: Part) -> list[Layer]:
    return [holder for holder in holders(part) if isinstance(holder, Layer)]


def _said(parts: list[Part]) -> str:
    """Parts in words: "two convolutions with normalisation and a pooling"."""
    counts: dict[str, int] = {}
    normalised = False
    for part in _flat(parts):
        if isinstance(part, Layer) and part.kind == "batch_norm":
            normalised = True
            continue
        what = _word(part)
        counts[what] = counts.get(what, 0) + 1
    said = [_counted(number, what) for what, number in counts.items()]
    if normalised:
        said = [f"{one} with normalisation" if one.rstrip("s").endswith("convolution") else one for one in said]
    if not said:
        return "a normalisation" if normalised else ""
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _flat(parts: list[Part]) -> Iterator[Layer | Merge | Call]:
    """Parts without rows, of which nobody knows yet whether they become functions."""
    for part in parts:
        if isinstance(part, Row):
            yield from _flat(part.parts)
        else:
            yield part


def _word(part: Layer | Merge | Call) -> str:
    if isinstance(part, Merge):
        return title(part)
    if isinstance(part, Call):
        return _spoken(part.function.name.rstrip("_0123456789"))
    if part.kind in _CONVOLUTIONS:
        return "convolution"
    if part.kind in _POOLINGS:
        return "pooling"
    return {"dense": "dense layer"}.get(part.kind, part.kind.replace("_", " "))


def _counted(number: int, what: str) -> str:
    counted = _NUMBERS[number] if number < len(_NUMBERS) else f"{number}"
    counted = "an" if number == 1 and what[0] in "aeiou" else counted
    return f"{counted} {what}" + ("" if number == 1 else "s")
