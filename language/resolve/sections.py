"""The features of a program where they stand, with what they became.

A feature and its part are the same objects in the next version of a text, so who shows something of them can keep it.
"""

from __future__ import annotations

from dataclasses import replace

from cnngen.language.checks.feature import Feature
from cnngen.language.network import Shape
from cnngen.language.outline import Outline
from cnngen.language.records import record
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.program import Resolution
from cnngen.language.source import Span
from cnngen.language.syntax.items import Items

#: Where the input of a feature stands, as the feature's own text counts: outside of it.
_BEFORE = Span(-1, -1)


@record
class Section:
    """A feature of a text, whose places count from `start`.

    `part` is what it became: None for what makes no layer, or is out of place. `images` is the shape of the images
    where they come in, and None elsewhere.
    """

    start: int
    feature: Feature
    part: Part | None
    images: Shape | None

    @property
    def span(self) -> Span:
        """Where it stands in the text."""
        return self.feature.item.span.moved(self.start)

    def shapes(self) -> dict[Span, Shape]:
        """What its layers, and the bodies of its merges, put out, by their places."""
        found = {self.feature.item.span: self.images} if self.images else {}
        if self.part:
            found |= {draft.span: draft.shape for draft in self.part.graph.drafts[1:]}
        return found


def sections(resolution: Resolution) -> list[Section]:
    """All features of a program, in the order of its text."""
    outline = resolution.outline
    parts = dict(zip(outline.layers, resolution.parts, strict=True))
    begin, images = outline.begin, resolution.head.input_shape
    return [
        Section(start, feature, parts.get(index), images if index == begin else None)
        for index, (start, feature) in enumerate(zip(outline.starts, outline.features, strict=True))
    ]


def alone(section: Section, part: Part, resolution: Resolution) -> Resolution:
    """A feature that has become this part, as if the program were nothing else: it reads images of the part's shape."""
    feature = section.feature
    items = Items(feature.text, [feature.item], lambda _: feature.item)
    head = replace(resolution.head, input_shape=part.graph.drafts[0].shape, inferred={})
    return Resolution(Outline(items, [feature], [0], [], 0, [], [0], {}), head, _BEFORE, [part])
