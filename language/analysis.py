"""From text to everything that is known about it, in one call that never raises."""

from __future__ import annotations

from dataclasses import dataclass

from cnngen.language.arguments import Written, read_arguments
from cnngen.language.canonical import canonical_text
from cnngen.language.catalogue import WORDS
from cnngen.language.collector import paused_collector
from cnngen.language.datasets import Dataset
from cnngen.language.diagnostics import Code, Diagnostic, Severity
from cnngen.language.identity import Identity
from cnngen.language.network import Network, Training
from cnngen.language.order import Order, check_order
from cnngen.language.parser import parse
from cnngen.language.resolver import resolve
from cnngen.language.rules import RULES, Facts
from cnngen.language.source import Lines
from cnngen.language.tree import Layer, Merge, Program


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A text, its syntax tree, the network it means, and what is wrong with it, in the order of the text."""

    text: str
    lines: Lines
    tree: Program
    network: Network
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """No errors: the generated code builds, and a forward and a backward pass run."""
        return not any(found.severity is Severity.ERROR for found in self.diagnostics)

    @property
    def trainable(self) -> bool:
        """No errors, and the network is a classifier."""
        return self.ok and not any(found.code is Code.NOT_A_CLASSIFIER for found in self.diagnostics)


def analyse(text: str, *, name: str = "network", dataset: Dataset | None = None) -> Analysis:
    """Analyse the text of a program; no text makes this raise.

    `dataset` overrides what the program's `input` says: image shape and classes follow from it.
    """
    with paused_collector():
        return _analyse(text, name, dataset)


def _analyse(text: str, name: str, dataset: Dataset | None) -> Analysis:
    program, diagnostics = parse(text)
    order = check_order(program)
    diagnostics += order.diagnostics
    arguments = read_all_arguments(program, order, diagnostics)
    resolution = resolve(text, program, order, arguments, dataset)
    diagnostics += resolution.diagnostics
    facts = Facts(program, order, arguments, resolution, dataset)
    for rule in RULES:
        diagnostics += rule(facts)
    network = Network(
        name=name,
        dataset=resolution.dataset,
        input_shape=resolution.input_shape,
        classes=resolution.classes,
        nodes=tuple(resolution.graph.nodes),
        training=_training(program, order, arguments),
        identity=Identity(lambda: canonical_text(program, order, resolution)),
    )
    diagnostics.sort(key=lambda found: (found.span, found.code))
    return Analysis(text, Lines.of(text), program, network, tuple(diagnostics))


def read_all_arguments(
    program: Program, order: Order, diagnostics: list[Diagnostic]
) -> dict[Layer, dict[str, Written]]:
    """The arguments of every layer, the misplaced ones too: what is wrong there is wrong all the same."""
    arguments: dict[Layer, dict[str, Written]] = {}
    for item in program.walk():
        layer = item.join if isinstance(item, Merge) else item
        if isinstance(layer, Layer):
            word = WORDS.get(order.word(layer)) if layer.arguments else None
            arguments[layer] = read_arguments(layer, word, diagnostics) if word else {}
    return arguments


def _training(program: Program, order: Order, arguments: dict[Layer, dict[str, Written]]) -> Training:
    for item in program.items:
        if isinstance(item, Layer) and order.word(item) == "training":
            return Training(**{name: written.value for name, written in arguments[item].items()})
    return Training()
