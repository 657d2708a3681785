"""`read_model()`: a Keras model's configuration, as plain data, back to a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnngen.codegen.reading.errors import NotInTheLanguage
from cnngen.codegen.reading.layers import activation_of, arguments_of, kind_of
from cnngen.codegen.reading.writer import program_text
from cnngen.language import Node
from cnngen.language.source import Span


@dataclass(slots=True)
class _Layer:
    name: str
    class_name: str
    config: Mapping[str, Any]
    inputs: list[str]
    readers: int = 0


def read_model(model: Mapping[str, Any]) -> str:
    """The program of a Keras model, with every hyper-parameter written.

    `model` is what `json.loads(model.to_json())` or the file config.json in a `.keras` archive gives, or the
    model's `get_config()`; functional and sequential models are read. The data set, the training and the number of
    classes of what is no classifier are not in a model.

    Raises:
        NotInTheLanguage: no program has this model.
    """
    try:
        return _read(model["config"] if "class_name" in model and "config" in model else model)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise NotInTheLanguage(f"The model's configuration is not as Keras 3 writes it ({error!r}).") from None


def _read(config: Mapping[str, Any]) -> str:
    if not isinstance(config.get("layers"), list | tuple) or not config["layers"]:
        raise NotInTheLanguage("The model has no layers that could be read: it is neither functional nor sequential.")
    layers = _layers(config)
    order = _depth_first(layers, _output(config, layers))
    nodes = _nodes([layers[name] for name in order])
    shape = nodes[0].shape
    if len(shape) != 3 or not all(isinstance(extent, int) for extent in shape):
        raise NotInTheLanguage(
            f"The model's input has the shape {shape}; a program's is a height, a width and a number of channels."
        )
    last = nodes[-1]
    return program_text(nodes, shape, last.args["units"] if last.kind == "dense" else None)


def _layers(config: Mapping[str, Any]) -> dict[str, _Layer]:
    """All layers by name, each with the names of those that it reads."""
    sequential = "input_layers" not in config
    layers: dict[str, _Layer] = {}
    before: list[str] = []
    if sequential and config["layers"][0]["class_name"] != "InputLayer":
        shape = config.get("build_input_shape")
        if not shape:
            raise NotInTheLanguage("The model has no input shape yet: build it before it is saved.")
        layers["input"] = _Layer("input", "InputLayer", {"batch_shape": shape}, [])
        before = ["input"]
    for entry in config["layers"]:
        inner = entry["config"]
        name = entry.get("name") or inner["name"]
        if "layers" in inner:
            raise NotInTheLanguage(f'The layer "{name}" is a model itself; a program has no model inside of another.')
        calls = entry.get("inbound_nodes", [])
        if len(calls) > 1:
            raise NotInTheLanguage(f'The layer "{name}" is used {len(calls)} times; in a program each is used once.')
        inputs = before if sequential else [source for call in calls for source in _sources(call)]
        layers[name] = _Layer(name, entry["class_name"], inner, list(inputs))
        before = [name]
    for layer in layers.values():
        for source in layer.inputs:
            layers[source].readers += 1
    return layers


def _sources(call: Any) -> list[str]:
    """The layers whose outputs a call reads, in their order: wherever in it tensors are."""
    if isinstance(call, Mapping):
        if call.get("class_name") == "__keras_tensor__":
            return [call["config"]["keras_history"][0]]
        return [source for value in call.values() for source in _sources(value)]
    if isinstance(call, list | tuple):
        return [source for value in call for source in _sources(value)]
    return []


def _output(config: Mapping[str, Any], layers: Mapping[str, _Layer]) -> str:
    outputs = config.get("output_layers")
    if outputs is None:
        return list(layers)[-1]
    names = [outputs[0]] if isinstance(outputs[0], str) else [output[0] for output in outputs]
    if len(names) != 1 or sum(layer.class_name == "InputLayer" for layer in layers.values()) != 1:
        raise NotInTheLanguage("The model has several inputs or outputs; a program has one of each.")
    return str(names[0])


def _depth_first(layers: Mapping[str, _Layer], output: str) -> list[str]:
    """The layers that the output needs, each behind all that it reads, left lanes before right ones."""
    order: list[str] = []
    seen: set[str] = set()
    pending = [(output, False)]
    while pending:
        name, ready = pending.pop()
        if ready:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            pending.append((name, True))
            pending.extend((source, False) for source in reversed(layers[name].inputs))
    return order


def _nodes(layers: Sequence[_Layer]) -> list[Node]:
    """The layers as nodes, each activation put into the layer that it stands behind."""
    nodes: list[Node] = []
    ids: dict[str, int] = {}
    alone: set[int] = set()  # nodes whose output only the next layer reads
    for layer in layers:
        inputs = tuple(ids[source] for source in layer.inputs)
        kind = kind_of(layer.class_name, layer.name)
        if kind is None:
            (source,) = inputs
            activation = activation_of(layer.class_name, layer.name, layer.config)
            nodes[source] = _activated(nodes[source], activation, layer.name, source in alone)
            ids[layer.name] = source
        else:
            shape = tuple(layer.config["batch_shape"][1:]) if kind == "input" else ()
            args = {} if kind == "input" else arguments_of(kind, layer.name, layer.config)
            ids[layer.name] = len(nodes)
            nodes.append(Node(len(nodes), kind, layer.name, args, {}, inputs, shape, 0, 0, Span(0, 0)))
        if layer.readers == 1:
            alone.add(ids[layer.name])
        else:
            alone.discard(ids[layer.name])
    return nodes


def _activated(node: Node, activation: str, name: str, alone: bool) -> Node:
    if activation == "linear":
        return node
    if node.args.get("activation", "none") not in (None, "linear") or not alone:
        raise NotInTheLanguage(f'The activation "{name}" does not belong to a convolution, a normalisation or a join.')
    return replace(node, args={**node.args, "activation": activation})
