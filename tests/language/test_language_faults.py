"""Faulty texts: nothing raises, every fault is told where it is, and none is told often."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from programs import programs, texts

from cnngen.language import Analysis, Code, analyse

SOUND = "input(dataset=cifar10) conv(filters=8) [ (conv dropout, Empty) (conv, conv(filters=8)) ] max_pooling flatten dropout dense(units=9) dense output"


def marked(text: str) -> tuple[str, tuple[int, int]]:
    """Take the «marks» out of a text; give it and the span between them."""
    start, end = text.index("«"), text.index("»") - 1
    return text.replace("«", "").replace("»", ""), (start, end)


def errors(found: Analysis) -> list[Code]:
    return [diagnostic.code for diagnostic in found.diagnostics if diagnostic.severity == "error"]


@settings(max_examples=600)
@given(texts())
@example("input [ ( [ (")
@example("input conv(kernel_size=(3, strides=2) flatten dense output")
@example("/*")
@example("concat concat(activation) concat [")
@example("( add =")
def test_no_text_makes_the_analysis_raise(text: str) -> None:
    found = analyse(text)
    for diagnostic in found.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) + 1
        assert diagnostic.message.rstrip()[-1] in ".?"
        diagnostic.to_json(found.lines)
    found.network.to_json(found.lines)


TOKEN = re.compile(r"\w+|[\[\](),=]")


@settings(max_examples=300)
@given(programs(arguments=True), st.data())
def test_a_missing_mark_makes_at_most_two_reports(text: str, data: st.DataObject) -> None:
    marks = [place for place in TOKEN.finditer(text) if place.group() in "[](),="]
    if not marks:
        return
    gone = data.draw(st.sampled_from(marks))
    faulty = text[: gone.start()] + " " + text[gone.end() :]
    found = [d for d in analyse(faulty).diagnostics if d.severity == "error" and d.code < Code.JOIN_SHAPES]
    assert len(found) <= 2, (faulty, [d.message for d in found])


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("input «cnov» flatten dense output", Code.UNKNOWN_WORD, "did you mean conv?"),
        ("input conv «pooling» flatten dense output", Code.UNKNOWN_WORD, "did you mean max_pooling?"),
        ("input conv flatten «fullyConnected» output", Code.UNKNOWN_WORD, "did you mean dense?"),
        ("input conv «@» flatten dense output", Code.UNKNOWN_TEXT, "means nothing"),
        ("input conv [ («(filters=3)», Empty) ] flatten dense output", Code.UNKNOWN_TEXT, "behind no word"),
        ("input conv flatten dense output «/* open»", Code.UNKNOWN_TEXT, "never ends"),
        ("input [ (conv, Empty «]» flatten dense output", Code.MISSING_PUNCTUATION, "')' is missing"),
        ("input conv [ (conv, conv) «flatten» dense output", Code.MISSING_PUNCTUATION, "']' is missing"),
        ("input conv [ (conv conv«)» ] flatten dense output", Code.MISSING_PUNCTUATION, "two lanes"),
        ("input conv «[» ] flatten dense output", Code.INCOMPLETE, "at least one body"),
        ("input conv [ «conv», conv) ] flatten dense output", Code.MISSING_PUNCTUATION, "begins with '('"),
        ("input conv [ (conv, conv)«,» (conv, conv) ] flatten dense output", Code.SURPLUS_PUNCTUATION, "no comma"),
        ("input conv «]» flatten dense output", Code.SURPLUS_PUNCTUATION, "remove it"),
        ("input conv flatten dense output «conv»", Code.WORD_ORDER, "ends with output"),
        ("«conv» flatten dense output", Code.WORD_ORDER, "begins with input"),
        ("input conv «dense» output", Code.WORD_ORDER, "a bridge such as flatten is missing"),
        ("input «flatten» dense output", Code.WORD_ORDER, "a convolution or a merge comes first"),
        ("input conv max_pooling «max_pooling» flatten dense output", Code.WORD_ORDER, "here may stand"),
        ("input conv max_pooling «dropout» flatten dense output", Code.WORD_ORDER, "belongs before"),
        ("input conv [ (conv, «dropout») ] flatten dense output", Code.WORD_ORDER, "right lane"),
        ("input conv [ («», conv) ] flatten dense output", Code.INCOMPLETE, "left lane needs"),
        ("input conv «concat» flatten dense output", Code.WORD_ORDER, "brackets with bodies"),
        ("input conv flatten «dense»", Code.INCOMPLETE, "output is missing"),
        ("input «output»", Code.INCOMPLETE, "at least one convolution"),
        ("input conv(«filtres»=3) flatten dense output", Code.UNKNOWN_ARGUMENT, "did you mean filters?"),
        ("input conv(filters=3, «filters=4») flatten dense output", Code.REPEATED_ARGUMENT, "written twice"),
        ("input conv(filters=«many») flatten dense output", Code.ARGUMENT_TYPE, "whole number"),
        ("input conv(filters=«2.5») flatten dense output", Code.ARGUMENT_TYPE, "whole number"),
        ("input conv(activation=«rleu») flatten dense output", Code.ARGUMENT_TYPE, "did you mean relu?"),
        ("input conv(filters=«0») flatten dense output", Code.ARGUMENT_RANGE, "from 1"),
        ("input conv dropout(rate=«1.5») flatten dense output", Code.ARGUMENT_RANGE, "from 0 to 1"),
        ("input conv(«32») flatten dense output", Code.ARGUMENT_SYNTAX, "write filters=32"),
        ("input conv(«filters=») flatten dense output", Code.ARGUMENT_SYNTAX, "has no value"),
        ("input conv(filters «3») flatten dense output", Code.MISSING_PUNCTUATION, "'=' is missing"),
        ("input conv(filters=3 «padding»=same) flatten dense output", Code.MISSING_PUNCTUATION, "',' is missing"),
        ("input conv(filters=3 «max_pooling» flatten dense output", Code.MISSING_PUNCTUATION, "')' is missing"),
        ("input conv flatten dense(9 «output»", Code.MISSING_PUNCTUATION, "')' is missing before 'output'"),
        ("input conv flatten dense(«9» output", Code.ARGUMENT_SYNTAX, "write units=9"),
        ("input conv(filters=3«]» flatten dense output", Code.MISSING_PUNCTUATION, "write ')'"),
        ("input conv «[ (» flatten dense output", Code.SURPLUS_PUNCTUATION, "no lanes yet: write [ (conv, Empty) ]"),
        ("input conv [ (conv, Empty) «(» flatten dense output", Code.SURPLUS_PUNCTUATION, "write (conv, Empty)"),
        ("input flatten(«x»=1) conv flatten dense output", Code.UNKNOWN_ARGUMENT, "takes none"),
        ("input(dataset=«mnits») conv flatten dense output", Code.ARGUMENT_TYPE, "did you mean mnist?"),
        ("input(dataset=mnist, «shape=(32, 32, 3)») conv flatten dense output", Code.DATASET_SHAPE, "28×28×1"),
        ('input(«dataset="x.npz"») conv flatten dense output', Code.DATASET_SHAPE, "add shape="),
        ("input(dataset=mnist) conv flatten dense output(«classes=7»)", Code.CLASSES, "10 classes, not 7"),
        ("input(dataset=mnist) conv flatten dense(«units=7») output", Code.CLASSES, "7 units, but mnist has 10"),
        ("input conv flatten dense(«activation=relu») output", Code.CLASSIFIER_ACTIVATION, "no probabilities"),
        ("input conv dropout(«rate=1») flatten dense output", Code.TOTAL_DROPOUT, "cannot learn"),
        ("input [ (conv, «Empty») ] flatten dense output", Code.RAW_SKIP, "1 channel"),
        ("training «training» input conv flatten dense output", Code.WORD_ORDER, "second time"),
        ("input conv(«kernel_size=9», padding=valid) flatten dense output", Code.WINDOW_TOO_LARGE, "write kernel_size=8, or padding=same"),
        ("input(shape=(4096, 4096, 3)) conv(filters=4) flatten «dense(units=99)» dense output", Code.COST, "parameters"),
    ],
)  # fmt: skip
def test_each_fault_is_reported_where_it_stands(text: str, code: Code, says: str) -> None:
    source, span = marked(text)
    found = [d for d in analyse(source).diagnostics if d.code is code]
    assert [tuple(d.span) for d in found][:1] == [span] or span[0] == span[1], [(d.span, d.message) for d in found]
    assert says in found[0].message


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("conv(kernel_size=[3, 3])", "conv(kernel_size=(3, 3))"),
        ("conv(kernel_size={3, 3}, filters=4)", "conv(kernel_size=(3, 3), filters=4)"),
        ("conv(filters=[4])", "conv(filters=4)"),
        ("conv(activation=[relu])", "conv(activation=relu)"),
        ("conv[filters=4]", "conv(filters=4)"),
        ("conv{filters=4}", "conv(filters=4)"),
        ("conv { (conv, Empty) }", "conv [ (conv, Empty) ]"),
        ("conv [ {conv, Empty} ]", "conv [ (conv, Empty) ]"),
    ],
)
def test_a_pair_of_brackets_that_is_written_for_another_is_one_report_with_a_fix(text: str, mended: str) -> None:
    found = analyse(f"input {text} flatten dense output")
    (fault,) = found.diagnostics
    assert fault.code is Code.MISSING_PUNCTUATION
    after = found.edited(fault.fixes[0].edits)
    assert (after.text, after.ok) == (f"input {mended} flatten dense output", True)
    assert [node.args for node in found.network.nodes] == [node.args for node in after.network.nodes]


def test_what_is_removed_does_not_make_its_neighbours_one_word() -> None:
    found = analyse("input conv,conv flatten dense output")
    (fault,) = found.diagnostics
    assert found.edited(fault.fixes[0].edits).text == "input conv conv flatten dense output"


def test_one_pass_tells_all_errors_of_a_program() -> None:
    text = "input cnov(filters=0) [ (conv(strides=2), Empty) ] pooling flatten dense(untis=3) dense(units=3) output"
    assert sorted(set(errors(analyse(text)))) == [
        Code.UNKNOWN_WORD, Code.UNKNOWN_ARGUMENT, Code.ARGUMENT_RANGE, Code.JOIN_SHAPES, Code.CLASSES,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["flatten dense output", "max_pooling flatten dense output", "dense dense output"])
def test_a_forgotten_first_convolution_is_one_report(text: str) -> None:
    assert errors(analyse(f"input {text}")) == [Code.WORD_ORDER]


def test_a_cost_is_told_once_where_it_arises() -> None:
    found = analyse(
        "input(shape=(4096, 4096, 3)) conv convbn conv dropout max_pooling(strides=64) flatten dense output"
    )
    assert [found.text[d.span.start : d.span.end] for d in found.diagnostics] == ["conv"]


def test_a_head_without_dense_is_one_report() -> None:
    assert [found.code for found in analyse("input conv flatten output").diagnostics] == [Code.WORD_ORDER]


def test_defaults_hold_for_the_classifier_but_for_its_activation() -> None:
    network = analyse("defaults(use_bias=false, activation=tanh) input conv flatten dense output").network
    assert (network.nodes[-1].args["use_bias"], network.nodes[-1].args["activation"]) == (False, "softmax")


def test_what_is_sound_in_a_faulty_program_still_gets_shapes() -> None:
    network = analyse("input conv( filters=4 max_pooling cnov ) flatten dense output").network
    assert [node.kind for node in network.nodes][:3] == ["input", "conv", "max_pooling"]
    assert network.nodes[1].shape == (8, 8, 4)


@pytest.mark.parametrize("depth", [1_000])
def test_a_thousand_nested_merges_are_no_problem(depth: int) -> None:
    text = "input conv " + "[ (" * depth + "conv" + ", Empty) ]" * depth + " flatten dense output"
    found = analyse(text)
    assert found.ok
    assert len(found.network.nodes) == depth + 5
    assert analyse(text.replace(")", "", 3)).diagnostics


def test_a_hundred_thousand_layers_are_no_problem() -> None:
    found = analyse("input " + "conv(filters=2) " * 100_000 + "flatten dense output")
    assert found.ok
    assert found.network.totals.layers == 100_003
