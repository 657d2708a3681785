"""From text to everything that is known about it, in one call that never raises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cnngen.language.canonical import canonical_text
from cnngen.language.checks.arguments import Written, read_arguments
from cnngen.language.checks.order import Order, check_order
from cnngen.language.checks.rules import RULES, Facts
from cnngen.language.collector import paused_collector
from cnngen.language.diagnostics import Code, Diagnostic, Severity
from cnngen.language.identity import Identity
from cnngen.language.network import Network, Node, Training
from cnngen.language.resolve.resolver import resolve
from cnngen.language.source import Lines, Span
from cnngen.language.syntax.lookup import Part
from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.tree import Layer, Merge, Program
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.datasets import Dataset
from cnngen.language.words.synonyms import suggest


@dataclass(frozen=True, eq=False)
class Analysis:
    """A text, its syntax tree, the network it means, and what is wrong with it, in the order of the text."""

    text: str
    lines: Lines
    tree: Program
    network: Network
    diagnostics: tuple[Diagnostic, ...]
    #: The data set that overrides what the program's `input` says, if any.
    override: Dataset | None = None

    @property
    def ok(self) -> bool:
        """No errors: the generated code builds, and a forward and a backward pass run."""
        return not any(found.severity is Severity.ERROR for found in self.diagnostics)

    @property
    def trainable(self) -> bool:
        """No errors, and the network is a classifier."""
        return self.ok and not any(found.code is Code.NOT_A_CLASSIFIER for found in self.diagnostics)

    def nodes_of(self, part: Part) -> Sequence[Node]:
        """The nodes of the network that a layer, or a merge's body with its join, became: `convbn` becomes two."""
        return self._nodes.get(part.span, ())

    def word(self, layer: Layer) -> Word | None:
        """The catalogue's entry of a layer; of the word that is probably meant where another is written."""
        return WORDS.get(layer.word.text) or WORDS.get(suggest(layer.word.text) or "")

    @cached_property
    def _nodes(self) -> dict[Span, list[Node]]:
        nodes: dict[Span, list[Node]] = {}
        for node in self.network.nodes:
            nodes.setdefault(node.span, []).append(node)
        return nodes


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
    return Analysis(text, Lines.of(text), program, network, tuple(diagnostics), dataset)


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
