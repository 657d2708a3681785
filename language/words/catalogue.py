"""The words of the language and their hyper-parameters: the single source for every consumer.

Names, meanings and ranges are those of Keras. The argument check, the resolver, the editor, the code generator and
the reference read this table; nothing else lists a word or a hyper-parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from cnngen.language.words import hyperparameters
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.training import TRAINING

Category = Literal[
    "training",
    "defaults",
    "input",
    "convolution",
    "dropout",
    "pooling",
    "bridge",
    "dense",
    "output",
    "empty",
    "join",
]

APPENDIX_B = "the CNNGen paper, Appendix B"
TOOL = "the tool of the CNNGen paper's authors"
SPACE = "the hierarchical search space of Pouy et al."
OWN = "CNNGen"


@dataclass(frozen=True)
class Word:
    """A word of the language.

    `keras` are the layers that it stands for; `kinds` the network nodes it becomes, in order; `example` is a sound
    program that shows it; `source` tells where the word comes from.
    """

    name: str
    category: Category
    doc: str
    example: str
    keras: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    hyperparameters: tuple[HyperParameter, ...] = ()
    source: str = APPENDIX_B

    @property
    def top_level(self) -> bool:
        """Whether the word can stand only outside of merges."""
        return self.category in ("training", "defaults", "input", "bridge", "dense", "output")

    def hyperparameter(self, name: str) -> HyperParameter | None:
        """The hyper-parameter of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, HyperParameter]:
        return {known.name: known for known in self.hyperparameters}

    def keras_names(self, parameter: HyperParameter) -> tuple[str, ...]:
        """What a hyper-parameter is called in Keras, as dotted names below `keras`."""
        if parameter.keras is not None:
            return parameter.keras
        normalises = parameter in hyperparameters.NORMALISATION
        layers = [layer for layer in self.keras if (layer == "BatchNormalization") == normalises]
        return tuple(f"layers.{layer}.{parameter.name}" for layer in layers)


WORDS: dict[str, Word] = {
    word.name: word
    for word in (
        Word(
            "training",
            "training",
            "How to train: optional, stands before input.",
            "training(epochs=20, optimizer=sgd, learning_rate=0.01, momentum=0.9) input conv flatten dense output",
            hyperparameters=TRAINING,
            source=OWN,
        ),
        Word(
            "input",
            "input",
            "The images: a data set, or a shape. Every network begins with it.",
            "input(dataset=cifar10) conv flatten dense output",
            ("Input",),
            ("input",),
            hyperparameters.INPUT,
        ),
        Word(
            "conv",
            "convolution",
            "A convolution.",
            "input conv(filters=6, kernel_size=5, padding=valid, activation=tanh) flatten dense output",
            ("Conv2D",),
            ("conv",),
            hyperparameters.CONVOLUTION,
        ),
        Word(
            "convbn",
            "convolution",
            "A convolution, then batch normalisation.",
            "input convbn(filters=16, activate=norm) flatten dense output",
            ("Conv2D", "BatchNormalization"),
            ("conv", "batch_norm"),
            hyperparameters.CONVOLUTION + hyperparameters.NORMALISATION,
        ),
        Word(
            "bnconv",
            "convolution",
            "Batch normalisation, then a convolution.",
            "input conv bnconv(momentum=0.9) flatten dense output",
            ("BatchNormalization", "Conv2D"),
            ("batch_norm", "conv"),
            hyperparameters.CONVOLUTION + hyperparameters.NORMALISATION,
        ),
        Word(
            "upconv",
            "convolution",
            "A transposed convolution, which enlarges the image.",
            "input conv max_pooling upconv(filters=16) flatten dense output",
            ("Conv2DTranspose",),
            ("upconv",),
            hyperparameters.UPCONVOLUTION,
            TOOL,
        ),
        Word(
            "sepconv",
            "convolution",
            "A depthwise separable convolution: far fewer parameters than conv.",
            "input conv sepconv(filters=64, kernel_size=7) flatten dense output",
            ("SeparableConv2D",),
            ("sepconv",),
            hyperparameters.SEPARABLE,
            SPACE,
        ),
        Word(
            "dropout",
            "dropout",
            "Sets a share of the values to zero, in training only.",
            "input conv flatten dropout(rate=0.3) dense output",
            ("Dropout",),
            ("dropout",),
            hyperparameters.DROPOUT,
        ),
        Word(
            "avg_pooling",
            "pooling",
            "The mean of each window.",
            "input conv avg_pooling(pool_size=3, strides=2) flatten dense output",
            ("AveragePooling2D",),
            ("avg_pooling",),
            hyperparameters.POOLING,
        ),
        Word(
            "max_pooling",
            "pooling",
            "The maximum of each window.",
            "input conv max_pooling conv max_pooling flatten dense output",
            ("MaxPooling2D",),
            ("max_pooling",),
            hyperparameters.POOLING,
        ),
        Word(
            "flatten",
            "bridge",
            "All values of the image in one vector.",
            "input conv flatten dense output",
            ("Flatten",),
            ("flatten",),
        ),
        Word(
            "global_avg_pooling",
            "bridge",
            "The mean of each channel, in one vector.",
            "input conv global_avg_pooling dense output",
            ("GlobalAveragePooling2D",),
            ("global_avg_pooling",),
        ),
        Word(
            "global_max_pooling",
            "bridge",
            "The maximum of each channel, in one vector.",
            "input conv global_max_pooling dense output",
            ("GlobalMaxPooling2D",),
            ("global_max_pooling",),
        ),
        Word(
            "dense",
            "dense",
            "A fully connected layer; the last one is the classifier.",
            "input conv flatten dense(units=84, activation=tanh) dense output",
            ("Dense",),
            ("dense",),
            hyperparameters.DENSE,
        ),
        Word(
            "output",
            "output",
            "The end of the network; adds no layer.",
            "input(shape=(64, 64, 3)) conv flatten dense output(classes=5)",
            hyperparameters=hyperparameters.OUTPUT,
        ),
        Word(
            "Empty",
            "empty",
            "A right lane without layers: the identity skip.",
            "input conv [ (conv conv, Empty) ] flatten dense output",
        ),
        Word(
            "add",
            "join",
            "Joins the lanes of a merge by addition, as a merge without a word does.",
            "input conv add(activation=relu) [ (conv conv(activation=linear), Empty) ] flatten dense output",
            ("Add",),
            ("add",),
            hyperparameters.JOIN,
            OWN,
        ),
        Word(
            "concat",
            "join",
            "Joins the lanes of a merge by concatenating their channels.",
            "input conv concat [ (conv, conv(kernel_size=5)) ] flatten dense output",
            ("Concatenate",),
            ("concat",),
            hyperparameters.JOIN,
            OWN,
        ),
    )
}


def _for_all_layers() -> Word:
    """`defaults(...)` takes what a layer takes, but for what only makes sense at one place."""
    placed = {"strides", "filters", "units"}
    known: dict[str, HyperParameter] = {}
    for word in WORDS.values():
        if word.category in ("convolution", "dropout", "pooling", "dense"):
            for parameter in word.hyperparameters:
                if parameter.name not in placed:
                    known.setdefault(parameter.name, parameter)
    rule = "each layer's own default"
    return Word(
        "defaults",
        "defaults",
        "Values for every layer of the file that takes them: optional, stands before input. "
        "The activation of the last dense stays its own.",
        "defaults(activation=elu, kernel_initializer=he_normal) input conv conv flatten dense output",
        hyperparameters=tuple(
            replace(parameter, default=None, rule=rule, source=OWN, keras=()) for parameter in known.values()
        ),
        source=OWN,
    )


WORDS["defaults"] = _for_all_layers()

#: The words that add a layer of their own to the network.
LAYERS = tuple(word.name for word in WORDS.values() if word.kinds and word.category not in ("input", "join"))
