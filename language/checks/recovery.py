"""What to make of a word out of order: the reading under which the words behind it make most sense."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: Which kinds may follow in a state, and the state that each leads to. "end": the row may be over.
Automaton = dict[str, dict[str, str]]

#: So many words behind are looked at.
_AHEAD = 8


class Reading(NamedTuple):
    """How a word out of order is taken: the state behind it, and why.

    `left_out`: it does not count. `missing`: a word of this kind is missing before it. `swapped`: it and the next have
    changed places.
    """

    state: str
    left_out: bool = False
    missing: str | None = None
    swapped: bool = False


def recover(automaton: Automaton, kinds: Sequence[str | None], index: int, state: str, usual: Reading) -> Reading:
    """The best reading of the word at `index`, which cannot follow in `state`; `usual` if no other is better."""
    best, reached = usual, _reach(automaton, kinds, index + 1, usual.state)
    for reading in _readings(automaton, kinds, index, state):
        found = min(_reach(automaton, kinds, index + 1 + reading.swapped, reading.state) + reading.swapped, _AHEAD)
        if found > reached:
            best, reached = reading, found
    return best


def pass_unknown(automaton: Automaton, kinds: Sequence[str | None], index: int, state: str) -> str:
    """The state behind text that means nothing: of a convolution, of no word at all, or of any other word."""
    follows = automaton[state]
    states = [follows.get("convolution", state), state, *(follows[kind] for kind in follows if kind != "end")]
    return max(states, key=lambda behind: _reach(automaton, kinds, index + 1, behind))


def _readings(automaton: Automaton, kinds: Sequence[str | None], index: int, state: str) -> Iterator[Reading]:
    kind, follows = kinds[index], automaton[state]
    following = kinds[index + 1] if index + 1 < len(kinds) else None
    yield Reading(state, left_out=True)
    for missing, between in follows.items():
        if missing != "end" and kind in automaton[between]:
            yield Reading(automaton[between][kind], missing=missing)
    if following in follows and kind in automaton[follows[following]]:
        yield Reading(automaton[follows[following]][kind], swapped=True)
    for meant, behind in follows.items():
        if meant != "end" and kind != "bridge":  # nobody writes flatten for another word
            yield Reading(behind, left_out=True)
    for transitions in automaton.values():
        if kind in transitions:
            yield Reading(transitions[kind])


def _reach(automaton: Automaton, kinds: Sequence[str | None], index: int, state: str) -> int:
    """How many of the next words make sense behind a state. The end and text without meaning count as all."""
    for count in range(_AHEAD):
        if index + count >= len(kinds):
            return _AHEAD
        kind = kinds[index + count]
        if kind is None or kind == "join":
            return _AHEAD
        if kind not in automaton[state]:
            return count
        state = automaton[state][kind]
    return _AHEAD
