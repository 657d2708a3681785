"""What may be missing at a place or left out there, and what each change costs: how likely a slip it mends."""

from __future__ import annotations

from cnngen.language.syntax.places import FAULT, ITEMS, LEFT, LISTS, OF_ARGUMENTS, SCALARS, Place, closing_mark
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS

# The price of a change, where a fault costs FAULT.
_OPEN = FAULT + 10  # whoever forgets a bracket rather forgets to close
_CLOSE_INSERTED = FAULT // 5  # a pair of brackets is forgotten together
_CLOSE_TYPED = FAULT - 20  # whoever is writing has yet to close what is open
_CLOSE_ALL = FAULT // 2  # whoever writes on behind a merge has forgotten all its brackets
_DROP_TEXT = FAULT + 10  # the check of the order says better what is wrong with it
_DROP_SCALAR = FAULT + 75  # with a = behind it dearer than two faults: its comma and its value are missing
_DROP_LAYER = 3 * FAULT
_DROP_MORE = FAULT * 3 // 10
DROP_OPENER = FAULT * 5 // 2  # of arguments behind a word, and with a value behind it: their end is missing
GLUE = FAULT + 20
DEAREST = _DROP_LAYER  # whatever the token, it can be left out at this price


#: Stands among the marks for a name without letters: the check of the arguments asks for the right one.
NAME = "n"


def is_value(token: Token) -> bool:
    """Whether a token can only be the value of an argument."""
    return token.kind in ("NUMBER", "STRING")


def unsaid(place: Place, token: Token) -> bool:
    """Whether what is missing at a place is not reported, because the text ends there: somebody is writing it."""
    return token is END and (place.kind not in LISTS or place.state == "word")


def insertable(place: Place, token: Token, following: str) -> str:
    """The marks that may be missing at a place, before a token; NAME for the name of an argument."""
    kind, state = place.kind, place.state
    if token is END:
        return "[" if place.joins else "" if kind == "program" else closing_mark(place)
    if kind == "merge":
        return "(]"
    named = token.kind == "WORD" and (following == "=" or token.text in OF_ARGUMENTS)
    if kind in ITEMS:
        marks = "" if kind == "program" else ")," if kind in LEFT else ")"
        return marks + ("[" if token.kind == "(" else "(" if named and state in ("word", "join") else "")
    if kind == "tuple":
        return ")," if state == "end" else ")"
    if state == "word":
        return "=),"
    if state == "value":
        return "(" if token.kind == "NUMBER" else ",)" if named else ")"
    if state == "start" and token.kind == "=":
        return NAME
    if state == "start" and is_value(token):
        return ""
    return ")," if state == "end" else ")"


def insertion_price(place: Place, mark: str, token: Token) -> int:
    """What it costs to put a mark in at a place, before a token."""
    if mark in ("(", "["):
        return _OPEN
    if mark in (")", "]") and place.inserted:
        return _CLOSE_INSERTED
    if token is END:
        return _CLOSE_TYPED
    if mark in (")", "]") and (word := WORDS.get(token.text)) and word.top_level:
        return _CLOSE_ALL
    return 0 if mark == "," and place.state == "value" else FAULT  # there the missing value is reported


def drop_price(place: Place, token: Token, run: bool) -> int:
    """What it costs to leave a token out. `run`: the one before it was left out too."""
    if token.kind in ("WORD", "JOIN") and (token.text in WORDS or place.kind not in LISTS):
        return _DROP_LAYER
    if run and token.kind in ("BAD", "="):
        return _DROP_MORE
    if token.kind == "[" and place.kind in LISTS:
        return _DROP_SCALAR  # a merge begins, and they are still open
    if token.kind == "BAD":
        return _DROP_TEXT if place.kind in ITEMS else FAULT
    return _DROP_SCALAR if token.kind in SCALARS and place.kind in LISTS else FAULT
