"""Drawing one network: a walk through the grammar, in which every decision is chance's."""

from __future__ import annotations

from dataclasses import dataclass

from cnngen.search.sampling.chance import Chance
from cnngen.search.sampling.configuration import Configuration
from cnngen.search.sampling.layers import LayerDrawer
from cnngen.search.sampling.merges import MergeDrawer
from cnngen.search.sampling.sketch import Sketch, Stream


@dataclass(frozen=True, slots=True)
class Draw:
    """A network that was drawn: its canonical text, its hash, and the sums that conditions ask for."""

    text: str
    hash: str
    layers: int
    depth: int
    parameters: int
    macs: int
    activation_bytes: int


def draw(configuration: Configuration, seed: int, number: int) -> Draw:
    """Draw number `number` of a seed. Raises Rejected when it becomes too large for the conditions."""
    chance = Chance("cnngen sample", seed, number)
    sketch = Sketch(configuration.conditions)
    layers = LayerDrawer(configuration, chance, sketch)
    stream = sketch.input(configuration.network.input)
    merges = MergeDrawer(layers)
    for _ in range(chance.pick(configuration.network.features)):
        stream = _feature(merges, stream)
    stream = _head(layers, stream)
    network = configuration.network
    sketch.write(f"output(classes={network.classes})\n")
    return Draw(
        sketch.text,
        sketch.hash(network.input, network.classes),
        sketch.layers,
        stream.depth,
        sketch.parameters,
        sketch.macs,
        sketch.activation_bytes,
    )


def _feature(merges: MergeDrawer, stream: Stream) -> Stream:
    layers, chance, rules = merges.layers, merges.chance, merges.layers.rules
    if chance.happens(rules.feature.merge) and rules.merge.depth:
        stream = merges.merge(stream)
    else:
        stream = layers.convolution(stream)
    layers.sketch.write("\n")
    if chance.happens(rules.feature.dropout):
        stream = layers.dropout(stream)
        layers.sketch.write("\n")
    if layers.reducible(stream.size) and chance.happens(rules.feature.pooling):
        stream = layers.pooling(stream)
        layers.sketch.write("\n")
    return stream


def _head(layers: LayerDrawer, stream: Stream) -> Stream:
    rules, chance, write = layers.rules.head, layers.chance, layers.sketch.write
    stream = layers.sketch.bridge(chance.pick(rules.bridge), stream)
    write("\n")
    hidden = chance.pick(rules.hidden)
    for number in range(hidden + 1):
        if chance.happens(rules.dropout):
            stream = layers.dropout(stream)
            write("\n")
        style = layers.style()
        if number == hidden:
            stream = layers.sketch.dense(stream, layers.rules.network.classes, "softmax", style)
        else:
            stream = layers.sketch.dense(stream, _units(layers, stream), style.activation, style)
        write("\n")
    return stream


def _units(layers: LayerDrawer, stream: Stream) -> int:
    """The units of a hidden dense layer: even, where they are a share of what it reads."""
    rules = layers.rules.head
    percent = layers.chance.pick(rules.units_percent)
    units = max(stream.channels * percent // 200 * 2, 2) if percent else layers.chance.pick(rules.units)
    return min(units, rules.most_units)
