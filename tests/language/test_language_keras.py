"""The catalogue against Keras itself: its names, choices and defaults are those that Keras has."""

import inspect
from typing import Any

import pytest

from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.hyperparameters import ACTIVATIONS, INITIALIZERS, KERAS, HyperParameter
from cnngen.language.words.optimizers import OPTIMIZERS

pytestmark = pytest.mark.slow

NAMES = [
    (word, parameter, name)
    for word in WORDS.values()
    for parameter in word.hyperparameters
    for name in word.keras_names(parameter)
]
LAYERS = [layer for word in WORDS.values() for layer in word.keras if layer != "Input"]
each_name = pytest.mark.parametrize(
    ("word", "parameter", "name"), NAMES, ids=[f"{word.name}-{name}" for word, _, name in NAMES]
)


def keras_parameter(name: str) -> inspect.Parameter:
    """The parameter that a dotted name below `keras` stands for."""
    import keras

    *path, last = name.split(".")
    found: Any = keras
    for part in path:
        found = getattr(found, part)
    return inspect.signature(found).parameters[last]


@pytest.mark.parametrize("layer", sorted(set(LAYERS)))
def test_each_layer_is_one_of_keras(layer: str) -> None:
    import keras

    assert issubclass(getattr(keras.layers, layer), keras.Layer)


@each_name
def test_each_hyper_parameter_has_its_name_in_keras(word: Word, parameter: HyperParameter, name: str) -> None:
    assert keras_parameter(name).name == name.rpartition(".")[2]


@each_name
def test_what_is_said_to_be_the_default_of_keras_is_that(word: Word, parameter: HyperParameter, name: str) -> None:
    if not parameter.source.startswith(KERAS):
        return
    default = keras_parameter(name).default
    if default is None:  # Keras' way to say it
        default = "as large as the window" if parameter.name == "strides" else "linear"
    elif default is inspect.Parameter.empty:
        default = "linear"  # of the Activation layer, which is left out where there is none
    told = parameter.rule.replace(",", ";").split(";")[0] or parameter.default
    shown = default[0] if isinstance(default, tuple) and isinstance(told, str) else default
    assert (str(shown) if isinstance(told, str) else shown) == told


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation_is_one_of_keras(name: str) -> None:
    import keras

    assert callable(keras.activations.get(name))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_each_initializer_is_one_of_keras(name: str) -> None:
    import keras

    assert isinstance(keras.initializers.get(name), keras.initializers.Initializer)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_optimizer_is_one_of_keras_and_takes_a_learning_rate(name: str) -> None:
    import keras

    assert float(keras.optimizers.get({"class_name": name, "config": {"learning_rate": 0.5}}).learning_rate) == 0.5


@pytest.mark.parametrize("padding", WORDS["conv"].hyperparameter("padding").type.choices)
@pytest.mark.parametrize(
    "word", [w for w in WORDS.values() if w.category in ("convolution", "pooling")], ids=lambda w: w.name
)
def test_each_padding_is_accepted_by_each_layer(word: Word, padding: str) -> None:
    import keras

    layer = next(layer for layer in word.keras if layer != "BatchNormalization")
    size = {"pool_size": 2} if word.category == "pooling" else {"filters": 1, "kernel_size": 2}
    getattr(keras.layers, layer)(**size, padding=padding)
