"""The network as TensorBoard's graph: an event file, written without TensorFlow.

An event file is a row of records (`tensorflow/core/lib/io/record_writer.h`), each an Event
(`tensorflow/core/util/event.proto`); the second one here has the graph (`framework/graph.proto`). The messages are few
and their wire format (https://protobuf.dev/programming-guides/encoding) is simple, so writing them takes no package.
The time in the events is zero and no machine is named: the same network gives the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cnngen.codegen.keras.layers import KERAS_LAYERS, SEPARATE_ACTIVATION
from cnngen.language import Network, Node
from cnngen.language.network import Shape

_FLOAT32 = 1  # DT_FLOAT of types.proto
_GRAPH_VERSION = 22  # the first that needs no more than these messages say


def event_file(network: Network) -> bytes:
    """The graph of a network as an event file; TensorBoard reads any file with `tfevents` in its name.

    A node has the layer's name, its Keras class as operation, its hyper-parameters, shape, parameters and MACs as
    attributes, and reads what the layer reads.
    """
    version = _text(3, "brain.Event:2")
    graph = _bytes(4, _graph(network))
    return b"".join(map(_record, (_double(1, 0.0) + version, _double(1, 0.0) + graph)))


def _graph(network: Network) -> bytes:
    names = {node.id: node.name for node in network.nodes}
    nodes = b"".join(_bytes(1, _node(node, names, network.input_shape)) for node in network.nodes)
    return nodes + _bytes(4, _integer(1, _GRAPH_VERSION))


def _node(node: Node, names: Mapping[int, str], input_shape: Shape) -> bytes:
    operation = "InputLayer" if node.kind == "input" else KERAS_LAYERS[node.kind].name
    shape = node.shape or input_shape
    attributes = {name: _value(value) for name, value in _attributes(node)}
    attributes["_output_shapes"] = _bytes(1, _bytes(7, _shape(shape)))  # a list of one shape
    entries = (_bytes(5, _text(1, name) + _bytes(2, attributes[name])) for name in sorted(attributes))
    inputs = (_text(3, names[source]) for source in node.inputs)
    return b"".join((_text(1, node.name), _text(2, operation), *inputs, *entries))


def _attributes(node: Node) -> Iterator[tuple[str, Any]]:
    for name, value in node.args.items():
        if value is not None and not (name == "activation" and node.kind in SEPARATE_ACTIVATION and value == "linear"):
            yield name, value
    yield from (("params", node.params), ("macs", node.macs), ("dtype", _Type(_FLOAT32)))


class _Type(int):
    """A number that names a type."""


def _value(value: Any) -> bytes:
    """An AttrValue (`framework/attr_value.proto`)."""
    if isinstance(value, tuple):
        return _bytes(1, _bytes(3, b"".join(map(_varint, value))))  # a list of whole numbers, packed
    if isinstance(value, _Type):
        return _integer(6, value)
    if isinstance(value, bool):
        return _integer(5, value)
    if isinstance(value, int):
        return _integer(3, value)
    if isinstance(value, float):
        return _key(4, 5) + struct.pack("<f", value)
    return _bytes(2, str(value).encode("utf-8", "replace"))


def _shape(shape: Iterable[int]) -> bytes:
    """A TensorShapeProto; the number of images is not known."""
    return b"".join(_bytes(2, _integer(1, extent)) for extent in (-1, *shape))


# The wire format of protocol buffers.


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1  # negative ones as two's complement
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _integer(field: int, number: int) -> bytes:
    return _key(field, 0) + _varint(number)


def _double(field: int, number: float) -> bytes:
    return _key(field, 1) + struct.pack("<d", number)


def _bytes(field: int, content: bytes) -> bytes:
    return _key(field, 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode("utf-8", "replace"))


# The record format: length, its checksum, content, its checksum.


def _record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return b"".join((length, _checksum(length), content, _checksum(content)))


def _table() -> list[int]:
    """CRC-32C, the polynomial of Castagnoli, for each byte."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _table()


def _checksum(content: bytes) -> bytes:
    """CRC-32C, masked as records have it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    masked = (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF
    return struct.pack("<I", masked)
