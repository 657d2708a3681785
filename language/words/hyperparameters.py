"""The hyper-parameters of the words: type, default or rule, place in Keras, and where the default comes from.

`catalogue.py` gives them to the words; `hyperparameters.py` has the kinds of their types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnngen.language.words import types
from cnngen.language.words.datasets import DATASETS, DEFAULT_DATASET

ACTIVATIONS = (
    "relu", "tanh", "sigmoid", "gelu", "selu", "elu", "silu", "swish", "mish", "leaky_relu", "relu6",
    "softplus", "softsign", "hard_sigmoid", "hard_silu", "exponential", "softmax", "linear",
)  # fmt: skip
INITIALIZERS = (
    "glorot_uniform", "glorot_normal", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform",
    "random_normal", "random_uniform", "truncated_normal", "orthogonal", "zeros", "ones",
)  # fmt: skip

LARGEST_EXTENT = 4096  # of an image, a window or a stride, in pixels
LARGEST_WIDTH = 65_536  # of a layer, in filters or units

FIRST_FILTERS = 32
MOST_FILTERS = 512
HIDDEN_UNITS = 128
#: Classes of a classifier for which neither a data set nor the program says another number.
USUAL_CLASSES = 10

#: Where a default comes from. A test holds the first against Keras itself.
KERAS = "Keras' default"
PAPER = "the CNNGen paper, section 6.1"
SPACE = "the hierarchical search space"
PAGE = "the language page, section 3"
CHOICE = "a choice of CNNGen"


@dataclass(frozen=True, slots=True)
class Condition:
    """That a hyper-parameter of the same word has one of these values; without any, that it is not 0."""

    name: str
    values: tuple[Any, ...] = ()

    def holds(self, value: Any) -> bool:
        """Whether it holds for a value of the hyper-parameter."""
        return value in self.values if self.values else bool(value)


@dataclass(frozen=True, slots=True)
class HyperParameter:
    """A hyper-parameter: the type of its values, what it does, and the value it has where none is written.

    `default` is None where the resolver finds the value; `rule` then says in words how it does, and what may override
    a default elsewhere. `source` tells where default or rule come from. `keras` are the dotted names that it has in
    Keras where that is not its own name in the word's layer; () for what Keras does not know. `goes_with` are the
    other hyper-parameters, each with values, of which one must hold for this one to mean anything; () for always.
    """

    name: str
    type: types.Type
    doc: str
    default: Any = None
    rule: str = ""
    source: str = CHOICE
    keras: tuple[str, ...] | None = None
    goes_with: tuple[Condition, ...] = ()


_WINDOW = types.pair(1, LARGEST_EXTENT)
_MEET = "in a merge, what makes the lanes meet"

_STRIDES = HyperParameter(
    "strides", _WINDOW, "step of the window, in pixels", rule=f"1; {_MEET}", source=f"{KERAS}, and {PAGE}"
)
_UPCONV_STRIDES = HyperParameter(
    "strides", _WINDOW, "how much larger the image becomes", rule=f"2; {_MEET}", source=PAGE
)
_POOL_STRIDES = HyperParameter(
    "strides",
    _WINDOW,
    "step of the window, in pixels",
    rule=f"as large as the window; {_MEET}",
    source=f"{KERAS}, and {PAGE}",
)
_PADDINGS = types.choice("same", "valid")
_PADDING_DOC = "what happens at the border: same pads the image, valid uses whole windows only"
_PADDING = HyperParameter("padding", _PADDINGS, _PADDING_DOC, rule=f"same; {_MEET}", source=PAGE)
_POOL_PADDING = HyperParameter(
    "padding",
    _PADDINGS,
    _PADDING_DOC,
    rule=f"valid, but same where the image is smaller than the window; {_MEET}",
    source=f"{KERAS}, and {PAGE}",
)
_ACTIVATION = HyperParameter("activation", types.choice(*ACTIVATIONS), "activation function", "relu", source=PAGE)
_BIAS = HyperParameter("use_bias", types.boolean(), "whether a bias is added", True, source=KERAS)
_INITIALIZER = HyperParameter(
    "kernel_initializer",
    types.choice(*INITIALIZERS),
    "distribution of the first weights",
    "glorot_uniform",
    source=KERAS,
)
_SEPARATE_INITIALIZER = HyperParameter(
    "kernel_initializer",
    types.choice(*INITIALIZERS),
    "distribution of the first weights, of the depthwise and of the pointwise kernel",
    "glorot_uniform",
    source=KERAS,
    keras=("layers.SeparableConv2D.depthwise_initializer", "layers.SeparableConv2D.pointwise_initializer"),
)
_FILTERS = HyperParameter(
    "filters",
    types.integer(1, LARGEST_WIDTH),
    "output channels",
    rule=f"{FIRST_FILTERS}, doubled after each reduction of the image, up to {MOST_FILTERS}; {_MEET}",
    source=PAGE,
)
_KERNEL = HyperParameter(
    "kernel_size",
    _WINDOW,
    "window of the convolution, in pixels",
    (3, 3),
    f"3, less where padding is valid and the image smaller; {_MEET}",
    PAGE,
)

CONVOLUTION = (_FILTERS, _KERNEL, _STRIDES, _PADDING, _ACTIVATION, _BIAS, _INITIALIZER)
UPCONVOLUTION = (_FILTERS, _KERNEL, _UPCONV_STRIDES, _PADDING, _ACTIVATION, _BIAS, _INITIALIZER)
SEPARABLE = (_FILTERS, _KERNEL, _STRIDES, _PADDING, _ACTIVATION, _BIAS, _SEPARATE_INITIALIZER)
NORMALISATION = (
    HyperParameter(
        "epsilon", types.real(0, 1, low_open=True), "added to the variance, against division by 0", 0.001, source=KERAS
    ),
    HyperParameter(
        "momentum",
        types.real(0, 1, high_open=True),
        "share of the old value in each step of the moving mean and variance",
        0.99,
        source=KERAS,
    ),
    HyperParameter(
        "activate",
        types.choice("conv", "norm"),
        "whether the activation belongs to the convolution or follows the normalisation",
        "conv",
        source="the CNNGen paper",
        keras=(),
    ),
)
POOLING = (
    HyperParameter(
        "pool_size",
        _WINDOW,
        "window of the pooling, in pixels",
        (2, 2),
        f"2, less where padding is valid and the image smaller; {_MEET}",
        PAGE,
    ),
    _POOL_STRIDES,
    _POOL_PADDING,
)
DROPOUT = (HyperParameter("rate", types.real(0, 1), "share of the values set to zero", 0.5),)
DENSE = (
    HyperParameter(
        "units",
        types.integer(1, LARGEST_WIDTH),
        "outputs",
        rule=f"{HIDDEN_UNITS}; in the last dense, one for each class",
        source=PAGE,
    ),
    HyperParameter(
        "activation",
        types.choice(*ACTIVATIONS),
        "activation function",
        "relu",
        "relu; softmax in the last dense",
        PAGE,
    ),
    _BIAS,
    _INITIALIZER,
)
JOIN = (
    HyperParameter(
        "activation",
        types.choice(*ACTIVATIONS),
        "activation behind the join",
        "linear",
        source=KERAS,
        keras=("layers.Activation.activation",),
    ),
)
INPUT = (
    HyperParameter(
        "dataset",
        types.dataset(tuple(DATASETS)),
        "images to train on; shape and classes follow from it",
        rule=f"{DEFAULT_DATASET.name}, unless shape is written",
        keras=(),
    ),
    HyperParameter(
        "shape",
        types.shape(LARGEST_EXTENT),
        "height, width and channels of an image",
        rule="that of the data set",
        keras=("Input.shape",),
    ),
)
OUTPUT = (
    HyperParameter(
        "classes",
        types.integer(2, LARGEST_WIDTH),
        "number of classes",
        rule=f"those of the data set; without one, the units of the last dense, else {USUAL_CLASSES}",
        keras=(),
    ),
)
