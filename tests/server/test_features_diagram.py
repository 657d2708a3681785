"""What the diagram tells of a program: its layers with their texts, its lanes, and why there is no picture."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs

from cnngen.language import analyse
from cnngen.server.features.diagram import DrawnLane, drawn_lanes, drawn_layers, why_no_picture

HEAD, TAIL = "input(dataset=digits) conv ", " flatten dense output"


def lanes(merge: str) -> list[DrawnLane]:
    analysis = analyse(HEAD + merge + TAIL)
    assert analysis.ok, analysis.diagnostics
    return drawn_lanes(analysis)


def test_each_layer_comes_with_its_text_and_its_costs() -> None:
    text = "input(dataset=digits) convbn(filters=4) flatten dense output"
    layers = drawn_layers(analyse(text))
    assert [layer.name for layer in layers] == ["input", "conv_1", "batch_norm_1", "flatten_1", "dense_1"]
    assert [text[layer.span.start : layer.span.end] for layer in layers[1:3]] == ["convbn(filters=4)"] * 2
    conv = layers[1]
    assert (conv.kind, conv.params, conv.macs, conv.activation_bytes) == ("conv", 40, 8 * 8 * 9 * 4, 8 * 8 * 4 * 4)


def test_a_lane_is_a_run_of_layers_and_an_empty_one_is_none() -> None:
    assert lanes("[ (conv conv, Empty) ]") == [DrawnLane(2, 3)]
    assert lanes("[ (conv, convbn) ]") == [DrawnLane(2, 2), DrawnLane(3, 4)]


def test_an_outer_lane_stands_before_those_inside_it() -> None:
    assert lanes("[ ([ (conv, conv) ] conv, conv) ]") == [
        DrawnLane(2, 5),
        DrawnLane(2, 2),
        DrawnLane(3, 3),
        DrawnLane(6, 6),
    ]


def test_the_reason_names_the_first_line_with_an_error() -> None:
    assert why_no_picture(analyse(HEAD + TAIL)) is None
    one = why_no_picture(analyse("input(dataset=digits)\ncnov\nflatten dense output"))
    assert one == "The program has an error in line 2: correct it, and the picture follows."
    two = why_no_picture(analyse("input(dataset=digits)\ncnov\ncvon\nflatten dense output"))
    assert two == "The program has 2 errors, the first in line 2: correct them, and the picture follows."


@settings(max_examples=60, deadline=None)
@given(programs(arguments=True))
def test_lanes_are_those_that_the_joins_read(text: str) -> None:
    """Every lane ends in a layer that a later join reads, and lanes lie inside each other or apart."""
    analysis = analyse(text)
    if not analysis.ok:
        return
    read = {source for node in analysis.network.nodes if len(node.inputs) > 1 for source in node.inputs}
    found = drawn_lanes(analysis)
    assert {lane.last for lane in found} <= read
    for lane in found:
        for other in found:
            apart = lane.last < other.first or other.last < lane.first
            inside = lane.first <= other.first and other.last <= lane.last
            around = other.first <= lane.first and lane.last <= other.last
            assert apart or inside or around


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="input conv[](),Empty=\n𝔸", max_size=80))
def test_every_text_has_an_answer(text: str) -> None:
    analysis = analyse(text)
    for layer in drawn_layers(analysis):
        assert 0 <= layer.span.start <= layer.span.end <= len(text)
    drawn_lanes(analysis)
    why_no_picture(analysis)
