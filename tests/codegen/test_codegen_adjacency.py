"""The adjacency matrix with operation labels, in the order of the design: depth first, left lane, right lane, join."""

import json
from pathlib import Path

import pytest

from cnngen.cli.main import run

TWO_BODIES = """input conv
concat [ (convbn dropout [ (sepconv, Empty) ], conv) (upconv(strides=1), bnconv) ]
flatten dense output"""
# What each node gets, written down by hand: its label, and the numbers of the nodes that feed it, left lane first.
BY_HAND = [
    ("input", []),
    ("conv", [0]),
    ("conv", [1]),  # the first body's left lane: convbn dropout [ (sepconv, Empty) ]
    ("batch_norm", [2]),
    ("dropout", [3]),
    ("sepconv", [4]),
    ("add", [5, 4]),
    ("conv", [1]),  # its right lane
    ("concat", [6, 7]),
    ("upconv", [8]),  # the second body's left lane reads the join
    ("batch_norm", [7]),  # its right lane goes on from where it ended
    ("conv", [10]),
    ("concat", [9, 11]),
    ("flatten", [12]),
    ("dense", [13]),
]


@pytest.mark.parametrize("form", ["adjacency", "json"])
def test_nodes_stand_depth_first_left_lane_right_lane_join(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "two_bodies.cnn"
    program.write_text(TWO_BODIES)
    assert run(["describe", str(program), "--format", form]) == 0
    found = json.loads(capsys.readouterr().out)
    if form == "json":
        assert [(node["kind"], node["inputs"]) for node in found["nodes"]] == BY_HAND
    else:
        assert found["labels"] == [kind for kind, _ in BY_HAND]
        edges = {(source, node) for node, (_, sources) in enumerate(BY_HAND) for source in sources}
        size = range(len(BY_HAND))
        assert found["matrix"] == [[int((row, column) in edges) for column in size] for row in size]
