"""Trying a text at a place: whether it adds an error, by an analysis as short as that takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from cnngen.language import Analysis, Code, Edit, Span, analyse
from cnngen.language.excerpt import Excerpt, excerpt, reduces
from cnngen.language.syntax.tree import Item, Layer, Merge
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.edited import applied, edited, errors

#: The hyper-parameters that make a window.
WINDOW = {"kernel_size", "pool_size", "strides", "padding"}


class Trial:
    """Texts in place of `span`, compared with `usual` there: with what stands there if that is None.

    They are tried in an excerpt; where that leaves open what becomes of the layers behind it, in the whole program.
    `sound`: no bracket or comma is missing or too many.
    """

    def __init__(self, analysis: Analysis, span: Span, usual: str | None = None, *, sound: bool = True) -> None:
        self.analysis = analysis
        self.span = span
        self.usual = analysis.text[span.start : span.end] if usual is None else usual
        self.sound = sound

    def errors_with(self, text: str, *, thorough: bool = True) -> Counter[Code] | None:
        """How many more errors of each code there are with a text (fewer are negative); None when there is a new one.

        Also None where only the whole program can tell, and `thorough` is not asked for.
        """
        tried = self._tried(text)
        before, after = errors(self._before), errors(tried)
        if after <= before and not self._unchanged_behind(tried):
            if not thorough:
                return None
            after = errors(edited(self.analysis, [Edit(self.span, text)]))
            before = self._errors if after else after
        if not after <= before:
            return None
        after.subtract(before)
        return after

    def _tried(self, text: str) -> Analysis:
        span = Span(self.span.start - self._excerpt.shift, self.span.end - self._excerpt.shift)
        return analyse(applied(self._excerpt.text, [Edit(span, text)]))

    @cached_property
    def _excerpt(self) -> Excerpt:
        return excerpt(self.analysis, self.span, cut=self.sound)

    @cached_property
    def _before(self) -> Analysis:
        return self._tried(self.usual)

    @cached_property
    def _errors(self) -> Counter[Code]:
        same = self.usual == self.analysis.text[self.span.start : self.span.end]
        return errors(self.analysis if same else edited(self.analysis, [Edit(self.span, self.usual)]))

    def _unchanged_behind(self, tried: Analysis) -> bool:
        """Whether what follows the excerpt is as well off as it was."""
        behind = self._excerpt.behind
        if not behind:
            return True
        before, after = self._before.network.nodes, tried.network.nodes
        old, new = before[-1].shape, after[-1].shape
        if len(old) != len(new):
            return False
        steady = old[:2] == new[:2] and sum(map(reduces, before)) == sum(map(reduces, after))
        if steady and (old == new or any_channels(behind)):
            return True
        return len(new) == 3 and any_image(behind)


def any_channels(items: Iterable[Item]) -> bool:
    """Whether these items take any channels: a convolution, if there is one, comes before the first merge."""
    for item in items:
        if isinstance(item, Merge):
            return False
        if isinstance(item, Layer) and (word := WORDS.get(item.word.text)) and word.category == "convolution":
            return True
    return True


def any_image(items: Iterable[Item]) -> bool:
    """Whether these items take any image: no lanes have to meet, no window is written, nothing makes images larger."""
    return not any(
        isinstance(item, Merge)
        or (isinstance(item, Layer) and item.word.text == "upconv")
        or (isinstance(item, Layer) and any(a.name and a.name.text in WINDOW for a in item.arguments))
        for item in items
    )
