"""What was decided, spelt out: the arguments of a node, why each that is not written is what it is, and the values of a
word in the words of the language.

Errors and shapes do not need this, so it is made when somebody looks at a node.
"""

from __future__ import annotations

from typing import Any

from cnngen.language.resolve.choices import Choice, Meaning, Values, Why
from cnngen.language.words.hyperparameters import FIRST_FILTERS, MOST_FILTERS

#: What convolutions and dense layers have besides sizes.
_WEIGHTS = ("activation", "use_bias", "kernel_initializer")


def values_of(kind: str, choice: Choice | None) -> Values:
    """The arguments of a node under their Keras names, and why each that is not written is what it is."""
    if choice is None:
        return {}, {}
    match choice.meaning.category:
        case "convolution":
            return _normalisation(choice) if kind == "batch_norm" else _convolution(choice)
        case "pooling":
            return _window(choice)
        case "dense":
            return _dense(choice)
        case "join":
            return _join(choice)
    return choice.meaning.settled("rate")


def spoken(choice: Choice) -> dict[str, Any]:
    """The values of a word, in the words of the language and in the order of its catalogue."""
    meaning = choice.meaning
    if meaning.category == "join":
        return {"activation": _join(choice)[0]["activation"] or "linear"}
    if meaning.category != "convolution":
        return values_of(meaning.word, choice)[0]
    values = {"filters": choice.width, **_window(choice)[0], **meaning.settled(*_WEIGHTS)[0]}
    if _normalised(meaning):
        values |= meaning.settled("epsilon", "momentum", "activate")[0]
    return values


def _window(choice: Choice) -> Values:
    window, meaning = choice.window, choice.meaning
    assert window
    kernel = "pool_size" if meaning.category == "pooling" else "kernel_size"
    values = {kernel: window.kernel, "strides": window.strides, "padding": window.padding}
    usual = choice.why is Why.USUAL
    return values, {
        name: "from defaults(…)" if usual and name in meaning.defaults else choice.why.value
        for name in values
        if name not in meaning.written
    }


def _convolution(choice: Choice) -> Values:
    meaning = choice.meaning
    values, inferred = _window(choice)
    if "filters" not in meaning.written:
        asked = "takes the channels that the merge needs"
        inferred["filters"] = asked if choice.given else _doubled(choice.reductions)
    rest, why = meaning.settled(*_WEIGHTS)
    inferred |= why
    values = {"filters": choice.width, **values, **rest}
    if _normalised(meaning) and _activates_norm(meaning):
        values["activation"], inferred["activation"] = "linear", "the activation follows the normalisation"
    return values, inferred


def _normalisation(choice: Choice) -> Values:
    """The arguments of the normalisation that stands before or behind a convolution."""
    meaning = choice.meaning
    numbers, inferred = meaning.settled("epsilon", "momentum")
    values = {**numbers, "activation": None}
    if _activates_norm(meaning):
        activation, why = meaning.settled("activation")
        if activation["activation"] != "linear":
            values |= activation
        inferred |= why
    else:
        inferred["activation"] = "the activation belongs to the convolution"
    return values, inferred


def _normalised(meaning: Meaning) -> bool:
    return meaning.word in ("convbn", "bnconv")


def _activates_norm(meaning: Meaning) -> bool:
    return bool(meaning.settled("activate")[0]["activate"] == "norm")


def _dense(choice: Choice) -> Values:
    meaning, inferred = choice.meaning, {}
    if "units" not in meaning.written:
        inferred["units"] = "one for each class" if choice.given else "the usual value"
    rest, why = meaning.settled(*_WEIGHTS)
    inferred |= why
    values = {"units": choice.width, **rest}
    if choice.given and "activation" not in meaning.written:
        values["activation"], inferred["activation"] = "softmax", "the classifier gives probabilities"
    return values, inferred


def _join(choice: Choice) -> Values:
    activation = choice.meaning.written.get("activation", "linear")
    inferred = {} if "activation" in choice.meaning.written else {"activation": "joins are linear"}
    return {"activation": None if activation == "linear" else activation}, inferred


def _doubled(reductions: int) -> str:
    """Why a convolution has the filters that it has, behind so many reductions of the image."""
    if not reductions:
        return f"{FIRST_FILTERS}, for nothing before reduces the image"
    times = "the reduction" if reductions == 1 else f"each of the {reductions} reductions"
    most = f", up to {MOST_FILTERS}" if FIRST_FILTERS << min(reductions, 10) > MOST_FILTERS else ""
    return f"{FIRST_FILTERS}, doubled after {times} of the image{most}"
