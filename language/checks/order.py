"""Which word may stand where: the grammar of the paper's Appendix B as three small automata."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Item, Lane, Layer, Merge, Program, Stray
from cnngen.language.words.catalogue import LAYERS, WORDS
from cnngen.language.words.synonyms import suggest

# A state tells which categories of words may follow, each with the state it leads to. "end" means that the
# program or lane may be over.
_Automaton = dict[str, dict[str, str]]

#: The lanes of a merge's body.
Side = Literal["left", "right"]

_FEATURES = {"convolution": "layer", "merge": "layer"}
_PROGRAM: _Automaton = {
    "start": {"training": "start", "defaults": "start", "input": "input"},
    "input": _FEATURES,
    "layer": {**_FEATURES, "dropout": "dropout", "pooling": "pooling", "bridge": "bridge", "output": "over"},
    "dropout": {**_FEATURES, "pooling": "pooling", "bridge": "bridge", "output": "over"},
    "pooling": {**_FEATURES, "bridge": "bridge", "output": "over"},
    "bridge": {"dropout": "head dropout", "dense": "dense"},
    "head dropout": {"dense": "dense"},
    "dense": {"dropout": "head dropout", "dense": "dense", "output": "over"},
    "over": {"end": "over"},
}
_LEFT: _Automaton = {
    "start": {"pooling": "opened", "convolution": "convolution", "merge": "layer"},
    "opened": {"convolution": "convolution", "merge": "layer"},
    "convolution": {
        "convolution": "convolution",
        "merge": "layer",
        "dropout": "layer",
        "pooling": "closed",
        "end": "over",
    },
    "layer": {"convolution": "convolution", "merge": "layer", "pooling": "closed", "end": "over"},
    "closed": {"end": "over"},
}
_RIGHT: _Automaton = {
    "start": {"convolution": "convolution", "empty": "closed"},
    "convolution": {"convolution": "convolution", "end": "over"},
    "closed": {"end": "over"},
}

#: Where a misplaced word leads all the same, so that one fault is reported once.
_LANDING = {"input": "input", "convolution": "layer", "merge": "layer", "dense": "dense", "output": "over"}

#: What may follow a first feature: where that is missing, it alone is reported.
_AFTER_FEATURE = {"dropout": "dropout", "pooling": "pooling", "bridge": "bridge", "dense": "dense"}

_SHOWN = {
    "convolution": "a convolution (conv, convbn, bnconv, upconv, sepconv)",
    "merge": "a merge ([ … ])",
    "pooling": "a pooling (avg_pooling, max_pooling)",
    "bridge": "a bridge (flatten, global_avg_pooling, global_max_pooling)",
    "empty": "Empty",
}


@dataclass(slots=True)
class Order:
    """The outcome: what was found, the words that are meant where others are written, and what to leave out."""

    diagnostics: list[Diagnostic]
    meant: dict[Layer, str]
    misplaced: set[Item]
    #: What each item is to the automata; text that means nothing is not among them.
    categories: dict[Item, str] = field(default_factory=dict)
    #: The top-level layers that are in their place, by the word that they are taken for.
    placed: dict[str, list[Layer]] = field(default_factory=dict)

    def word(self, layer: Layer) -> str:
        """The word that a layer is taken for."""
        return self.meant.get(layer, layer.word.text)


def check_order(program: Program) -> Order:
    """Check every word's place, in the program and in each lane of each merge."""
    order = Order([], {}, set())
    for item in program.items:
        _recognise(item, order)
    _check_sequence(program.items, _PROGRAM, order)
    _check_program_end(program, order)
    for item in program.walk():
        if isinstance(item, Merge):
            _check_merge(item, order)
    for item in program.items:
        if isinstance(item, Layer) and item not in order.misplaced:
            order.placed.setdefault(order.word(item), []).append(item)
    return order


def misplaced_in(items: tuple[Item, ...], lane: Side | None) -> int:
    """How many items of a lane, or with None of a program, are out of order; whatever is inside merges."""
    order = Order([], {}, set())
    for item in items:
        _recognise(item, order)
    before = len(order.diagnostics)
    _check_sequence(items, _PROGRAM if lane is None else _LEFT if lane == "left" else _RIGHT, order)
    return len(order.diagnostics) - before


def category(item: Item, order: Order) -> str | None:
    """What an item is to the automata; None for text that means nothing."""
    return order.categories.get(item)


def _recognise(item: Item, order: Order) -> None:
    """Note what an item is. Report text that is no word of the language, and guess which word is meant."""
    if isinstance(item, Merge):
        order.categories[item] = "merge"
    elif isinstance(item, Layer) and (word := WORDS.get(item.word.text)):
        order.categories[item] = word.category
    elif isinstance(item, Stray):
        order.diagnostics.append(_meaningless(item))
    else:
        written = item.word.text
        meant = suggest(written)
        message = f"'{written[:30]}' is not a word of the language"
        fixes: tuple[Fix, ...] = ()
        if meant:
            message += f": did you mean {meant}?"
            fixes = (Fix(f"Replace by {meant}", (Edit(item.word.span, meant),)),)
            order.meant[item] = meant
            order.categories[item] = WORDS[meant].category
        else:
            message += f": its layers are {', '.join(LAYERS)}."
        order.diagnostics.append(Diagnostic(Code.UNKNOWN_WORD, Severity.ERROR, message, item.word.span, fixes=fixes))


def _meaningless(stray: Stray) -> Diagnostic:
    """What to do about text that is no word of any language."""
    if stray.text.startswith("/*"):
        message, fix = (
            "This comment never ends: '*/' is missing.",
            Fix("End the comment", (Edit(Span(stray.span.end, stray.span.end), " */"),)),
        )
    elif stray.text == "(":
        message = "These arguments stand behind no word: write the layer before them, such as conv(filters=8)."
        fix = Fix("Remove them", (Edit(stray.span, ""),))
    else:
        message = f"'{stray.text[:20]}' means nothing in this language: remove it."
        fix = Fix(f"Remove '{stray.text[:20]}'", (Edit(stray.span, ""),))
    return Diagnostic(Code.UNKNOWN_TEXT, Severity.ERROR, message, stray.span, fixes=(fix,))


def _check_sequence(items: tuple[Item, ...], automaton: _Automaton, order: Order) -> str:
    """Walk an automaton over items and report what is out of order. Gives the last state."""
    state = "start"
    for index, item in enumerate(items):
        kind = category(item, order)
        if kind is None:
            # Unknown text was reported. It may well have been a convolution, so what follows is not judged by it.
            order.misplaced.add(item)
            state = automaton[state].get("convolution", state)
            continue
        following = automaton[state].get(kind)
        if following is not None:
            state = following
            continue
        order.diagnostics.append(_misplaced(items, index, kind, automaton, state, order))
        if kind == "join":  # its merge was meant to stand here
            order.misplaced.add(item)
            state = automaton[state].get("merge", state)
            continue
        landing = _LANDING.get(kind) if automaton is _PROGRAM else "convolution" if kind == "convolution" else None
        if kind in _AFTER_FEATURE and automaton is _PROGRAM and state == "input":
            landing = _AFTER_FEATURE[kind]
        head = state in ("bridge", "head dropout", "dense", "over")
        if landing is None or (head and landing in ("layer", "input")) or (landing == "input" and state != "start"):
            order.misplaced.add(item)
        else:
            state = landing
    return state


def _misplaced(
    items: tuple[Item, ...], index: int, kind: str, automaton: _Automaton, state: str, order: Order
) -> Diagnostic:
    item, before = items[index], items[max(0, index - 2) : index]
    written = "A merge" if isinstance(item, Merge) else f"'{item.word.text}'" if isinstance(item, Layer) else ""
    span = item.bracket if isinstance(item, Merge) else item.word.span if isinstance(item, Layer) else item.span
    at = Span(item.span.start, item.span.start)
    fixes: list[Fix] = []
    if kind == "join":
        message = f"{written} joins the lanes of a merge: brackets with bodies must follow it."
    elif kind == "dense" and automaton is _PROGRAM and state in ("layer", "dropout", "pooling"):
        message = f"{written} needs a vector, here is still an image: a bridge such as flatten is missing before it."
        fixes.append(Fix("Insert flatten", (Edit(at, "flatten "),)))
    elif kind == "output" and state in ("bridge", "head dropout"):
        message = f"The head of the network has no classifier yet: dense is missing before {written}."
        fixes.append(Fix("Insert dense", (Edit(at, "dense "),)))
    elif kind in _AFTER_FEATURE and automaton is _PROGRAM and state == "input":
        message = f"{written} cannot stand behind 'input': a convolution or a merge comes first."
        text = "conv flatten" if kind == "dense" else "conv"
        fixes.append(Fix(f"Insert {text}", (Edit(at, f"{text} "),)))
    elif state == "start" and automaton is _PROGRAM:
        message = f"A network begins with input: it is missing before {written.replace('A merge', 'the merge')}."
        fixes.append(Fix("Insert input", (Edit(at, "input "),)))
    elif kind == "dropout" and _belongs_before(automaton, before, order):
        pooling = before[-1]
        assert isinstance(pooling, Layer)
        message = f"{written} cannot stand behind '{pooling.word.text}': it belongs before it."
        start = Span(pooling.span.start, pooling.span.start)
        if isinstance(item, Layer) and not item.arguments:
            fixes.append(Fix(f"Put it before '{pooling.word.text}'", (Edit(start, "dropout "), Edit(item.span, ""))))
        fixes.append(Fix("Remove 'dropout'", (Edit(item.span, ""),)))
    elif state == "over" and automaton is _PROGRAM:
        message = f"The network ends with output: {written} cannot stand behind it."
        fixes.append(Fix("Remove it", (Edit(item.span, ""),)))
    else:
        allowed = [_SHOWN.get(name, name) for name in automaton[state] if name != "end"]
        where = _where(automaton, before)
        may = f"here may stand {_listed(allowed)}." if allowed else "the lane must end here."
        message = f"{written} cannot stand {where}: {may}"
        name = written if kind != "merge" else "the merge"
        if automaton is not _PROGRAM and len(items) == 1:  # a lane must not be left blank
            fixes.append(Fix(f"Replace {name} by conv", (Edit(item.span, "conv"),)))
        else:
            fixes.append(Fix(f"Remove {name}", (Edit(item.span, ""),)))
    return Diagnostic(Code.WORD_ORDER, Severity.ERROR, message, span, fixes=tuple(fixes))


def _belongs_before(automaton: _Automaton, before: tuple[Item, ...], order: Order) -> bool:
    """Whether a dropout stands behind a pooling before which it could stand: people swap the two."""
    kinds = tuple(category(item, order) for item in before)
    return kinds == ("convolution", "pooling") or (kinds == ("merge", "pooling") and automaton is _PROGRAM)


def _where(automaton: _Automaton, before: tuple[Item, ...]) -> str:
    if not before:
        return {id(_LEFT): "first in a left lane", id(_RIGHT): "in a right lane"}.get(id(automaton), "here")
    last = before[-1]
    behind = "behind the merge" if isinstance(last, Merge) else "behind that text"
    if isinstance(last, Layer):
        behind = f"behind '{last.word.text}'"
    return f"in a right lane {behind}" if automaton is _RIGHT else behind


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _check_program_end(program: Program, order: Order) -> None:
    kinds = [category(item, order) for item in program.items]
    for wanted, name in (("input", "input"), ("output", "output")):
        if wanted in kinds:
            continue
        if wanted == "input" and any(kind not in (None, "training", "defaults") for kind in kinds):
            continue  # reported at the first word that needs it
        end = program.items[-1].span.end if program.items else 0
        fix = Fix(f"Add {name}", (Edit(Span(end, end), f" {name}" if program.items else name),))
        message = {
            "input": "There is no network here yet: it begins with input.",
            "output": "The network does not end: output is missing.",
        }[wanted]
        if wanted == "output" and "input" not in kinds and not any(kinds):
            return
        span = program.items[-1].span if program.items else Span(0, 0)
        order.diagnostics.append(Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, span, fixes=(fix,)))
    if kinds and kinds[-1] == "output" and "input" in kinds:
        between = kinds[kinds.index("input") + 1 : -1]
        if not between:
            message = "A network needs at least one convolution or merge between input and output."
            at = program.items[-1].span.start
            fix = Fix("Insert conv flatten dense", (Edit(Span(at, at), "conv flatten dense "),))
            # The check of the order has said that output came too early; this says what to do instead.
            order.diagnostics[:] = [
                found
                for found in order.diagnostics
                if not (found.code is Code.WORD_ORDER and found.span == program.items[-1].span)
            ]
            order.diagnostics.append(
                Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, program.items[-1].span, fixes=(fix,))
            )


def _check_merge(merge: Merge, order: Order) -> None:
    if not merge.bodies and not merge.repaired:
        message = "A merge needs at least one body: write [ (conv, Empty) ]."
        at = merge.bracket.end
        fix = Fix("Insert (conv, Empty)", (Edit(Span(at, at), " (conv, Empty)"),))
        order.diagnostics.append(Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, merge.bracket, fixes=(fix,)))
    for body in merge.bodies:
        _check_body(body, order)


def _check_body(body: Body, order: Order) -> None:
    for lane in body.lanes:
        for item in lane.items:
            _recognise(item, order)
    closing = body.span.end - 1
    if len(body.lanes) < 2 and not body.repaired:
        fix = Fix("Insert ', Empty'", (Edit(Span(closing, closing), ", Empty"),))
        message = "A body has two lanes, a left and a right one: ',' and the right lane are missing."
        order.diagnostics.append(
            Diagnostic(Code.MISSING_PUNCTUATION, Severity.ERROR, message, Span(closing, body.span.end), fixes=(fix,))
        )
    for lane in body.lanes[2:]:
        fix = Fix("Remove this lane", (Edit(Span(body.lanes[1].span.end, closing), ""),))
        message = "A body has two lanes: this one is too many."
        order.diagnostics.append(Diagnostic(Code.SURPLUS_PUNCTUATION, Severity.ERROR, message, lane.span, fixes=(fix,)))
    for lane, automaton, least in zip(body.lanes, (_LEFT, _RIGHT), ("conv", "Empty"), strict=False):
        state = _check_sequence(lane.items, automaton, order)
        if "end" not in automaton[state] and not body.repaired and not _has_unknown(lane, order):
            what = "a convolution or a merge" if least == "conv" else "a convolution or Empty"
            side = "left" if least == "conv" else "right"
            message = f"The {side} lane needs {what}."
            at = lane.span.end
            fix = Fix(f"Insert {least}", (Edit(Span(at, at), f" {least}"),))
            span = lane.span if lane.items else Span(at, at + 1)
            order.diagnostics.append(Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, span, fixes=(fix,)))


def _has_unknown(lane: Lane, order: Order) -> bool:
    """Whether something in the lane was reported already, so that the lane is not judged for lacking it."""
    return any(item in order.misplaced or category(item, order) is None for item in lane.items)
