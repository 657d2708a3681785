"""All code actions but the quick fixes of single diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cnngen.language import Analysis, Span
from cnngen.server.features.action import EXPLICIT, FIX_ALL, FORMAT, INFERRED, REWRITE, Action
from cnngen.server.features.explicit import make_explicit
from cnngen.server.features.inferred import leave_to_inference
from cnngen.server.features.organising import fix_all, lay_out
from cnngen.server.features.replacing import change_convolution, change_join
from cnngen.server.features.wrapping import unwrap, wrap

#: What offers actions of which kinds, in the order in which they are shown.
_OF_PLACE: tuple[tuple[Callable[[Analysis, Span], Iterable[Action]], tuple[str, ...]], ...] = (
    (change_convolution, (REWRITE,)),
    (wrap, (REWRITE,)),
    (unwrap, (REWRITE,)),
    (change_join, (REWRITE,)),
    (make_explicit, (REWRITE, EXPLICIT)),
    (leave_to_inference, (REWRITE, INFERRED)),
)
_OF_PROGRAM: tuple[tuple[Callable[[Analysis], Iterable[Action]], str], ...] = ((fix_all, FIX_ALL), (lay_out, FORMAT))


def actions(analysis: Analysis, place: Span, only: Iterable[str] | None = None) -> Iterator[Action]:
    """The actions at a place, of all kinds or of `only` some; none of them makes an erroneous program."""
    wanted = None if only is None else tuple(only)
    for offer, kinds in _OF_PLACE:
        if any(includes(wanted, kind) for kind in kinds):
            yield from (action for action in offer(analysis, place) if includes(wanted, action.kind))
    for offer_whole, kind in _OF_PROGRAM:
        # A client that does not ask for these would not show them.
        if wanted is not None and includes(wanted, kind):
            yield from offer_whole(analysis)


def includes(only: Iterable[str] | None, kind: str) -> bool:
    """Whether some kinds include one: `refactor` does `refactor.rewrite`, and the empty kind all."""
    return only is None or any(not wanted or kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)
