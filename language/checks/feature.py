"""A feature, that is an item of a program's top level, with all that its own text tells."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnngen.language.checks.arguments import Written, read_arguments, read_stray_arguments
from cnngen.language.checks.bodies import check_bodies
from cnngen.language.checks.dropout import check_dropout
from cnngen.language.checks.recognition import Recognition, recognise
from cnngen.language.diagnostics import Diagnostic
from cnngen.language.syntax.tree import Item, Layer, Merge, Stray, walk
from cnngen.language.words.catalogue import WORDS


@dataclass(slots=True, eq=False)
class Feature:
    """One item, the words and arguments in it, and what is wrong with them.

    All places count in `text`, so that a feature holds wherever the same text stands. `kind` is what it is to the
    automata, None for text that means nothing; `word` is what it is taken for, and nothing for a merge.
    """

    text: str
    item: Item
    kind: str | None = None
    word: str = ""
    known: Recognition = field(default_factory=Recognition)
    arguments: dict[Layer, dict[str, Written]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def reusable(self) -> bool:
        """Whether it is the whole of its text, which may come again; else it is a part of one text, after a repair."""
        return self.item.span == (0, len(self.text))


def read_feature(text: str, item: Item) -> Feature:
    """Find out what an item's text tells."""
    feature = Feature(text, item)
    known, diagnostics = feature.known, feature.diagnostics
    recognise(item, known, diagnostics)
    feature.kind = known.category(item)
    if isinstance(item, Layer):
        feature.word = known.word(item)
    for inner in walk((item,)):
        if isinstance(inner, Stray):
            read_stray_arguments(inner, diagnostics)
        if isinstance(inner, Merge):
            check_bodies(inner, known, diagnostics)
        layer = inner.join if isinstance(inner, Merge) else inner
        if isinstance(layer, Layer):
            # Those of misplaced layers too: what is wrong there is wrong all the same.
            word = WORDS.get(known.word(layer)) if layer.arguments else None
            feature.arguments[layer] = written = read_arguments(layer, word, diagnostics) if word else {}
            if word and written:
                diagnostics += check_dropout(word.name, written)
    return feature
