"""Completion of arguments: names of hyper-parameters, and values."""

from __future__ import annotations

import re
from dataclasses import replace

from cnngen.language import Analysis
from cnngen.language.expected import Names, Values
from cnngen.language.syntax.lookup import path_at
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.usual import USUAL_VALUES
from cnngen.server.features.figures import as_written
from cnngen.server.features.patterns import Pattern, Sort, looks
from cnngen.server.features.proposals import Candidate, Fitting, Proposal
from cnngen.server.features.resolved import texts

_ARGUMENT = re.compile(r"\s*[^\W\d]\w*\s*=")

#: Hyper-parameters whose value changes shapes, and so can do harm elsewhere.
_SHAPING = {
    "kernel_size", "pool_size", "strides", "padding", "filters", "units", "classes", "dataset", "shape",
}  # fmt: skip
#: Those of them that a layer outside of merges may as well say as leave out: nothing else is inferred from them.
_SAID_OR_NOT = {"kernel_size", "strides", "padding"}


def name_proposals(names: Names, fitting: Fitting) -> list[Proposal]:
    """The hyper-parameters that a word does not have yet, each with a value to begin with."""
    layer = _layer_at(fitting.analysis, names.layer.word.span.start)
    values = texts(fitting.analysis, layer) if layer else {}
    outside = layer is not None and path_at(fitting.analysis.tree, layer.span.start)[0] is layer
    follows = _ARGUMENT.match(fitting.analysis.text, fitting.span.end)
    candidates = []
    training = fitting.analysis.network.training
    for parameter in names.free:
        name = parameter.name
        if parameter.goes_with and not training.applies(name):
            continue  # a momentum is not for adam
        value = values.get(name) or _default(parameter)
        subject = f"{names.word.name}.{name}"
        marked = name if names.assigned else f"{name}=<{value}>"
        as_before = name in _SAID_OR_NOT and name in values and outside
        harmless = not names.assigned and (name not in _SHAPING or as_before)
        alike = looks(marked) if harmless else name
        pattern = Pattern(f"{name}=", marked, alike, subject, "hyper-parameter")
        candidates.append(Candidate(pattern, ", " if follows and not names.assigned else "", harmless))
    return [replace(proposal, note=_takes(names, proposal)) for proposal in fitting.best(candidates)]


def _takes(names: Names, proposal: Proposal) -> str:
    parameter = names.word.hyperparameter(proposal.subject.rpartition(".")[2])
    return parameter.type.expected if parameter else ""


def value_proposals(values: Values, fitting: Fitting) -> list[Proposal]:
    """Values for a hyper-parameter: what is inferred, then the usual ones."""
    name, choices = values.parameter.name, values.parameter.type.choices
    layer = _layer_at(fitting.analysis, values.layer.word.span.start)
    inferred = texts(fitting.analysis, layer).get(name) if layer and name not in _sound(layer) else None
    usual = choices or USUAL_VALUES.get(name, ())
    likely = dict.fromkeys([*([inferred] if inferred else []), *usual])
    subject = f"{values.word.name}.{name}"
    sort: Sort = "choice" if choices else "number"
    harmless = name not in _SHAPING
    # Options of a training are for each other; elsewhere all values are as good that look alike.
    alike = harmless and values.word.name != "training"
    patterns = (Pattern(text, text, looks(text) if alike else text, subject, sort) for text in likely)
    found = fitting.best(Candidate(pattern, harmless=harmless) for pattern in patterns)
    return [replace(proposal, note="as inferred" if proposal.label == inferred else "") for proposal in found]


def _default(parameter: HyperParameter) -> str:
    """A value to begin with where the network has none."""
    if parameter.default is not None:
        return as_written(parameter.default)
    return (*parameter.type.choices, *USUAL_VALUES.get(parameter.name, ()))[0]


def _sound(layer: Layer) -> set[str]:
    """The names of the arguments that have a value."""
    return {argument.name.text for argument in layer.arguments if argument.name and argument.value}


def _layer_at(analysis: Analysis, start: int) -> Layer | None:
    """The layer or join whose word begins there."""
    layers = [part for part in path_at(analysis.tree, start) if isinstance(part, Layer) and part.span.start == start]
    return layers[-1] if layers else None
