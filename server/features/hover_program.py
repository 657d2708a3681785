"""Hover over the words that speak of the whole program: `input`, `output`, `training`, `defaults`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnngen.language import DATASETS, Analysis, costs, training_bytes
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.training import PROTOCOL
from cnngen.server.features.figures import as_written, counted, memory
from cnngen.server.features.markdown import code, items, table
from cnngen.server.features.prediction import at_length
from cnngen.server.features.resolved import written

if TYPE_CHECKING:
    from cnngen.search.predictors.compact.shipped import Predicted


def about_input(analysis: Analysis, predicted: Predicted | None = None) -> str:
    """The images, what the whole network costs, and what it is predicted to come to."""
    network = analysis.network
    known = DATASETS.get(network.dataset or "")
    about = [("images", f"{code(shown(network.input_shape))}, {network.classes:,} classes")]
    if network.dataset:
        about.insert(0, ("data set", code(network.dataset) + (f", {known.doc}" if known else "")))
    told = (at_length(predicted),) if predicted else ()
    return _titled("input", items(about), "The network:", items(_totals(analysis)), *told)


def about_output(analysis: Analysis) -> str:
    """What the network ends with, and what it costs."""
    network = analysis.network
    first = analysis.tree.first("output")
    parameter = WORDS["output"].hyperparameter("classes")
    given = parameter is not None and written(first, parameter) is not None
    source = "written" if given else f"those of {code(network.dataset)}" if network.dataset else "not written"
    about = [("output", code(shown(network.nodes[-1].shape))), ("classes", f"{network.classes:,}, {source}")]
    return _titled("output", items(about), "The network:", items(_totals(analysis)))


def about_training(analysis: Analysis, layer: Layer) -> str:
    """How the network is trained, and the memory that needs. Of what is left out, only what goes with the rest."""
    word = WORDS["training"]
    training = analysis.network.training
    values = training.resolved()
    rows = [
        (
            one.name,
            code(as_written(getattr(training, one.name))),
            "written" if _given(layer, one) else one.source,
            one.doc,
        )
        for one in word.hyperparameters
        if one in PROTOCOL or _given(layer, one)
    ]
    listing = table(("hyper-parameter", "value", "from", "meaning"), rows)
    shown = {name for name, *_ in rows}
    others = ", ".join(code(f"{name}={as_written(value)}") for name, value in values.items() if name not in shown)
    return _titled("training", listing, items([("left out", others), _training_memory(analysis)]))


def about_defaults(analysis: Analysis, layer: Layer) -> str:
    """The values for all layers, and how many layers take each."""
    rows = []
    for one in WORDS["defaults"].hyperparameters:
        value = written(layer, one)
        if value is not None:
            taking = _layers_that_take(analysis, one)
            rows.append((one.name, code(as_written(value)), counted(taking, "layer"), one.doc))
    listing = table(("hyper-parameter", "value", "taken by", "meaning"), rows) if rows else "Nothing is set yet."
    return _titled("defaults", listing)


def _titled(name: str, *parts: str) -> str:
    return "\n\n".join((f"**{name}** – {WORDS[name].doc}", *parts))


def _totals(analysis: Analysis) -> list[tuple[str, str]]:
    network = analysis.network
    totals = network.totals
    return [
        ("layers", f"{totals.layers:,}, of which {costs(network).longest_path:,} on the longest path"),
        ("parameters", f"{totals.params:,}"),
        ("MACs", f"{totals.macs:,} for one image"),
        ("output memory", f"{memory(totals.activation_bytes)} for one image"),
        _training_memory(analysis),
    ]


def _training_memory(analysis: Analysis) -> tuple[str, str]:
    training = analysis.network.training
    size = memory(training_bytes(analysis.network))
    return "training memory", f"{size} at least, modelled: {training.optimizer}, {training.batch_size:,} images a step"


def _given(layer: Layer, parameter: HyperParameter) -> bool:
    return written(layer, parameter) is not None


def _layers_that_take(analysis: Analysis, parameter: HyperParameter) -> int:
    """The layers that have such a hyper-parameter and write no value of their own."""
    categories = ("convolution", "dropout", "pooling", "dense")
    count = 0
    for item in analysis.tree.walk():
        if isinstance(item, Layer) and (word := analysis.word(item)) and word.category in categories:
            own = word.hyperparameter(parameter.name)
            count += own is not None and not _given(item, own)
    return count
