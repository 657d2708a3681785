"""Which word may stand where: the grammar of the paper's Appendix B as three small automata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from cnngen.language.checks.recovery import Automaton, Reading, pass_unknown, recover
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Item, Layer, Merge, Stray
from cnngen.language.words.catalogue import WORDS

#: The lanes of a merge's body.
Side = Literal["left", "right"]

# A state tells which categories of words may follow, each with the state it leads to. "end" means that the
# program or lane may be over.
_FEATURES = {"convolution": "layer", "merge": "layer"}
_PROGRAM: Automaton = {
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
LEFT: Automaton = {
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
RIGHT: Automaton = {
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


class Walk(NamedTuple):
    """How a walk over items ended: the last state, and the indices of the items to leave out."""

    state: str
    misplaced: list[int]


def check_program(kinds: Sequence[str | None], items: Sequence[Item], diagnostics: list[Diagnostic]) -> list[int]:
    """Check the place of every item of a program's top level. Gives the indices of those to leave out.

    `kinds` has the category of each, None for text that means nothing.
    """
    walk = check_sequence(kinds, items, _PROGRAM, diagnostics)
    _check_end(kinds, items, diagnostics)
    return walk.misplaced


def misplaced_in(kinds: Sequence[str | None], items: Sequence[Item], lane: Side | None) -> int:
    """How many items of a lane, or with None of a program, are out of order."""
    diagnostics: list[Diagnostic] = []
    check_sequence(kinds, items, _PROGRAM if lane is None else LEFT if lane == "left" else RIGHT, diagnostics)
    return len(diagnostics)


def check_sequence(
    kinds: Sequence[str | None], items: Sequence[Item], automaton: Automaton, diagnostics: list[Diagnostic]
) -> Walk:
    """Walk an automaton over items of these kinds and report what is out of order."""
    state = "start"
    misplaced: list[int] = []
    index = 0
    while index < len(kinds):
        kind = kinds[index]
        index += 1
        if kind is None:
            # Unknown text was reported. What follows is not judged by it.
            misplaced.append(index - 1)
            state = pass_unknown(automaton, kinds, index - 1, state)
            continue
        following = automaton[state].get(kind)
        if following is not None:
            state = following
            continue
        if kind == "join":  # its merge was meant to stand here
            join = items[index - 1]
            if isinstance(join, Layer) and join.word.text in WORDS:  # a misspelt one was reported
                diagnostics.append(_misplaced(kinds, items, index - 1, automaton, state, None))
            misplaced.append(index - 1)
            if kinds[index : index + 1] != ["merge"]:
                state = automaton[state].get("merge", state)
            continue
        reading = recover(automaton, kinds, index - 1, state, _usual(automaton, kind, state))
        diagnostics.append(_misplaced(kinds, items, index - 1, automaton, state, reading))
        if reading.left_out:
            misplaced.append(index - 1)
        index += reading.swapped
        state = reading.state
    return Walk(state, misplaced)


def _usual(automaton: Automaton, kind: str, state: str) -> Reading:
    """How a word out of order is taken where what follows does not tell."""
    landing = _LANDING.get(kind) if automaton is _PROGRAM else "convolution" if kind == "convolution" else None
    if kind in _AFTER_FEATURE and automaton is _PROGRAM and state == "input":
        landing = _AFTER_FEATURE[kind]
    head = state in ("bridge", "head dropout", "dense", "over")
    if landing is None or (head and landing in ("layer", "input")) or (landing == "input" and state != "start"):
        return Reading(state, left_out=True)
    return Reading(landing)


def _misplaced(
    kinds: Sequence[str | None],
    items: Sequence[Item],
    index: int,
    automaton: Automaton,
    state: str,
    reading: Reading | None,
) -> Diagnostic:
    kind, item, before = kinds[index], items[index], items[max(0, index - 2) : index]
    written = "A merge" if isinstance(item, Merge) else _named(item)
    span = item.bracket if isinstance(item, Merge) else item.word.span if isinstance(item, Layer) else item.span
    at = Span(item.span.start, item.span.start)
    fixes: list[Fix] = []
    if kind == "join":
        message = f"{written} joins the lanes of a merge: brackets with bodies must follow it."
    elif reading and reading.swapped:
        after = items[index + 1]
        message = f"{written} stands before {_named(after)}, but belongs behind it: swap them."
        if isinstance(item, Layer) and isinstance(after, Layer) and not item.arguments and not after.arguments:
            swap = Edit(item.span, after.word.text), Edit(after.span, item.word.text)
            fixes.append(Fix("Swap them", swap))
    elif reading and reading.missing == "convolution" and before and state != "input":
        message = f"{written} cannot stand {_where(automaton, before)}: a convolution or a merge is missing before it."
        fixes.append(Fix("Insert conv", (Edit(at, "conv "),)))
    elif reading and reading.missing == "bridge" and kind == "dropout":
        message = f"{written} stands in the head of the network: a bridge such as flatten is missing before it."
        fixes.append(Fix("Insert flatten", (Edit(at, "flatten "),)))
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
    elif kind == "dropout" and _belongs_before(automaton, kinds[max(0, index - 2) : index]):
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


def _named(item: Item) -> str:
    return "the merge" if isinstance(item, Merge) else f"'{item.word.text}'" if isinstance(item, Layer) else ""


def _belongs_before(automaton: Automaton, before: Sequence[str | None]) -> bool:
    """Whether a dropout stands behind a pooling before which it could stand: people swap the two."""
    kinds = tuple(before)
    return kinds == ("convolution", "pooling") or (kinds == ("merge", "pooling") and automaton is _PROGRAM)


def _where(automaton: Automaton, before: Sequence[Item]) -> str:
    if not before:
        return {id(LEFT): "first in a left lane", id(RIGHT): "in a right lane"}.get(id(automaton), "here")
    last = before[-1]
    behind = "behind the merge" if isinstance(last, Merge) else "behind that text"
    if isinstance(last, Layer):
        behind = f"behind '{last.word.text}'"
    return f"in a right lane {behind}" if automaton is RIGHT else behind


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _check_end(kinds: Sequence[str | None], items: Sequence[Item], diagnostics: list[Diagnostic]) -> None:
    if kinds and kinds[-1] is None:
        last = items[-1]
        if isinstance(last, Stray) and last.text.startswith("/*"):
            return  # the comment has swallowed the end
    for wanted, name in (("input", "input"), ("output", "output")):
        if wanted in kinds:
            continue
        if wanted == "input" and any(kind not in (None, "training", "defaults") for kind in kinds):
            continue  # reported at the first word that needs it
        end = items[-1].span.end if items else 0
        text = "input conv flatten dense output" if wanted == "input" else name
        fix = Fix(f"Add {text}", (Edit(Span(end, end), f" {text}" if items else text),))
        message = {
            "input": "There is no network here yet: it begins with input.",
            "output": "The network does not end: output is missing.",
        }[wanted]
        if wanted == "output" and all(kind in (None, "training", "defaults") for kind in kinds):
            return
        span = items[-1].span if items else Span(0, 0)
        diagnostics.append(Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, span, fixes=(fix,)))
    if kinds and kinds[-1] == "output" and "input" in kinds:
        between = kinds[kinds.index("input") + 1 : -1]
        if not between:
            message = "A network needs at least one convolution or merge between input and output."
            at = items[-1].span.start
            fix = Fix("Insert conv flatten dense", (Edit(Span(at, at), "conv flatten dense "),))
            # The check of the order has said that output came too early; this says what to do instead.
            diagnostics[:] = [
                found for found in diagnostics if not (found.code is Code.WORD_ORDER and found.span == items[-1].span)
            ]
            diagnostics.append(Diagnostic(Code.INCOMPLETE, Severity.ERROR, message, items[-1].span, fixes=(fix,)))
