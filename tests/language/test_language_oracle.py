"""Keras is the oracle: it refuses the layers in which we find an error, and agrees on all that we say of the others."""

import os

import pytest
from hypothesis import example, given, settings
from keras_judge import Verdict, model_of, refuses_first, verdict
from programs import headed_programs

from cnngen.language import Analysis, Code, Node, analyse

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("CNNGEN_ORACLE_EXAMPLES", "2500"))


def faults(found: Analysis) -> dict[int, Code]:
    """The nodes in whose shape we find an error, by their number, with its code."""
    codes: dict[int, Code] = {}
    for error in found.diagnostics:
        if error.severity == "error":
            assert error.code in (Code.JOIN_SHAPES, Code.WINDOW_TOO_LARGE, Code.COST), error.message
            joins = error.code is Code.JOIN_SHAPES
            places = [node for node in found.network.nodes if (node.kind in ("add", "concat")) == joins]
            inside = [n for n in places if n.span.start <= error.span.start and error.span.end <= n.span.end]
            node = min(inside, key=lambda node: (node.span.end - node.span.start, "strides" not in node.args))
            codes[node.id] = error.code
    return codes


def broadcasts(node: Node, found: Analysis) -> bool:
    """Whether an addition is one that Keras would do by repeating a single row, column or channel.

    We refuse it all the same: docs/language.md says why.
    """
    if node.kind != "add":
        return False
    left, right = (found.network.nodes[source].shape for source in node.inputs)
    return all(a == b or 1 in (a, b) for a, b in zip(left, right, strict=True))


@settings(max_examples=EXAMPLES)
@given(headed_programs())
def test_keras_gives_the_same_verdict_shape_parameters_and_macs_for_every_layer(text: str) -> None:
    found = analyse(text)
    faulty = faults(found)
    for node in found.network.nodes[1:]:
        given_by_keras = verdict(node, found.network)
        if node.id not in faulty:
            assert given_by_keras == Verdict(node.shape, node.params, node.macs), node
        elif faulty[node.id] is not Code.COST:  # that the network is too large for a machine, Keras does not ask
            assert given_by_keras is None or broadcasts(node, found), node


@settings(max_examples=EXAMPLES // 2)
@given(headed_programs())
def test_keras_builds_the_generated_code_and_refuses_it_at_our_first_error(text: str) -> None:
    found = analyse(text)
    network, faulty = found.network, faults(found)
    if found.ok:
        model = model_of(found)
        assert model.count_params() == network.totals.params
        assert [model.get_layer(node.name).output.shape[1:] for node in network.nodes] == [n.shape for n in network.nodes]
    elif faulty[min(faulty)] is not Code.COST:
        first = network.nodes[min(faulty)]
        assert refuses_first(first, network) or broadcasts(first, found)
