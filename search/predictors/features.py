"""Numbers with names for any architecture: what classical models learn from.

All are properties of the labelled graph and of its costs, none of a certain search space. They are computed with the
standard library alone, so that a small model can be asked in the editor.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log, log1p, prod
from sys import intern

from cnngen.search.predictors.architecture import Architecture, Layer, readers

#: Ways from input to output are spelt out only where there are few of them; there are exponentially many.
MOST_PATHS = 256

#: How far a layer looks around itself in `neighbourhoods`.
ROUNDS = 2

#: Features of `ways` that are no extremes.
MEANS = ("mean ", "walk ")

Features = dict[str, float]


def features(architecture: Architecture) -> Features:
    """All features of an architecture. One that is not named is 0."""
    return {name: value for group in groups(architecture).values() for name, value in group.items()}


def groups(architecture: Architecture) -> dict[str, Features]:
    """The features of an architecture in groups of one kind: within a group they are alike in what they tell.

    They are worked out once and live as long as the architecture: they are not to be changed.
    """
    kept: dict[str, Features] = architecture.memory.get("features", {})
    if not kept:
        for group, found in _groups(architecture).items():
            kept[group] = {intern(name): value for name, value in found.items()}
        architecture.memory["features"] = kept
    return kept


def _groups(architecture: Architecture) -> dict[str, Features]:
    layers = architecture.effective
    whole = ways(layers)
    found = {
        "built": built(architecture),
        "sizes": sizes(layers),
        "traffic": traffic(layers),
        "ways": {name: value for name, value in whole.items() if not name.startswith(MEANS)},
        "means": {name: value for name, value in whole.items() if name.startswith(MEANS)},
        "counts": {f"count {kind}": float(n) for kind, n in Counter(layer.operation for layer in layers).items()},
        "degrees": degrees(layers),
    }
    found |= {f"around{step}": colours for step, colours in enumerate(neighbourhoods(layers), start=1)}
    return found | {"paths": paths(layers)}


def built(architecture: Architecture) -> Features:
    """What the whole costs and how it is trained, in logarithms, and how many layers of each operation are built."""
    return (
        {f"log {name}": log1p(value) for name, value in architecture.costs.items()}
        | {f"training {name}": log1p(value) for name, value in architecture.training.items()}
        | {f"built {kind}": float(n) for kind, n in Counter(la.operation for la in architecture.layers).items()}
    )


def sizes(layers: Sequence[Layer]) -> Features:
    """Of all layers that do the same the parameters, multiply-accumulates and channels, summed, in logarithms."""
    found: dict[str, float] = defaultdict(float)
    for layer in layers:
        for attribute in ("parameters", "macs", "channels"):
            found[f"{attribute} {layer.operation}"] += layer.attributes.get(attribute, 0)
    return {name: log1p(value) for name, value in found.items()}


def traffic(layers: Sequence[Layer]) -> Features:
    """What a device computes and moves, not in logarithms, as energies add up: multiply-accumulates and values made of
    each operation, values read along edges, and of these the ones added where several meet, cut where a wider layer is
    read, and read from the input; the fewest and the most values that a layer makes.

    Values are channels times height times width, or channels alone where that is all that is known.
    """
    made = [prod(layer.attributes.get(name, 1) for name in ("channels", "height", "width")) for layer in layers]
    found: dict[str, float] = defaultdict(float)
    for layer, own in zip(layers[1:], made[1:], strict=True):
        given = [made[source] for source in layer.inputs]
        found[f"all macs {layer.operation}"] += layer.attributes.get("macs", 0)
        found[f"values {layer.operation}"] += own
        found["values read"] += sum(given)
        found["values along edges"] += own * len(given)
        found[f"values added {layer.operation}"] += own * max(len(given) - 1, 0)
        found["values cut"] += own * sum(each > own for each in given)
        found["values from input"] += own * layer.inputs.count(0)
    inner = made[1:-1] or [0]
    return {**found, "values at least": min(inner), "values at most": max(inner)}


def ways(layers: Sequence[Layer]) -> Features:
    """Over all ways from input to output the most, the least and the mean of: layers, layers of each operation,
    sight (windows less one, summed), parameters and multiply-accumulates. And how many ways there are.

    A mean is taken twice: each way counting the same, and each as likely as who walks back from the output and
    takes any of the layers that one reads.
    """
    kinds = sorted({layer.operation for layer in layers})
    measures = ["layers", "sight", "parameters", "macs", *kinds]
    place = {kind: len(measures) - len(kinds) + at for at, kind in enumerate(kinds)}
    size = len(measures)
    least: list[list[float]] = []
    most: list[list[float]] = []
    mean: list[list[float]] = []
    walk: list[list[float]] = []
    count: list[int] = []  # whole numbers have no largest
    for number, layer in enumerate(layers):
        known = layer.attributes
        own = [0.0] * size
        own[0] = 1.0
        own[1] = known.get("kernel", 1) - 1
        own[2] = known.get("parameters", 0)
        own[3] = known.get("macs", 0)
        own[place[layer.operation]] = 1.0
        sources = layer.inputs
        if number == 0 or not sources:
            count.append(int(number == 0))
            for table in (least, most, mean, walk):
                table.append(own)
            continue
        numbers = [count[s] for s in sources]
        total = sum(numbers)
        count.append(total)
        columns = range(size)
        least.append([own[c] + min(least[s][c] for s in sources) for c in columns])
        most.append([own[c] + max(most[s][c] for s in sources) for c in columns])
        weights = [n / total for n in numbers]
        mean.append([own[c] + sum(w * mean[s][c] for w, s in zip(weights, sources, strict=True)) for c in columns])
        walk.append([own[c] + sum(walk[s][c] for s in sources) / len(sources) for c in columns])
    found: Features = {"ways": log(1 + count[-1])}
    for name, table in (("least", least), ("most", most), ("mean", mean), ("walk", walk)):
        for measure, value in zip(measures, table[-1], strict=True):
            found[f"{name} {measure}"] = log1p(value) if measure in ("parameters", "macs") else value
    return found


def degrees(layers: Sequence[Layer]) -> Features:
    """How densely layers are connected, all together and those of each operation."""
    behind = readers(layers)
    edges = sum(len(layer.inputs) for layer in layers)
    found: Counter[str] = Counter({
        "vertices": len(layers),
        "edges": edges,
        "edges a vertex": edges / len(layers),
        "read by output": len(layers[-1].inputs),
        "read input": len(behind[0]),
        "most read": max(len(layer.inputs) for layer in layers),
        "most readers": max(len(each) for each in behind),
    })  # fmt: skip
    for layer, each in zip(layers, behind, strict=True):
        found[f"reads {layer.operation}"] += len(layer.inputs)
        found[f"readers {layer.operation}"] += len(each)
    return dict(found)


def neighbourhoods(layers: Sequence[Layer], rounds: int = ROUNDS) -> list[Features]:
    """How many layers have the same surroundings 1, 2 ... steps away (Weisfeiler and Leman's colours)."""
    behind = readers(layers)
    colours = [layer.operation for layer in layers]
    found: list[Features] = []
    for step in range(1, rounds + 1):
        spelt = [
            f"{colours[n]}({_sorted(colours[s] for s in layer.inputs)};{_sorted(colours[r] for r in behind[n])})"
            for n, layer in enumerate(layers)
        ]
        colours = spelt if step == 1 else [_short(text) for text in spelt]
        found.append({f"around{step} {colour}": float(n) for colour, n in Counter(colours).items()})
    return found


def paths(layers: Sequence[Layer], most: int = MOST_PATHS) -> Features:
    """How often each row of operations leads from input to output (path encoding, White et al. 2021).

    Nothing where there are more ways than `most`.
    """
    rows: list[Counter[str]] = []
    for number, layer in enumerate(layers):
        if number == 0:
            rows.append(Counter({"": 1}))
            continue
        found: Counter[str] = Counter()
        word = "" if number == len(layers) - 1 else f"{layer.operation} "
        for source in layer.inputs:
            for row, times in rows[source].items():
                found[row + word] += times
        if len(found) > most:
            return {}
        rows.append(found)
    return {f"path {row}": times for row, times in rows[-1].items()}


def _sorted(texts: Iterable[str]) -> str:
    return ",".join(sorted(texts))


def _short(text: str) -> str:
    """A colour's name, short however much it takes in."""
    import hashlib

    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:12]
