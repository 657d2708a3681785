"""What may be missing at a place or left out there, and what each change costs: how likely a slip it mends."""

from __future__ import annotations

from cnngen.language.syntax.places import FAULT, ITEMS, LEFT, LISTS, OF_ARGUMENTS, SCALARS, Place, begun, closing_mark
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS

# The price of a change, where a fault costs FAULT.
_OPEN = FAULT + 10  # whoever forgets a bracket rather forgets to close
_DROP_ARGUMENTS = FAULT + 10  # and so behind a word, or where a value stands
_DROP_BODY = FAULT - 10  # whoever begins a body has a merge around it
_OTHER_MERGE = _OTHER_BRACKET = FAULT + 10  # dearer than a bracket that is forgotten before it
_CLOSE_INSERTED = FAULT // 5  # a pair of brackets is forgotten together
_CLOSE_TYPED = FAULT - 20  # whoever is writing has yet to close what is open
_CLOSE_ALL = FAULT // 2  # whoever writes on behind a merge, or on the next line, has forgotten all its brackets
_DROP_TEXT = FAULT + 10  # the check of the order says better what is wrong with it
_DROP_SCALAR = FAULT + 75  # with a = behind it dearer than two faults: its comma and its value are missing
_DROP_LAYER = 3 * FAULT
_DROP_MORE = FAULT * 3 // 10
DROP_OPENER = FAULT * 5 // 2  # of arguments behind a word, and with a value behind it: their end is missing
GLUE = FAULT + 20
OVER_THE_LINE = FAULT  # items of merges are indented; where one is not, the merge is likelier over
DEAREST = _DROP_LAYER  # whatever the token, it can be left out at this price

#: Stands among the marks for a name without letters: the check of the arguments asks for the right one.
NAME = "n"
#: The marks that open something.
OPENERS = ("(", "[")

#: Marks of other languages or of another construct, and those that they are written for.
_MISTAKEN = {"{": "[(", "}": "])", ";": ",", ":": "=", "[": "(", "]": ")"}


def is_value(token: Token) -> bool:
    """Whether a token can only be the value of an argument."""
    return token.kind in ("NUMBER", "STRING")


def begins_argument(token: Token) -> bool:
    """Whether a token behind `(` is a value, or a word that is no layer's."""
    return is_value(token) or (token.kind == "WORD" and token.text not in WORDS)


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
    if state == "start" and place.kind in LISTS and token.kind == "WORD" and begun(token.text):
        return ""
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


def insertion_price(place: Place, mark: str, token: Token, new_line: bool) -> int:
    """What it costs to put a mark in at a place, before a token. `new_line`: that begins a line and an item."""
    if mark in OPENERS:
        return _OPEN
    if mark in (")", "]") and place.opener == "inserted":
        return _CLOSE_INSERTED
    if token is END:
        return _CLOSE_TYPED
    if mark in (")", "]") and (new_line or ((word := WORDS.get(token.text)) and word.top_level)):
        return _CLOSE_ALL
    return 0 if mark == "," and place.state == "value" else FAULT  # there the missing value is reported


def mistaken(place: Place, token: Token) -> str:
    """The marks that a token may stand for at a place."""
    arguments = place.kind in LISTS or (token.kind == "[" and place.state == "word")
    return "" if token.kind in ("[", "]") and not arguments else _MISTAKEN.get(token.text, "")


def replacement_price(place: Place, mark: str) -> int:
    """What it costs to take a token for another mark. Both brackets of a pair are mistaken together."""
    if mark in (")", "]") and place.opener == "mistaken":
        return 0
    return _OTHER_BRACKET if place.kind in LISTS and mark == ")" else FAULT


def drop_price(place: Place, token: Token, run: bool) -> int:
    """What it costs to leave a token out. `run`: the one before it was left out too."""
    if token.kind in ("WORD", "JOIN") and (token.text in WORDS or place.kind not in LISTS):
        return _DROP_LAYER
    if token.kind == "(" and place.state in ("word", "value"):
        return _DROP_ARGUMENTS
    if place.kind == "merge" and place.state == "item" and token.kind in OPENERS:
        return _DROP_BODY if token.kind == "(" else _OTHER_MERGE
    if token.kind == "[" and place.state == "value":
        return DROP_OPENER
    if run and token.kind in ("BAD", "="):
        return _DROP_MORE
    if token.kind == "[" and place.kind in LISTS:
        return _DROP_SCALAR  # a merge begins, and they are still open
    if token.kind == "BAD":
        return _DROP_TEXT if place.kind in ITEMS else FAULT
    return _DROP_SCALAR if token.kind in SCALARS and place.kind in LISTS else FAULT
