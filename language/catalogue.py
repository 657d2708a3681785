"""The words of the language and their hyper-parameters: the single source for every consumer.

Names, meanings and ranges are those of Keras. The argument check, the resolver, the editor and the code generator
read this table; nothing else lists a word or a hyper-parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from cnngen.language import hyperparameters as values
from cnngen.language.datasets import DATASETS

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

ACTIVATIONS = (
    "relu", "tanh", "sigmoid", "gelu", "selu", "elu", "silu", "swish", "mish", "leaky_relu", "relu6",
    "softplus", "softsign", "hard_sigmoid", "hard_silu", "exponential", "softmax", "linear",
)  # fmt: skip
INITIALIZERS = (
    "glorot_uniform", "glorot_normal", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform",
    "random_normal", "random_uniform", "truncated_normal", "orthogonal", "zeros", "ones",
)  # fmt: skip
OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop", "nadam", "adamax", "adagrad", "adadelta", "lion")

LARGEST_EXTENT = 4096  # of an image, a window or a stride, in pixels
LARGEST_WIDTH = 65_536  # of a layer, in filters or units


@dataclass(frozen=True, slots=True)
class HyperParameter:
    """A hyper-parameter: the type of its values, what it does, and the value it has where no rule says another.

    `default` is None where the resolver finds the value (filters, windows, strides, classes).
    """

    name: str
    type: values.Type
    doc: str
    default: Any = None


@dataclass(frozen=True)
class Word:
    """A word of the language. `keras` is the layer it stands for; `kinds` the network nodes it becomes, in order."""

    name: str
    category: Category
    doc: str
    keras: str = ""
    kinds: tuple[str, ...] = ()
    hyperparameters: tuple[HyperParameter, ...] = ()

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


_WINDOW = values.pair(1, LARGEST_EXTENT)
_ACTIVATION = HyperParameter("activation", values.choice(*ACTIVATIONS), "activation function", "relu")
_JOIN_ACTIVATION = HyperParameter("activation", values.choice(*ACTIVATIONS), "activation behind the join", "linear")
_BIAS = HyperParameter("use_bias", values.boolean(), "whether a bias is added", True)
_INITIALIZER = HyperParameter(
    "kernel_initializer", values.choice(*INITIALIZERS), "distribution of the first weights", "glorot_uniform"
)
_PADDING = HyperParameter(
    "padding", values.choice("same", "valid"), "same pads the image with zeros, valid uses whole windows only"
)
_STRIDES = HyperParameter("strides", _WINDOW, "step of the window, in pixels")
_CONVOLUTION = (
    HyperParameter("filters", values.integer(1, LARGEST_WIDTH), "output channels"),
    HyperParameter("kernel_size", _WINDOW, "window of the convolution, in pixels", (3, 3)),
    _STRIDES,
    _PADDING,
    _ACTIVATION,
    _BIAS,
    _INITIALIZER,
)
_NORMALISATION = (
    HyperParameter("epsilon", values.real(0, 1, low_open=True), "added to the variance", 0.001),
    HyperParameter("momentum", values.real(0, 1, high_open=True), "of the moving mean and variance", 0.99),
    HyperParameter(
        "activate",
        values.choice("conv", "norm"),
        "whether the activation belongs to the convolution or follows the normalisation",
        "conv",
    ),
)
_POOLING = (
    HyperParameter("pool_size", _WINDOW, "window of the pooling, in pixels", (2, 2)),
    _STRIDES,
    _PADDING,
)
_TRAINING = (
    HyperParameter("epochs", values.integer(1, 100_000), "passes over the training part", 36),
    HyperParameter("batch_size", values.integer(1, 65_536), "images a step", 128),
    HyperParameter("optimizer", values.choice(*OPTIMIZERS), "Keras optimizer", "adam"),
    HyperParameter("learning_rate", values.real(0, 100, low_open=True), "step size of the optimizer", 0.001),
    HyperParameter(
        "test_split",
        values.real(0, 1, low_open=True, high_open=True),
        "share of the whole set kept for the test",
        0.2,
    ),
    HyperParameter(
        "validation_split",
        values.real(0, 1, high_open=True),
        "share of the training part kept for validation",
        0.2,
    ),
    HyperParameter("seed", values.integer(0, 2**32 - 1), "of the split, the order and the first weights", 0),
)

WORDS: dict[str, Word] = {
    word.name: word
    for word in (
        Word("training", "training", "How to train: optional, stands first.", hyperparameters=_TRAINING),
        Word(
            "input",
            "input",
            "The images: a data set, or a shape.",
            "Input",
            ("input",),
            (
                HyperParameter(
                    "dataset", values.dataset(tuple(DATASETS)), "data set; shape and classes follow from it"
                ),
                HyperParameter("shape", values.shape(LARGEST_EXTENT), "(height, width, channels) of an image"),
            ),
        ),
        Word("conv", "convolution", "A convolution.", "Conv2D", ("conv",), _CONVOLUTION),
        Word(
            "convbn",
            "convolution",
            "A convolution, then batch normalisation.",
            "Conv2D, BatchNormalization",
            ("conv", "batch_norm"),
            _CONVOLUTION + _NORMALISATION,
        ),
        Word(
            "bnconv",
            "convolution",
            "Batch normalisation, then a convolution.",
            "BatchNormalization, Conv2D",
            ("batch_norm", "conv"),
            _CONVOLUTION + _NORMALISATION,
        ),
        Word(
            "upconv",
            "convolution",
            "A transposed convolution, which enlarges the image.",
            "Conv2DTranspose",
            ("upconv",),
            _CONVOLUTION,
        ),
        Word(
            "sepconv",
            "convolution",
            "A depthwise separable convolution.",
            "SeparableConv2D",
            ("sepconv",),
            _CONVOLUTION,
        ),
        Word(
            "dropout",
            "dropout",
            "Sets a share of the values to zero, in training only.",
            "Dropout",
            ("dropout",),
            (HyperParameter("rate", values.real(0, 1), "share of the values set to zero", 0.5),),
        ),
        Word(
            "avg_pooling",
            "pooling",
            "The mean of each window.",
            "AveragePooling2D",
            ("avg_pooling",),
            _POOLING,
        ),
        Word(
            "max_pooling",
            "pooling",
            "The maximum of each window.",
            "MaxPooling2D",
            ("max_pooling",),
            _POOLING,
        ),
        Word("flatten", "bridge", "All values of the image in one vector.", "Flatten", ("flatten",)),
        Word(
            "global_avg_pooling",
            "bridge",
            "The mean of each channel.",
            "GlobalAveragePooling2D",
            ("global_avg_pooling",),
        ),
        Word(
            "global_max_pooling",
            "bridge",
            "The maximum of each channel.",
            "GlobalMaxPooling2D",
            ("global_max_pooling",),
        ),
        Word(
            "dense",
            "dense",
            "A fully connected layer; the last one is the classifier.",
            "Dense",
            ("dense",),
            (
                HyperParameter("units", values.integer(1, LARGEST_WIDTH), "outputs"),
                _ACTIVATION,
                _BIAS,
                _INITIALIZER,
            ),
        ),
        Word(
            "output",
            "output",
            "The end of the network; adds no layer.",
            hyperparameters=(HyperParameter("classes", values.integer(2, LARGEST_WIDTH), "number of classes"),),
        ),
        Word("Empty", "empty", "A right lane without layers: the identity skip."),
        Word("add", "join", "Joins the lanes of a merge by addition.", "Add", ("add",), (_JOIN_ACTIVATION,)),
        Word(
            "concat",
            "join",
            "Joins the lanes of a merge by concatenating their channels.",
            "Concatenate",
            ("concat",),
            (_JOIN_ACTIVATION,),
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
    doc = "Values for every layer of the file that takes them: optional, stands first."
    return Word("defaults", "defaults", doc, hyperparameters=tuple(known.values()))


WORDS["defaults"] = _for_all_layers()

#: What people write from Keras, from other tools and from the figures of the paper, and the word that they mean.
SYNONYMS: dict[str, str] = {
    "pooling": "max_pooling",
    "pool": "max_pooling",
    "maxpool": "max_pooling",
    "maxpooling": "max_pooling",
    "maxpooling2d": "max_pooling",
    "avgpool": "avg_pooling",
    "averagepooling2d": "avg_pooling",
    "conv2d": "conv",
    "convolution": "conv",
    "conv2dtranspose": "upconv",
    "separableconv2d": "sepconv",
    "fullyconnected": "dense",
    "fc": "dense",
    "linear": "dense",
    "gap": "global_avg_pooling",
    "globalaveragepooling2d": "global_avg_pooling",
    "globalmaxpooling2d": "global_max_pooling",
    "concatenate": "concat",
    "identity": "Empty",
    "skip": "Empty",
}
