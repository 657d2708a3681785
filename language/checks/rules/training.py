"""CNN206 and CNN405: options of the training that do nothing there, and such that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.checks.arguments import Written, removal
from cnngen.language.checks.rules.facts import Facts
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Related, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Layer
from cnngen.language.training import Contradiction, Training
from cnngen.language.words.hyperparameters import Condition
from cnngen.language.words.training import TRAINING

#: Fixes that write another value are proposed for the first so many of them.
_FIXES = 3


def check_training(facts: Facts) -> Iterator[Diagnostic]:
    """Look at what `training(...)` writes."""
    mention = facts.first("training")
    if mention is None or not (written := mention.arguments):
        return
    training = Training(**{name: one.value for name, one in written.items()})
    for known in TRAINING:
        if known.name in written and not training.applies(known.name):
            yield _idle(known.name, known.goes_with, training, written, mention.layer)
    for found in training.contradictions():
        yield _contradiction(found, written, mention.layer)


def _idle(
    name: str, conditions: tuple[Condition, ...], training: Training, written: dict[str, Written], layer: Layer
) -> Diagnostic:
    """An option that goes with another choice than the one there is."""
    place = written[name].span
    choices = [(one.name, _text(value)) for one in conditions for value in one.values]
    if choices:
        other = choices[0][0]
        goes_with = f"{other}={_either([value for _, value in choices])}"
        message = (
            f"'{name}' goes with {goes_with}, not with {_text(getattr(training, other))}: change that, or leave it out."
        )
    else:
        message = f"'{name}' goes with {_either([one.name for one in conditions])}: add one, or leave it out."
    fixes = [_writing(written, place, other, value) for other, value in choices[:_FIXES]]
    return Diagnostic(
        Code.IDLE_ARGUMENT,
        Severity.ERROR,
        message,
        place,
        tuple(Related(written[one.name].span, "chosen here") for one in conditions[:1] if one.name in written),
        (*fixes, _removing(layer, place)),
    )


def _contradiction(found: Contradiction, written: dict[str, Written], layer: Layer) -> Diagnostic:
    first, *others = [written[name].span for name in found.names if name in written] or [layer.word.span]
    fixes = [_writing(written, first, *found.better)] if found.better else []
    if found.names[0] in written:
        fixes.append(_removing(layer, first))
    return Diagnostic(
        Code.TRAINING,
        Severity.ERROR if found.grave else Severity.WARNING,
        found.message,
        first,
        tuple(Related(other, "does not go with it") for other in others),
        tuple(fixes),
    )


def _writing(written: dict[str, Written], place: Span, name: str, value: str) -> Fix:
    """The fix that gives an argument a value: the one there is, or one before the place."""
    if name in written:
        edit = Edit(written[name].span, f"{name}={value}")
    else:
        edit = Edit(Span(place.start, place.start), f"{name}={value}, ")
    return Fix(f"Write {name}={value}", (edit,))


def _removing(layer: Layer, place: Span) -> Fix:
    (argument,) = [one for one in layer.arguments if one.span == place]
    return Fix("Remove it", (removal(layer, argument),))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _either(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
