"""The program of a graph of layers: every hyper-parameter written, a feature a line.

Several programs can have the same graph (`conv bnconv` and `convbn conv`; a merge in the left lane of another, and
one with two bodies). Of these it is always the same one: convolutions take the normalisation behind them where they
can, and merges have as many bodies as they can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnngen.codegen.reading.errors import NotInTheLanguage
from cnngen.codegen.structure import Chain, Fork, Item, NoLanes, structure
from cnngen.language import Node
from cnngen.language.network import Shape

#: Keras knows these activations under two names and keeps only one of them.
_SAME_ACTIVATION = {"swish": "silu"}


def program_text(nodes: Sequence[Node], input_shape: Shape, classes: int | None) -> str:
    """The program of nodes that stand depth first, the input among them. Without `classes` it names none.

    Raises:
        NotInTheLanguage: lanes that do not fork and meet in pairs, or a normalisation without a convolution beside it.
    """
    try:
        items = structure(nodes)
    except NoLanes as error:
        raise NotInTheLanguage(f"The model's graph is none of lanes that fork and meet: {error}.") from None
    lines = [f"input(shape={_value(input_shape)})"]
    lines += ["".join(_pieces(row)) for row in _rows(items[1:])]
    lines.append(f"output(classes={classes})" if classes is not None else "output")
    return "\n".join(lines) + "\n"


def _rows(items: Chain) -> Iterator[list[Item]]:
    """A chain cut into what is one word each: a layer, a merge, or a normalisation with its convolution."""
    fits = _fitting(items)
    index = 0
    while index < len(items):
        size = fits[index]
        if not size:
            stuck = next(item for item in items[index:] if isinstance(item, Node) and item.kind == "batch_norm")
            raise NotInTheLanguage(
                f'The normalisation "{stuck.name}" has no convolution beside it, so there is no word for it.'
            )
        yield items[index : index + size]
        index += size


def _fitting(items: Chain) -> list[int]:
    """For each place, how many items the word there takes so that there are words for all behind it; 0 for none.

    Where there is a choice a convolution takes the normalisation behind it.
    """
    fits = [0] * len(items) + [1]
    for index in range(len(items) - 1, -1, -1):
        if _pair(items, index) and fits[index + 2]:
            fits[index] = 2
        elif not _is(items[index], "batch_norm") and fits[index + 1]:
            fits[index] = 1
    return fits


def _pair(items: Chain, index: int) -> bool:
    """Whether a word has the two items from here on: a convolution and a normalisation, one activation at most."""
    pair = items[index : index + 2]
    kinds = [item.kind for item in pair if isinstance(item, Node)]
    if kinds not in (["conv", "batch_norm"], ["batch_norm", "conv"]):
        return False
    activations = [item.args.get("activation") for item in pair if isinstance(item, Node)]
    return any(activation in (None, "linear") for activation in activations)


def _is(item: Item, kind: str) -> bool:
    return isinstance(item, Node) and item.kind == kind


def _pieces(row: list[Item]) -> list[str]:
    """The pieces of text of one word. Merges may nest as deep as they like: the stack is a list."""
    pieces: list[str] = []
    pending: list[list[Item] | str] = [row]
    while pending:
        now = pending.pop()
        if isinstance(now, str):
            pieces.append(now)
        elif isinstance(now[0], Fork):
            pending.extend(reversed(_merge(now[0])))
        else:
            pieces.append(_word([item for item in now if isinstance(item, Node)]))
    return pieces


def _merge(fork: Fork) -> list[list[Item] | str]:
    join = fork.bodies[-1].join
    parts: list[list[Item] | str] = [f"{join.kind}(activation={_activation(join) or 'linear'}) ["]
    for body in fork.bodies:
        parts += [" (", *_lane(body.left), ", ", *_lane(body.right), ")"]
    return [*parts, " ]"]


def _lane(chain: Chain) -> list[list[Item] | str]:
    if not chain:
        return ["Empty"]
    parts: list[list[Item] | str] = []
    for row in _rows(chain):
        parts += [" ", row] if parts else [row]
    return parts


def _word(nodes: list[Node]) -> str:
    if len(nodes) == 1:
        (node,) = nodes
        return _written(node.kind, node.args)
    first, second = nodes
    conv, norm = (first, second) if first.kind == "conv" else (second, first)
    behind = _activation(norm) is not None
    args = {**conv.args, "epsilon": norm.args["epsilon"], "momentum": norm.args["momentum"]}
    args |= {"activation": _activation(norm if behind else conv), "activate": "norm" if behind else "conv"}
    return _written("convbn" if conv is first else "bnconv", args)


def _activation(node: Node) -> str | None:
    activation = node.args.get("activation")
    return None if activation == "linear" and node.kind in ("batch_norm", "add", "concat") else activation


def _written(word: str, args: Any) -> str:
    written = ", ".join(f"{name}={_value(value)}" for name, value in args.items() if value is not None)
    return f"{word}({written})" if written else word


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(str, value))})"
    if isinstance(value, bool):
        return str(value).lower()
    return _SAME_ACTIVATION.get(value, str(value)) if isinstance(value, str) else str(value)
