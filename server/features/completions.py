"""Completion: what may be written at a place, by the grammar and by the shapes.

The grammar says what may stand there. Whether it also fits the shapes tells an analysis of the text with it, for one
proposal of each sort; what cannot change a shape needs none.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from operator import itemgetter

from cnngen.language import Analysis, Code, Edit, Node, Span
from cnngen.language.expected import Bodies, Expected, Names, Values, Words, expected_at
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.lookup import path_at
from cnngen.language.syntax.tree import Item, Layer, Merge
from cnngen.language.words.catalogue import WORDS
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.usual import USUAL_VALUES
from cnngen.server.features.patterns import BODIES, LIKELY, NETWORK, Pattern, Sort
from cnngen.server.features.trial import Trial
from cnngen.server.features.written import as_text, resolved

#: Characters that open the list by themselves. A space does so only behind one of the others: Enter would take the
#: first proposal where a line was to end.
TRIGGERS = ("(", "[", ",", "=", " ")

_ARGUMENT = re.compile(r"\s*[^\W\d]\w*\s*=")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something to write in place of `span`.

    `blanks` are the spans of `text` that are but suggestions, which a client lets its user type over one by one;
    `subject` is what the reference calls it (`conv`, `conv.filters`). `note` says more beside the label.
    """

    label: str
    sort: Sort
    span: Span
    text: str
    subject: str
    blanks: tuple[Span, ...] = ()
    note: str = ""


#: Hyper-parameters whose value changes shapes, and so can do harm elsewhere.
_SHAPING = {
    "kernel_size", "pool_size", "strides", "padding", "filters", "units", "classes", "dataset", "shape",
}  # fmt: skip


def completions(analysis: Analysis, offset: int) -> list[Proposal]:
    """What may be written at an offset, the most likely first. None of it adds an error, blanks as they stand."""
    place = expected_at(analysis, offset)
    if place is None:
        return []
    check = _Check(analysis, place)
    match place.kind:
        case Words() as words:
            return _words(words, check)
        case Bodies():
            return check.best((body, "", False) for body in BODIES)
        case Names() as names:
            return _names(names, check)
        case Values() as values:
            return _values(values, check)


def opens(analysis: Analysis, offset: int) -> bool:
    """Whether a space before the offset opens the list: in arguments, and where a lane begins."""
    return analysis.text[:offset].rstrip(" ")[-1:] in ("(", "[", ",", "=")


def outcome(analysis: Analysis, proposal: Proposal) -> str:
    """The shape that the layer or merge of a proposal would have; empty where there is none."""
    after = analysis.edited([Edit(proposal.span, proposal.text)])
    nodes = _nodes_at(after, proposal.span.start)
    return shown(nodes[-1].shape) if nodes else ""


class _Check:
    """Whether proposals fit, by as few analyses as that takes."""

    def __init__(self, analysis: Analysis, place: Expected) -> None:
        self.analysis = analysis
        self.span = place.span
        self.sound = place.sound
        self._trial = Trial(analysis, place.span)
        self._known: dict[str, int | None] = {}

    def joins_left(self, pattern: Pattern, text: str) -> int | None:
        """How many more errors at joins there are with a pattern, fewer where it mends one; None if it does not fit."""
        if pattern.alike not in self._known:
            more = self._trial.more_errors(text)
            self._known[pattern.alike] = None if more is None else more[Code.JOIN_SHAPES]
        return self._known[pattern.alike]

    def best(self, patterns: Iterable[tuple[Pattern, str, bool]]) -> list[Proposal]:
        """Those that fit, of patterns with a text to follow and whether they can do no harm.

        Those first behind which the lanes meet.
        """
        found: list[tuple[int, Proposal]] = []
        for pattern, tail, harmless in patterns:
            proposal = self.proposal(pattern, tail)
            left = 0 if harmless and self.sound else self.joins_left(pattern, proposal.text)
            if left is not None:
                found.append((left, proposal))
        return [proposal for _, proposal in sorted(found, key=itemgetter(0))]

    def proposal(self, pattern: Pattern, tail: str) -> Proposal:
        """A pattern at this place."""
        pieces = re.split("[<>]", pattern.marked)
        ends = list(accumulate(map(len, pieces)))
        blanks = tuple(Span(ends[index - 1], ends[index]) for index in range(1, len(pieces), 2))
        note = "" if len(pieces) == 1 else "".join(pieces)
        return Proposal(pattern.label, pattern.sort, self.span, "".join(pieces) + tail, pattern.subject, blanks, note)


# -- words ------------------------------------------------------------------------------------------------------


def _words(words: Words, check: _Check) -> list[Proposal]:
    behind = check.analysis.text[check.span.end : check.span.end + 1]
    tail = " " if behind.isalnum() or behind == "_" else ""
    patterns = [pattern for pattern in map(partial(_fitted, words), LIKELY[words.lane]) if pattern]
    if words.before is not None and _is(words.before, "dense"):
        patterns.sort(key=lambda pattern: pattern.label != "output")
    found = check.best((pattern, tail, _harmless(pattern, words)) for pattern in patterns)
    labels = {proposal.label for proposal in found}
    return found + check.best((pattern, tail, False) for pattern in _as_wide(words, check, patterns, labels))


def _as_wide(words: Words, check: _Check, patterns: Iterable[Pattern], found: Container[str]) -> Iterator[Pattern]:
    """The convolutions that do not fit as they are, with as many filters as what stands before them has channels."""
    before = words.before
    part = before.bodies[-1] if isinstance(before, Merge) and before.bodies else before
    nodes = check.analysis.nodes_of(part) if part and not words.layer.arguments else ()
    for pattern in patterns:
        if nodes and pattern.label not in found and pattern.alike in ("convolution", "sepconv"):
            marked = f"{pattern.label}(filters=<{nodes[-1].shape[-1]}>)"
            yield replace(pattern, marked=marked, alike=f"{pattern.alike} as wide")


def _fitted(words: Words, pattern: Pattern) -> Pattern | None:
    """A pattern as the grammar lets it stand there, if it does."""
    first = "[" if pattern.sort == "merge" else pattern.subject
    taken = {argument.name.text for argument in words.layer.arguments if argument.name}
    if words.layer.arguments and (pattern.label != pattern.marked or not all(map(WORDS[first].hyperparameter, taken))):
        return None  # other arguments are there already
    if first in ("training", "defaults") and first in words.kinds:
        return None
    if pattern is NETWORK:
        return pattern if len(words.kinds) == 1 else None
    if words.allows(first):
        return pattern
    bridge = first != "[" and WORDS[first].category == "bridge"
    return replace(pattern, marked=f"{first} dense") if bridge and words.allows(first, "dense") else None


def _harmless(pattern: Pattern, words: Words) -> bool:
    """Whether a pattern that the grammar allows cannot spoil any shape."""
    if words.layer.arguments:
        return False
    if words.lane is not None:
        return pattern.alike == "dropout"
    keeps = pattern.alike in ("residual", "dropout") or pattern.sort == "program"
    return keeps or WORDS[pattern.subject].category in ("bridge", "dense")


def _is(item: Item, word: str) -> bool:
    return isinstance(item, Layer) and item.word.text == word


# -- arguments --------------------------------------------------------------------------------------------------


def _names(names: Names, check: _Check) -> list[Proposal]:
    layer = _layer_at(check.analysis, names.layer.word.span.start)
    values = resolved(check.analysis, layer) if layer else {}
    follows = _ARGUMENT.match(check.analysis.text, check.span.end)
    patterns = []
    for parameter in names.free:
        name = parameter.name
        value = values.get(name) or _default(parameter)
        subject = f"{names.word.name}.{name}"
        marked = name if names.assigned else f"{name}=<{value}>"
        pattern = Pattern(f"{name}=", marked, name, subject, "hyper-parameter")
        harmless = not names.assigned and name not in _SHAPING
        patterns.append((pattern, ", " if follows and not names.assigned else "", harmless))
    return [replace(proposal, note=_takes(names, proposal)) for proposal in check.best(patterns)]


def _takes(names: Names, proposal: Proposal) -> str:
    parameter = names.word.hyperparameter(proposal.subject.rpartition(".")[2])
    return parameter.type.expected if parameter else ""


def _values(values: Values, check: _Check) -> list[Proposal]:
    name, choices = values.parameter.name, values.parameter.type.choices
    layer = _layer_at(check.analysis, values.layer.word.span.start)
    inferred = resolved(check.analysis, layer).get(name) if layer and name not in _sound(layer) else None
    usual = choices or USUAL_VALUES.get(name, ())
    texts = dict.fromkeys([*([inferred] if inferred else []), *usual])
    subject = f"{values.word.name}.{name}"
    sort: Sort = "choice" if choices else "number"
    patterns = (Pattern(text, text, text, subject, sort) for text in texts)
    found = check.best((pattern, "", name not in _SHAPING) for pattern in patterns)
    return [replace(proposal, note="as inferred" if proposal.label == inferred else "") for proposal in found]


def _default(parameter: HyperParameter) -> str:
    """A value to begin with where the network has none."""
    if parameter.default is not None:
        return as_text(parameter.default)
    return (*parameter.type.choices, *USUAL_VALUES.get(parameter.name, ()))[0]


def _sound(layer: Layer) -> set[str]:
    """The names of the arguments that have a value."""
    return {argument.name.text for argument in layer.arguments if argument.name and argument.value}


def _layer_at(analysis: Analysis, start: int) -> Layer | None:
    """The layer or join whose word begins there."""
    layers = [part for part in path_at(analysis.tree, start) if isinstance(part, Layer) and part.span.start == start]
    return layers[-1] if layers else None


def _nodes_at(analysis: Analysis, start: int) -> Sequence[Node]:
    """The nodes of the innermost layer or merge around a place, of those that begin there the outermost."""
    path = [part for part in path_at(analysis.tree, start) if isinstance(part, (Layer, Merge))]
    begins = [part for part in path if part.span.start == start]
    part = begins[0] if begins else path[-1] if path else None
    if isinstance(part, Merge):
        return analysis.nodes_of(part.bodies[-1]) if part.bodies else ()
    return analysis.nodes_of(part) if part else ()
