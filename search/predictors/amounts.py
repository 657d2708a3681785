"""How much a device is given to do, by kind of work: what its time and its energy are sums of.

A layer costs something for being there, for each value that it reads and makes, for each multiply-accumulate, and for
each weight that training changes. How much each of these costs is for a predictor to find out (`work.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cnngen.search.predictors.architecture import Layer
from cnngen.search.predictors.features import Features

#: A processor multiplies so many numbers at once: channels count as made up to a multiple (AVX-512, single precision).
AT_ONCE = 16


def amounts(layers: Sequence[Layer]) -> Features:
    """The work on one image, not in logarithms, summed over the layers; `training` is 1, for what every training costs.

    Of each kind of layer how many there are, the values that they read and make, and, where they have windows, the
    values gathered for these; where they multiply, positions of the window times its size, and multiply-accumulates by
    the window's size, with channels made up. Values that go through each activation, and that a bias is added to.
    Weights.
    """
    found: dict[str, float] = defaultdict(float)
    found["training"] = 1.0
    places = [layer.attributes.get("height", 1) * layer.attributes.get("width", 1) for layer in layers]
    values = [layer.attributes.get("channels", 1) * each for layer, each in zip(layers, places, strict=True)]
    for layer, own_places, made in zip(layers[1:], places[1:], values[1:], strict=True):
        kind, known, sources = layer.operation, layer.attributes, layer.inputs
        found[kind] += 1
        found[f"read {kind}"] += sum([values[source] for source in sources])
        found[f"made {kind}"] += made
        found["weights"] += known.get("parameters", 0)
        if layer.activation:
            found["activations"] += 1
            found[f"made {layer.activation}"] += made
        if known.get("bias"):
            found["biases"] += 1
            found["made biased"] += made
        size, macs = known.get("kernel", 0), known.get("macs", 0)
        if sources and size:
            windows = min(own_places, places[sources[0]]) * size**2
            if size > 1:
                found[f"gathered {kind}"] += windows * layers[sources[0]].attributes.get("channels", 1)
            if macs:
                found[f"windows {kind}"] += windows
        if macs:
            own = known.get("channels", 1)
            found[f"macs {kind} {size:g}"] += macs * -(-own // AT_ONCE) * AT_ONCE / own
    return dict(found)
