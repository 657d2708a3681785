"""`code`: a Transformer on the generated Python, tokenised by layers and hyper-parameters (the paper's section 5.2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cnngen.codegen import keras_code
from cnngen.language import analyse
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.deep.items import Item, Vocabulary, inputs, meaning, present
from cnngen.search.predictors.deep.keras_predictor import KerasPredictor, program_of
from cnngen.search.predictors.predictor import register

if TYPE_CHECKING:
    from cnngen.search.predictors.deep.batches import Arrays

#: The function that gives the model, and those that have nothing to do with it.
_MODEL, _OTHERS = "build_model", {"main", "load_data"}

#: The most items of a file that are read.
LONGEST = 512


@register
class Code(KerasPredictor):
    """Sees the calls that build the model, in the order of the file: each call is an item with its arguments as words.

    A function's definition and a loop are items too, so that it can learn what is done more than once.
    """

    name = "code"
    units, heads, blocks = 64, 4, 2
    epochs, learning_rate = 60, 1e-3

    def _read(self, architecture: Architecture) -> list[Item]:
        return items(keras_code(analyse(program_of(architecture, self.name).canonical)))

    def _learn_words(self, artefacts: Sequence[list[Item]]) -> dict[str, Any]:
        return {"words": Vocabulary.of(artefacts).words, "length": min(LONGEST, max(map(len, artefacts)))}

    def _numbers(self, artefact: list[Item], known: dict[str, Any]) -> Arrays:
        return Vocabulary(known["words"]).arrays(artefact[: known["length"]])

    def _features(self, known: dict[str, Any]) -> tuple[list[Any], Any]:
        from keras import layers, ops

        length = known["length"]
        words, values = inputs(Vocabulary(known["words"]))
        x = meaning(words, values, self.units)
        there = present(words)
        places = ops.cast(ops.cumsum(ops.ones_like(words[..., 0]), axis=1) - 1, "int32")
        x = x + layers.Embedding(length, self.units)(places)
        seen = ops.cast(there, "bool")[:, None, :]
        for _ in range(self.blocks):  # Vaswani et al. (2017), with normalisation before each part
            y = layers.LayerNormalization()(x)
            y = layers.MultiHeadAttention(self.heads, self.units // self.heads, dropout=0.1)(y, y, attention_mask=seen)
            x = x + y
            y = layers.LayerNormalization()(x)
            y = layers.Dense(2 * self.units, activation="gelu")(y)
            x = x + layers.Dropout(0.1)(layers.Dense(self.units)(y))
        total = ops.sum(layers.LayerNormalization()(x) * there[..., None], axis=1)
        mean = total / ops.maximum(ops.sum(there, axis=1, keepdims=True), 1)
        return [words, values], layers.concatenate([mean, total / 64])


def items(code: str) -> list[Item]:
    """The items of a generated file: of the functions that make the model, definitions, loops and calls."""
    found: list[Item] = []
    for part in ast.parse(code).body:
        if isinstance(part, ast.FunctionDef) and part.name not in _OTHERS:
            found.append([("def", 0.0), (f"def={part.name}", 0.0)])
            found.extend(_inside(part.body))
    return found


def _inside(body: Sequence[ast.stmt]) -> Iterator[Item]:
    for statement in body:
        if isinstance(statement, ast.For):
            yield [("for", 0.0), *_words("in", statement.iter)]
            yield from _inside(statement.body)
            yield [("end", 0.0)]
            continue
        # The innermost call comes first, as it is carried out.
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        for call in reversed(calls):
            if item := _call(call):
                yield item


def _call(call: ast.Call) -> Item:
    """The word for what is called, and its arguments; nothing for the call of a layer that was just made."""
    if isinstance(call.func, ast.Call):
        return []
    words = [(ast.unparse(call.func), 0.0)]
    for place, argument in enumerate(call.args):
        words += _words(str(place), argument)
    for keyword in call.keywords:
        words += _words(keyword.arg or "**", keyword.value)
    return words


def _words(name: str, value: ast.expr) -> list[tuple[str, float]]:
    """An argument as words: numbers carry their value, lists their elements, other things their text."""
    if isinstance(value, ast.Tuple | ast.List):
        return [word for element in value.elts for word in _words(name, element)]
    if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
        return [(name, float(value.value))]
    if isinstance(value, ast.Call):
        return [(f"{name}=call", 0.0)]
    return [(f"{name}={ast.unparse(value)}", 0.0)]
