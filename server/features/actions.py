"""All code actions but the quick fixes of single diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cnngen.language import Analysis, Span
from cnngen.server.features.action import EXPLICIT, FIX_ALL, FORMAT, INFERRED, REWRITE, Action
from cnngen.server.features.explicit import make_all_explicit, make_explicit
from cnngen.server.features.inferred import leave_all_to_inference, leave_to_inference
from cnngen.server.features.organising import fix_all, lay_out
from cnngen.server.features.replacing import change_convolution, change_join
from cnngen.server.features.wrapping import unwrap, wrap

#: What rewrites the layers and merges at a place, in the order in which it is shown.
_OF_PLACE: tuple[Callable[[Analysis, Span], Iterable[Action]], ...] = (
    change_convolution,
    wrap,
    unwrap,
    change_join,
    make_explicit,
    leave_to_inference,
)
#: What changes the whole program, by its kind.
_OF_PROGRAM: tuple[tuple[str, Callable[[Analysis], Iterable[Action]]], ...] = (
    (EXPLICIT, make_all_explicit),
    (INFERRED, leave_all_to_inference),
    (FIX_ALL, fix_all),
    (FORMAT, lay_out),
)


def actions(analysis: Analysis, place: Span, only: Iterable[str] | None = None) -> Iterator[Action]:
    """The actions at a place, or those of some kinds. None of them makes a sound program erroneous.

    Those of the whole program are for who asks for their kind: they have little to do with the place.
    """
    wanted = None if only is None else tuple(only)
    if includes(wanted, REWRITE):
        for offer in _OF_PLACE:
            yield from offer(analysis, place)
    for kind, offer_whole in _OF_PROGRAM:
        if wanted is not None and includes(wanted, kind):
            yield from offer_whole(analysis)


def includes(only: Iterable[str] | None, kind: str) -> bool:
    """Whether some kinds include one: `refactor` does `refactor.rewrite`, and the empty kind all."""
    return only is None or any(not wanted or kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)
