"""Hover: what stands under the mouse, what it means, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnngen.language import Analysis, Span
from cnngen.language.syntax.lookup import Part
from cnngen.language.syntax.tree import Argument, Body, Layer, Merge
from cnngen.language.words.catalogue import Word
from cnngen.server.features.hover_layer import about_layer
from cnngen.server.features.hover_merge import about_bodies, about_empty
from cnngen.server.features.hover_parameter import about_parameter
from cnngen.server.features.hover_program import about_defaults, about_input, about_output, about_training
from cnngen.server.features.markdown import code
from cnngen.server.features.places import parts_under

if TYPE_CHECKING:
    from cnngen.search.predictors.compact.shipped import Predicted

    Predict = Callable[[Analysis], Predicted | None]


@dataclass(frozen=True, slots=True)
class Hover:
    """What there is to say about a span of the text, as Markdown."""

    span: Span
    text: str


def hover(analysis: Analysis, offset: int, predict: Predict | None = None) -> Hover | None:
    """What there is to say about the character at an offset; None where nothing stands that means something.

    `predict` is asked at `input`, for what the program is predicted to come to.
    """
    path, offset = parts_under(analysis, offset)
    layer = next((part for part in reversed(path) if isinstance(part, Layer)), None)
    merge = next((part for part in reversed(path) if isinstance(part, Merge)), None)
    body = next((part for part in reversed(path) if isinstance(part, Body)), None)
    if layer is None:
        return _bracket(analysis, merge, body, offset)
    word = analysis.word(layer)
    argument = next((part for part in path if isinstance(part, Argument)), None)
    if word and argument and argument.name:
        span = _span_at(offset, argument.name, argument.value, argument)
        return Hover(span, about_parameter(analysis, layer, word, argument.name.text))
    span = _span_at(offset, layer.word, layer)
    if word is None:
        return Hover(span, f"{code(layer.word.text)} is no word of the language.")
    if word.category == "input":
        text = about_input(analysis, predict(analysis) if predict else None)
    else:
        text = _about_word(analysis, layer, word, merge, body)
    if layer.word.text != word.name:
        text = f"{code(layer.word.text)} is no word of the language: **{word.name}** is probably meant.\n\n{text}"
    return Hover(span, text)


def _span_at(offset: int, *parts: Part | None) -> Span:
    """The span of the first of these parts that holds a character; the last one does."""
    return next(part.span for part in parts if part and part.span.start <= offset < part.span.end)


def _about_word(analysis: Analysis, layer: Layer, word: Word, merge: Merge | None, body: Body | None) -> str:
    match word.category:
        case "output":
            return about_output(analysis)
        case "training":
            return about_training(analysis, layer)
        case "defaults":
            return about_defaults(analysis, layer)
        case "empty":
            return about_empty(analysis, body)
        case "join" if merge is not None and merge.join is layer:
            return about_bodies(analysis, merge, merge.bodies)
    return about_layer(analysis, layer, word)


def _bracket(analysis: Analysis, merge: Merge | None, body: Body | None, offset: int) -> Hover | None:
    """At a bracket, parenthesis or comma of a merge: how its lanes meet."""
    mark, here = analysis.text[offset : offset + 1], Span(offset, offset + 1)
    if merge is None:
        return None
    if offset in (merge.bracket.start, merge.span.end - 1) and mark in "[]":
        return Hover(here, about_bodies(analysis, merge, merge.bodies))
    if body is None or body not in merge.bodies:
        return None
    ends = offset in (body.span.start, body.span.end - 1) and mark in "()"
    parts = mark == "," and len(body.lanes) > 1 and body.lanes[0].span.end <= offset < body.lanes[1].span.start
    return Hover(here, about_bodies(analysis, merge, (body,))) if ends or parts else None
