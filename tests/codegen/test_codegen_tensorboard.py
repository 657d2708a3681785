"""The event file is one that TensorFlow reads, and its graph is the network."""

import struct

import pytest
from codegen_programs import every_program, program

from cnngen.codegen.keras.layers import KERAS_LAYERS
from cnngen.codegen.tensorboard import _checksum, event_file
from cnngen.language import Analysis


def test_the_same_network_gives_the_same_bytes():
    assert event_file(program("residual").network) == event_file(program("residual").network)


def test_records_follow_one_another_with_checksums_of_the_right_polynomial():
    content = event_file(program("ten_words").network)
    events = 0
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        assert content[8:12] == _checksum(content[:8])
        assert content[12 + length : 16 + length] == _checksum(content[12 : 12 + length])
        content = content[16 + length :]
        events += 1
    assert events == 2
    # The masked checksum of the standard test vector: CRC-32C("123456789") is 0xE3069283.
    unmasked = (struct.unpack("<I", _checksum(b"123456789"))[0] - 0xA282EAD8) & 0xFFFFFFFF
    assert (unmasked >> 17 | unmasked << 15) & 0xFFFFFFFF == 0xE3069283


@pytest.mark.slow
@pytest.mark.parametrize("analysis", every_program(), ids=lambda analysis: analysis.network.name)
def test_tensorflow_reads_the_network_from_the_file(analysis: Analysis, tmp_path):
    from tensorflow.core.framework.graph_pb2 import GraphDef
    from tensorflow.python.summary.summary_iterator import summary_iterator

    network = analysis.network
    path = tmp_path / "net.tfevents"
    path.write_bytes(event_file(network))
    first, second = summary_iterator(str(path))
    assert first.file_version == "brain.Event:2"
    assert first.wall_time == second.wall_time == 0
    graph = GraphDef.FromString(second.graph_def)
    names = {node.id: node.name for node in network.nodes}
    assert len(graph.node) == len(network.nodes)
    for found, node in zip(graph.node, network.nodes, strict=True):
        assert found.name == node.name
        assert found.op == ("InputLayer" if node.kind == "input" else KERAS_LAYERS[node.kind].name)
        assert list(found.input) == [names[source] for source in node.inputs]
        (shape,) = found.attr["_output_shapes"].list.shape
        assert [dimension.size for dimension in shape.dim] == [-1, *node.shape]
        assert found.attr["params"].i == node.params
        assert found.attr["macs"].i == node.macs
        for name, value in node.args.items():
            attribute = found.attr[name]
            if value is None or (name == "activation" and value == "linear" and node.kind in ("add", "concat")):
                continue
            match value:
                case bool():
                    assert attribute.b is value
                case int():
                    assert attribute.i == value
                case float():
                    assert attribute.f == pytest.approx(value)
                case tuple():
                    assert tuple(attribute.list.i) == value
                case str():
                    assert attribute.s.decode() == value
