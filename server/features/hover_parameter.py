"""Hover over a hyper-parameter, its name or its value: what it does, what it takes, where its default comes from."""

from __future__ import annotations

from cnngen.language import DATASETS, Analysis, reference
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import Word
from cnngen.language.words.synonyms import HYPERPARAMETER_SYNONYMS
from cnngen.server.features.figures import as_written
from cnngen.server.features.markdown import code
from cnngen.server.features.resolved import resolved, written


def about_parameter(analysis: Analysis, layer: Layer, word: Word, name: str) -> str:
    """All about one hyper-parameter of a layer, as far as the language knows it."""
    parameter = word.hyperparameter(name)
    if parameter is None:
        meant = _meant(word, name)
        return f"{word.name} has no hyper-parameter {code(name)}" + (
            f": **{meant}** is probably meant.\n\n{entry(word, meant)}" if meant else "."
        )
    value = written(layer, parameter)
    text = entry(word, name)
    if name == "dataset" and value in DATASETS:
        known = DATASETS[value]
        text += f"\n- here: {code(value)}, {known.doc}; {shown(known.shape)}, {known.classes} classes"
    elif value is not None:
        text += f"\n- here: {code(as_written(value))}, written"
    else:
        used = next((one for one in resolved(analysis, layer) if one.parameter is parameter), None)
        text += f"\n- here: {code(as_written(used.value))}, {used.reason}" if used and used.reason else ""
    return text


def entry(word: Word, name: str) -> str:
    """What the reference says about a hyper-parameter of a word."""
    heading, _, text = (reference.explain(f"{word.name}.{name}") or "").partition("\n\n")
    owner, _, own = heading.removeprefix("# ").rpartition(".")
    return f"**{own}** of {owner} – {text.rstrip()}"


def _meant(word: Word, name: str) -> str | None:
    for synonym in HYPERPARAMETER_SYNONYMS.get(name[:40].lower(), ()):
        if word.hyperparameter(synonym):
            return synonym
    closest = (reference.closest(f"{word.name}.{name[:40]}") or "").rpartition(".")[2]
    return closest if word.hyperparameter(closest) else None
