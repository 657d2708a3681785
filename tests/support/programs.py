"""Programs for tests: hypothesis strategies that draw them from the grammar, with and without arguments."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from cnngen.language import Severity, analyse
from cnngen.language.words.hyperparameters import ACTIVATIONS, INITIALIZERS
from cnngen.language.words.optimizers import OPTIMIZERS

CONVOLUTIONS = ("conv", "convbn", "bnconv", "upconv", "sepconv")
POOLINGS = ("avg_pooling", "max_pooling")
BRIDGES = ("flatten", "global_avg_pooling", "global_max_pooling")
WORDS = (*CONVOLUTIONS, *POOLINGS, *BRIDGES, "dropout", "dense", "input", "output", "Empty")


def _called(word: str, arguments: dict[str, object]) -> str:
    written = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return f"{word}({written})" if written else word


def _pairs(largest: int) -> st.SearchStrategy[object]:
    side = st.integers(1, largest)
    return side | st.tuples(side, side)


def _window(name: str, largest: int) -> dict[str, st.SearchStrategy[object]]:
    return {name: _pairs(largest), "strides": _pairs(3), "padding": st.sampled_from(["same", "valid"])}


_WEIGHTS: dict[str, st.SearchStrategy[object]] = {
    "activation": st.sampled_from(ACTIVATIONS),
    "use_bias": st.sampled_from(["true", "false"]),
    "kernel_initializer": st.sampled_from(INITIALIZERS),
}
_CONVOLUTION = {"filters": st.integers(1, 9), **_window("kernel_size", 4), **_WEIGHTS}
_NORMALISATION: dict[str, st.SearchStrategy[object]] = {
    "epsilon": st.sampled_from([0.001, 1e-6, 1]),
    "momentum": st.sampled_from([0, 0.9, 0.99]),
    "activate": st.sampled_from(["conv", "norm"]),
}


def _some(arguments: dict[str, st.SearchStrategy[object]]) -> st.SearchStrategy[dict[str, object]]:
    """Up to three of the arguments: with all of them hardly any two lanes would meet."""
    names = st.lists(st.sampled_from(list(arguments)), max_size=3, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: arguments[name] for name in chosen}))


def convolutions(arguments: bool) -> st.SearchStrategy[str]:
    """One convolution, with a few random hyper-parameters if asked for."""
    words = st.sampled_from(CONVOLUTIONS)
    if not arguments:
        return words
    normalised = st.builds(_called, st.sampled_from(["convbn", "bnconv"]), _some(_CONVOLUTION | _NORMALISATION))
    return words | st.builds(_called, words, _some(_CONVOLUTION)) | normalised


def poolings(arguments: bool) -> st.SearchStrategy[str]:
    """One pooling."""
    words = st.sampled_from(POOLINGS)
    if not arguments:
        return words
    return words | st.builds(_called, words, _some(_window("pool_size", 3)))


def dropouts(arguments: bool) -> st.SearchStrategy[str]:
    """One dropout."""
    rates = st.sampled_from(["", "(rate=0)", "(rate=0.25)", "(rate=0.9)"] if arguments else [""])
    return rates.map(lambda rate: f"dropout{rate}")


def _maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | strategy


def merges(arguments: bool) -> st.SearchStrategy[str]:
    """One merge; merges nest in its left lanes."""
    conv = convolutions(arguments)
    dropout = st.builds(lambda c, d: f"{c} {d}", conv, _maybe(dropouts(arguments)))
    right = st.just("Empty") | st.lists(conv, min_size=1, max_size=2).map(" ".join)
    joins = st.sampled_from(["", "add ", "concat ", "add(activation=relu) ", "concat(activation=tanh) "])
    joins = joins if arguments else st.just("")

    def merge(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        left = st.builds(
            lambda before, items, after: " ".join([before, *items, after]),
            _maybe(poolings(arguments)),
            st.lists(parts, min_size=1, max_size=3),
            _maybe(poolings(arguments)),
        )
        body = st.builds(lambda one, other: f"({one}, {other})", left, right)
        bodies = st.lists(body, min_size=1, max_size=2).map(" ".join)
        return st.builds(lambda join, inside: f"{join}[ {inside} ]", joins, bodies)

    return merge(st.recursive(dropout, merge, max_leaves=3))


def features(arguments: bool) -> st.SearchStrategy[str]:
    """A convolution or merge with its dropout and pooling."""
    return st.builds(
        lambda what, dropout, pooling: f"{what} {dropout} {pooling}".strip(),
        convolutions(arguments) | merges(arguments),
        _maybe(dropouts(arguments)),
        _maybe(poolings(arguments)),
    )


@st.composite
def sound_programs(draw: st.DrawFn, most: int) -> str:
    """A program without errors, of up to that many features, one a line: those that do not fit are left out."""
    heads = ["input", "input(dataset=cifar10)", "training(epochs=3)\ninput(shape=(40, 40, 3))"]
    tails = ["flatten\ndense", "global_avg_pooling\ndropout(rate=0.2) dense(units=9)\ndense"]
    head, tail = draw(st.sampled_from(heads)), draw(st.sampled_from(tails))
    lines = [*head.split("\n"), "conv", *draw(st.lists(features(True), max_size=most)), *tail.split("\n"), "output"]
    while True:
        found = analyse("\n".join(lines))
        faulty = {
            found.lines.position(diagnostic.span.start).line
            for diagnostic in found.diagnostics
            if diagnostic.severity is Severity.ERROR
        }
        if not faulty:
            return found.text
        lines = [line for number, line in enumerate(lines) if number not in faulty]


def programs(arguments: bool = False) -> st.SearchStrategy[str]:
    """A whole program of the core grammar, with random hyper-parameters, image shape and classes if asked for."""
    feature = features(arguments)
    dense = st.just("dense")
    hidden = st.builds(_called, dense, _some({"units": st.integers(1, 9), **_WEIGHTS})) if arguments else dense
    last = st.sampled_from(["dense", "dense(activation=linear)", "dense(use_bias=false)"]) if arguments else dense
    classifier = st.builds(lambda dropout, dense: f"{dropout} {dense}", _maybe(dropouts(arguments)), hidden)
    head = st.builds(
        lambda bridge, denses, dropout, last: " ".join([bridge, *denses, dropout, last]),
        st.sampled_from(BRIDGES),
        st.lists(classifier, max_size=1),
        _maybe(dropouts(arguments)),
        last,
    )
    shapes = ["", "(shape=(12, 12, 2))", "(shape=(9, 14, 3))", "(shape=(1, 5, 1))"] if arguments else [""]
    classes = ["", "", "(classes=10)"] if arguments else [""]
    return st.builds(
        lambda shape, features, ending, classes: f"input{shape} {' '.join(features)} {ending} output{classes}",
        st.sampled_from(shapes),
        st.lists(feature, min_size=1, max_size=4),
        st.sampled_from([True, True, True, False]).flatmap(lambda ends: head if ends else st.just("")),
        st.sampled_from(classes),
    )


def headed_programs() -> st.SearchStrategy[str]:
    """A program with random hyper-parameters that may begin with `training` and `defaults`."""
    training = {
        "optimizer": st.sampled_from(OPTIMIZERS),
        "learning_rate": st.sampled_from([0.1, 0.001]),
        "batch_size": st.integers(1, 8),
    }
    placed = {"filters", "strides"}
    shared = {name: values for name, values in _CONVOLUTION.items() if name not in placed} | _NORMALISATION
    shared |= {"pool_size": _pairs(3), "rate": st.sampled_from([0, 0.25])}
    return st.builds(
        lambda training, defaults, program: f"{training} {defaults} {program}".lstrip(),
        _maybe(st.builds(_called, st.just("training"), _some(training))),
        _maybe(st.builds(_called, st.just("defaults"), _some(shared))),
        programs(arguments=True),
    )


_TOKEN = re.compile(r"\w+|[\[\](),=]")
_NUMBERS = st.integers(0, 9).map(str)
_SLIPS = st.sampled_from([*WORDS, "cnov", "pooling", "concat", "add", "filters", "@", "(", ")", "[", "]", ",", "="])


@st.composite
def faulty_programs(draw: st.DrawFn) -> str:
    """A program in which a few tokens were deleted, doubled, swapped or replaced, numbers mostly by numbers."""
    text = draw(programs(arguments=True) | programs())
    for _ in range(draw(st.integers(1, 3))):
        tokens = list(_TOKEN.finditer(text))
        index = draw(st.integers(0, len(tokens) - 1))
        token = tokens[index]
        change = draw(st.sampled_from(["delete", "double", "swap", "replace"]))
        if token.group().isdigit() and change != "double":
            new = draw(_NUMBERS)
        elif change == "swap" and index + 1 < len(tokens):
            following = tokens[index + 1]
            between = text[token.end() : following.start()]
            text = text[: token.start()] + following.group() + between + token.group() + text[following.end() :]
            continue
        else:
            new = {"delete": "", "double": f"{token.group()} {token.group()}"}.get(change) or draw(_SLIPS)
            new = "" if change == "delete" else new
        text = text[: token.start()] + new + text[token.end() :]
    return text


def texts() -> st.SearchStrategy[str]:
    """Any text: from words and punctuation of the language in any order, up to anything at all."""
    others = [
        "training",
        "defaults",
        "add",
        "concat",
        "filters",
        "3",
        "-1",
        "1e999",
        "true",
        "(",
        ")",
        "[",
        "]",
        ",",
        "=",
        "(",
        ")",
        "//",
        "/*",
        "*/",
        "@",
        "é",
        "🙂",
        "/",
        '"',
        "'",
        '"x',
        "'y'",
    ]
    pieces = st.sampled_from([*WORDS, *others, "\n", "\r\n", "\f", "\u2028"])
    return st.lists(pieces, max_size=30).map(" ".join) | st.lists(pieces, max_size=12).map("".join) | st.text()
