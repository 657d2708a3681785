"""Functions for what repeats: the code is shorter, and still makes the network layer by layer."""

import ast
import re
import subprocess
import sys

import pytest
from codegen_programs import every_program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import features, sound_programs
from recorder import completed, expected, made_by

from cnngen.codegen import keras_code
from cnngen.codegen.keras.literals import WIDTH
from cnngen.language import Analysis, analyse

quick = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)


@st.composite
def repetitive(draw: st.DrawFn) -> Analysis:
    """A program whose features come from a pool of a few; those that do not fit are left out."""
    pool = draw(st.lists(features(draw(st.booleans())), min_size=1, max_size=3))
    sizes = st.sampled_from(["", "(filters=8)", "(filters=16)", "(filters=8, kernel_size=5)"])
    lines: list[str] = []
    for feature in draw(st.lists(st.sampled_from(pool), min_size=3, max_size=12)):
        tried = [*lines, re.sub(r"\bconv\b(?!\()", lambda _: f"conv{draw(sizes)}", feature, count=1)]
        if program(tried).ok:
            lines = tried
    return program(lines)


def program(lines: list[str]) -> Analysis:
    return analyse(
        "\n".join(["input(shape=(48, 48, 3))", "conv", *lines, "flatten dense output(classes=3)"]), name="net"
    )


def checked(analysis: Analysis) -> str:
    """The code of a program, which makes each layer of the network in its order, of the right inputs."""
    code = keras_code(analysis)
    made = made_by(code)
    assert list(map(completed, made)) == expected(analysis.network)
    return code


@pytest.mark.parametrize("analysis", every_program(), ids=lambda analysis: analysis.network.name)
def test_the_code_makes_every_layer_of_the_network_in_its_order(analysis: Analysis):
    checked(analysis)


@given(source=sound_programs(8))
@quick
def test_the_code_of_any_program_makes_its_network(source: str):
    checked(analyse(source, name="net"))


@given(analysis=repetitive())
@quick
def test_what_repeats_is_still_made_layer_by_layer(analysis: Analysis):
    code = checked(analysis)
    tree = ast.parse(code)
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(set(defined)) == len(defined)


def test_code_with_functions_is_formatted_and_has_nothing_for_a_linter(tmp_path):
    """Some of many programs, judged at once: starting the formatter takes longer than reading them all."""
    written: list[str] = []

    @given(analysis=repetitive())
    @settings(quick, database=None, derandomize=True)
    def write(analysis: Analysis) -> None:
        written.append(keras_code(analysis))
        (tmp_path / f"net_{len(written)}.py").write_text(written[-1])

    write()
    assert any("_block(" in code for code in written)
    rules = "E,F,W,I,UP,C4,SIM,RET,PIE,D1,D3,D4,S"
    for command in (
        ["format", "--diff"],
        ["check", "--select", rules, "--ignore", "D413"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", f"--line-length={WIDTH}", tmp_path],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def build(text: str) -> str:
    code = checked(analyse(text, name="net"))
    end = code.find("\ndef load_data")
    return code[code.index("\nSEED") : end if end > 0 else None]


def test_blocks_are_called_what_they_are():
    resnet = build(
        "defaults(activate=norm) input(dataset=cifar10) convbn(filters=16)"
        + " add(activation=relu) [ (convbn convbn, Empty) ]" * 3
        + " add(activation=relu) [ (convbn(filters=32, strides=2) convbn(filters=32), conv) ]"
        + " [ (conv, conv(kernel_size=5)) ]" * 4
        + " concat [ (conv(filters=8), conv(filters=8, kernel_size=5)) ]" * 3
        + " global_avg_pooling dense output"
    )
    names = re.findall(r"^def (\w+)\(", resnet, re.MULTILINE)
    assert names == ["conv_bn", "residual_block", "two_lane_block", "inception_block", "build_model"]
    assert "# downsampling block" in resnet  # which is there once, and so has no function


def test_what_differs_from_use_to_use_is_a_parameter():
    vgg = build(
        "input(dataset=cifar10)"
        + "".join(
            f" conv(filters={f}) conv(filters={f}) dropout(rate={r}) max_pooling"
            for f, r in ((8, 0.1), (16, 0.2), (24, 0.3))
        )
        + " flatten dense output"
    )
    assert "def stage(x: keras.KerasTensor, name: Names, filters: int, rate: float) -> keras.KerasTensor:" in vgg
    assert "x = stage(x, name, 16, rate=0.2)" in vgg


def test_a_functions_docstring_counts_its_layers_not_its_makers_groups():
    stages = "".join(f" convbn(filters={f}) convbn(filters={f}) dropout max_pooling" for f in (8, 16, 24))
    vgg = build(f"input(dataset=cifar10){stages} flatten dense output")
    assert '"""Append two convolutions with normalisation, a dropout and a pooling."""' in vgg


def test_a_function_within_a_function_is_given_what_only_the_outer_one_knows():
    inner = "concat [ (max_pooling convbn(kernel_size=2{}) max_pooling, conv) ]"
    outer = f"[ (avg_pooling bnconv {inner}, Empty) ({inner} max_pooling, Empty) ]"
    uses = [outer.format(", momentum=0", ""), "conv(kernel_size=1, filters=4)", outer.format("", "")]
    source = " ".join(["input(shape=(9, 14, 3))", *uses, "flatten dense output(classes=10)"])
    code = checked(analyse(source, name="net"))
    assert "inception_block(x, name, filters" in code


def test_a_parameter_that_keras_has_a_default_for_has_it_too():
    code = build(
        "defaults(activate=norm) input(dataset=cifar10) convbn(filters=8) convbn(filters=8, strides=2)"
        " convbn(filters=8) convbn(filters=16, strides=2) convbn(filters=8) flatten dense output"
    )
    assert "filters: int, strides: int = 1" in code
    assert "x = conv_bn(x, name, 16, strides=2)" in code
    assert "x = conv_bn(x, name, 8)" in code


def test_what_repeats_unchanged_is_a_loop():
    code = build(
        "input(dataset=cifar10) conv"
        + " conv(filters=8) max_pooling(strides=1, padding=same)" * 5
        + " flatten dense output"
    )
    assert "    for _ in range(5):\n        x = layers.Conv2D(8, 3" in code
    assert code.count("Conv2D") == 2


def test_a_network_that_repeats_nothing_has_neither_functions_nor_numbering():
    lenet = build("input(dataset=mnist) conv(filters=6) max_pooling conv(filters=16) flatten dense dense output")
    assert "Names" not in lenet
    assert lenet.count("\ndef ") == 1
    assert 'name="conv_2"' in lenet


def test_a_deep_residual_network_is_a_page_of_code():
    text = "input(dataset=cifar10) convbn(filters=16)" + "".join(
        f" add(activation=relu) [ (convbn(filters={width}, strides=2) convbn(filters={width}), conv) ]"
        + " add(activation=relu) [ (convbn convbn, Empty) ]" * 17
        for width in (32, 64, 128)
    )
    code = build(f"{text} global_avg_pooling dense output")
    assert len(code.splitlines()) < 90


def test_what_all_convolutions_share_is_said_once():
    code = build(
        "defaults(kernel_initializer=he_normal, use_bias=false) input(dataset=cifar10) conv conv(activation=tanh) conv"
        " [ (conv, conv) ] [ (sepconv sepconv sepconv, sepconv) ] flatten dense output"
    )
    whole = keras_code(analyse("defaults(activation=relu6) input conv(filters=4) conv conv conv flatten dense output"))
    assert 'CONV = {"padding": "same", "activation": "relu6"}' in whole
    assert "**CONV" in code and "**SEPCONV" in code
    assert "he_normal" not in code[code.index("def build_model") : code.index("layers.Dense")]
