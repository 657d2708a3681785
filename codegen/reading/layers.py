"""The layers of a Keras configuration in the language's own terms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cnngen.codegen.keras.layers import KERAS_LAYERS
from cnngen.codegen.reading.errors import NotInTheLanguage
from cnngen.language.words.hyperparameters import ACTIVATIONS, INITIALIZERS

_KINDS = {layer.name: kind for kind, layer in KERAS_LAYERS.items()} | {"InputLayer": "input"}

#: Classes that only apply an activation, with the name that it has in the language.
_ACTIVATIONS = {"ReLU": "relu", "Softmax": "softmax", "LeakyReLU": "leaky_relu", "ELU": "elu"}
#: What these must say for the activation to be the one of that name.
_USUAL_ACTIVATION: Mapping[str, Mapping[str, Any]] = {
    "ReLU": {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
    "Softmax": {"axis": -1},
    "LeakyReLU": {"negative_slope": 0.2},
    "ELU": {"alpha": 1.0},
}

#: What a layer must say beside its hyper-parameters, because the language has no word for anything else.
_USUAL: Mapping[str, Any] = {
    "data_format": "channels_last",
    "dilation_rate": 1,
    "groups": 1,
    "depth_multiplier": 1,
    "output_padding": None,
    "axis": -1,
    "center": True,
    "scale": True,
    "renorm": False,
    "keepdims": False,
    "noise_shape": None,
}

_CHANNELS = 3  # the axis of an image's channels, behind batch, height and width

_CAPITALS = re.compile(r"(?<!^)(?=[A-Z])")


def kind_of(class_name: str, name: str) -> str | None:
    """The kind of a layer class; None for one that is only an activation.

    Raises NotInTheLanguage for any other class.
    """
    if class_name == "Activation" or class_name in _ACTIVATIONS:
        return None
    if class_name not in _KINDS:
        raise NotInTheLanguage(f'The language has no word for the layer "{name}", a {class_name} of Keras.')
    return _KINDS[class_name]


def arguments_of(kind: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The hyper-parameters of a layer, from its configuration.

    Raises NotInTheLanguage where the configuration says what a program cannot.
    """
    for key, usual in _USUAL.items():
        value = config.get(key, usual)
        if isinstance(value, Sequence) and not isinstance(value, str) and len(set(value)) == 1:
            value = value[0]
        if value != usual and not (key == "axis" and value == _CHANNELS):
            raise NotInTheLanguage(f'The language cannot say {key}={value!r}, as the layer "{name}" has it.')
    layer = KERAS_LAYERS[kind]
    args: dict[str, Any] = {}
    for argument in (*layer.positional, *layer.defaults):
        if argument == "kernel_initializer" and kind == "sepconv":
            args[argument] = _same_initializer(name, config)
        elif argument == "kernel_initializer":
            args[argument] = _initializer(name, config[argument])
        elif argument == "activation":
            args[argument] = _known(config[argument], name)
        else:
            value = config[argument]
            args[argument] = tuple(value) if isinstance(value, list | tuple) else value
    if kind in ("batch_norm", "add", "concat"):
        args["activation"] = None
    return args


def activation_of(class_name: str, name: str, config: Mapping[str, Any]) -> str:
    """The activation that an activation layer applies. Raises NotInTheLanguage for one that is unknown."""
    if class_name == "Activation":
        return _known(config["activation"], name)
    for key, usual in _USUAL_ACTIVATION[class_name].items():
        if config.get(key, usual) != usual:
            raise NotInTheLanguage(f'The language cannot say {key}={config[key]!r}, as the layer "{name}" has it.')
    return _ACTIVATIONS[class_name]


def _known(activation: Any, name: str) -> str:
    if isinstance(activation, Mapping):
        activation = activation.get("config") if activation.get("class_name") == "function" else None
    if activation not in ACTIVATIONS:
        raise NotInTheLanguage(f'The language does not know the activation of the layer "{name}".')
    return str(activation)


def _initializer(name: str, config: Mapping[str, Any] | str) -> str:
    words = config if isinstance(config, str) else _CAPITALS.sub("_", config["class_name"]).lower()
    if words not in INITIALIZERS:
        raise NotInTheLanguage(f'The language does not know the initializer {words} of the layer "{name}".')
    return words


def _same_initializer(name: str, config: Mapping[str, Any]) -> str:
    depthwise, pointwise = (_initializer(name, config[f"{part}_initializer"]) for part in ("depthwise", "pointwise"))
    if depthwise != pointwise:
        raise NotInTheLanguage(
            f'The layer "{name}" has two initializers, {depthwise} and {pointwise}; a program has one.'
        )
    return depthwise
