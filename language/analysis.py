"""From text to everything that is known about it, in one call that never raises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock

from cnngen.language.canonical import canonical_text
from cnngen.language.checks.consequences import without_consequences
from cnngen.language.checks.rules import RULES, Facts
from cnngen.language.collector import paused_collector
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Severity, applied
from cnngen.language.network import Network, Node
from cnngen.language.outline import Mention, Outline, Outliner
from cnngen.language.resolve.head import read_head, settings
from cnngen.language.resolve.program import Resolution, resolve
from cnngen.language.resolve.resolver import Resolver
from cnngen.language.resolve.sections import Section, alone, sections
from cnngen.language.source import Lines
from cnngen.language.syntax.lookup import Part
from cnngen.language.syntax.tree import Layer, Program
from cnngen.language.training import Training
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.datasets import Dataset
from cnngen.language.words.synonyms import suggest


@dataclass(frozen=True, eq=False)
class Analysis:
    """A text, its syntax tree, the network it means, and what is wrong with it, in the order of the text."""

    text: str
    tree: Program
    network: Network
    diagnostics: tuple[Diagnostic, ...]
    #: So many of the diagnostics are about brackets, commas, and text that means nothing.
    faults: int
    #: Who made it, and knows its features.
    analyser: Analyser = field(repr=False)
    resolution: Resolution = field(repr=False)
    #: The data set that overrides what the program's `input` says, if any.
    override: Dataset | None = None

    @cached_property
    def lines(self) -> Lines:
        """The lines of the text."""
        return Lines.of(self.text)

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
        return self.resolution.nodes_at(part.span)

    @cached_property
    def sections(self) -> list[Section]:
        """The features of the text: what is kept of them between its versions holds for each on its own."""
        return sections(self.resolution)

    def alone(self, section: Section) -> Analysis | None:
        """A feature as if it were the whole program, without what is wrong with it; None if it makes no layer.

        Its places count as the section's do. Its nodes' names count from its own first node.
        """
        if section.part is None:
            return None
        resolution = alone(section, section.part, self.resolution)
        network = replace(self.network, input_shape=resolution.head.input_shape, grow=lambda: resolution.nodes)
        return replace(
            self,
            text=section.feature.text,
            tree=Program(resolution.outline.items),
            network=network,
            diagnostics=(),
            resolution=resolution,
        )

    def word(self, layer: Layer) -> Word | None:
        """The catalogue's entry of a layer; of the word that is probably meant where another is written."""
        return WORDS.get(layer.word.text) or WORDS.get(suggest(layer.word.text) or "")

    def edited(self, edits: Iterable[Edit]) -> Analysis:
        """The program after edits, which costs no more than what they change."""
        text = applied(self.text, edits)
        return self.analyser.analyse(text, name=self.network.name, dataset=self.override, besides=self)


def analyse(text: str, *, name: str = "network", dataset: Dataset | None = None) -> Analysis:
    """Analyse the text of a program; no text makes this raise.

    `dataset` overrides what the program's `input` says: image shape and classes follow from it.
    """
    return Analyser().analyse(text, name=name, dataset=dataset)


class Analyser:
    """Analyses one version of a text after the other, and keeps what they have in common.

    What a feature means follows from its own text, from what it reads, and from `defaults(…)`: where these are as
    before, so is the outcome. Of several threads one works at a time.
    """

    def __init__(self) -> None:
        self._working = Lock()
        self._outliner = Outliner()
        self._resolver = Resolver({})

    def analyse(
        self, text: str, *, name: str = "network", dataset: Dataset | None = None, besides: Analysis | None = None
    ) -> Analysis:
        """Analyse a text; see `analyse`. What is known of the analysis `besides` is not forgotten for it."""
        with self._working, paused_collector():
            return self._analyse(text, name, dataset, besides)

    def outline(self, text: str) -> Outline:
        """The outline of a text much like those analysed."""
        with self._working, paused_collector():
            return self._outliner.outline(text)

    def _analyse(self, text: str, name: str, dataset: Dataset | None, besides: Analysis | None) -> Analysis:
        outline = self._outliner.outline(text)
        head = read_head(outline, dataset)
        defaults = settings(outline, "defaults")
        if defaults != self._resolver.defaults:
            self._resolver = Resolver(defaults)
        resolution = resolve(outline, head, self._resolver)
        diagnostics = [
            *outline.diagnostics,
            *(
                found.moved(start)
                for feature, start in zip(outline.features, outline.starts, strict=True)
                if feature.diagnostics
                for found in feature.diagnostics
            ),
            *resolution.diagnostics,
        ]
        facts = Facts(outline, head, resolution, dataset)
        for rule in RULES:
            diagnostics += rule(facts)
        diagnostics = without_consequences(diagnostics, outline)
        diagnostics.sort(key=lambda found: (found.span, found.code))
        network = Network(
            name=name,
            dataset=head.dataset,
            input_shape=head.input_shape,
            classes=head.classes,
            training=_training(outline),
            grow=lambda: resolution.nodes,
            write=lambda: canonical_text(resolution),
        )
        self._outliner.forget_others(outline)
        self._resolver.forget_others([*resolution.parts, *(besides.resolution.parts if besides else ())])
        tree = Program(outline.items)
        return Analysis(text, tree, network, tuple(diagnostics), outline.faults, self, resolution, dataset)


def _training(outline: Outline) -> Training:
    for index, feature in enumerate(outline.features):
        if feature.word == "training":
            return Training(**Mention(outline, index).values)
    return Training()
