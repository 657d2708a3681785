"""The generated file as a text: readable, the same each time, and safe whatever the program is called."""

import ast
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from codegen_programs import PROGRAMS, every_program, program
from hypothesis import given
from hypothesis import strategies as st

from cnngen.codegen import keras_code
from cnngen.codegen.keras.layers import KERAS_LAYERS
from cnngen.codegen.keras.literals import WIDTH
from cnngen.codegen.keras.recipe import OPTIMIZERS
from cnngen.language import Analysis, analyse
from cnngen.language.words.catalogue import WORDS


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated files of all programs."""
    folder = tmp_path_factory.mktemp("generated")
    for analysis in every_program():
        (folder / f"{analysis.network.name}.py").write_text(keras_code(analysis), encoding="utf-8")
    return folder


def ruff(*arguments: object) -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_generated_files_are_formatted(files: Path):
    ruff("format", "--isolated", f"--line-length={WIDTH}", "--diff", files)


def test_generated_files_have_nothing_for_a_linter(files: Path):
    rules = "E,F,W,I,UP,C4,SIM,RET,PIE,D1,D3,D4,S"
    ruff("check", "--isolated", f"--line-length={WIDTH}", "--select", rules, "--ignore", "D413", files)


def test_the_header_tells_name_version_and_hash():
    analysis = program("ten_words")
    doc = ast.get_docstring(ast.parse(keras_code(analysis)))
    assert doc is not None
    assert doc.startswith("ten_words: ")
    assert f"CNNGen {version('cnngen')}" in doc
    assert analysis.network.hash in doc
    assert f"{analysis.network.totals.params:,} parameters" in doc


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_generated_file_imports_keras_and_numpy_and_nothing_of_cnngen(name: str):
    tree = ast.parse(keras_code(program(name)))
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imports |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    standard = {"argparse", "collections", "json", "math", "pathlib"}
    assert imports <= {*standard, "keras", "numpy", "sklearn.datasets"}


def test_the_training_of_the_program_becomes_constants():
    constants = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(keras_code(program("every_layer"))).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert constants == {
        "INPUT_SHAPE": (20, 16, 3),
        "TEST_SPLIT": 0.2,
        "VALIDATION_SPLIT": 0.1,
        "EPOCHS": 2,
        "BATCH_SIZE": 16,
        "LEARNING_RATE": 5e-05,
        "SEED": 3,
    }


def test_lanes_are_kept_in_branches_and_joins_read_the_left_lane_first():
    code = keras_code(program("highway"))
    build = code[code.index("def build_model") : code.index("def load_data")]
    streams = re.findall(r"^    (\w+) = (?:layers\.(\w+)\(.*\)\((.*)\)|(\w+))$", build, re.MULTILINE)
    assert [(target, layer, source or alias) for target, layer, source, alias in streams] == [
        ("x", "Conv2D", "inputs"),
        ("branch", "", "x"),
        ("x", "Conv2D", "x"),
        ("branch", "Conv2D", "branch"),
        ("x", "Add", "[x, branch]"),
        ("x", "Conv2D", "x"),
        ("x", "Dropout", "x"),
        ("branch", "Conv2D", "branch"),  # the second right lane goes on from the first one's end
        ("x", "Add", "[x, branch]"),
        ("x", "SeparableConv2D", "x"),
        ("x", "Conv2D", "x"),
        ("x", "Add", "[x, branch]"),
        ("branch", "", "x"),
        ("x", "Conv2D", "x"),
        ("x", "Concatenate", "[x, branch]"),
        ("x", "Activation", "x"),
        ("x", "Conv2D", "x"),
        ("branch", "Conv2D", "branch"),
        ("x", "Concatenate", "[x, branch]"),
        ("x", "Activation", "x"),
        ("x", "Flatten", "x"),
        ("x", "Dense", "x"),
    ]


def test_a_nested_fork_has_a_variable_of_its_own():
    code = keras_code(program("nested"))
    assert code.count("branch_2 = x") == 1
    assert "shortcut = x" in code
    assert "shortcut_2 = layers.Conv2D" in code  # a fork whose stream others still read is not overwritten


def test_every_layer_word_and_optimizer_of_the_catalogue_is_known():
    """The catalogue is the single source: what it has, can be generated."""
    for word in WORDS.values():
        for kind in word.kinds:
            assert kind == "input" or KERAS_LAYERS[kind].name in word.keras
    (optimizer,) = [p for p in WORDS["training"].hyperparameters if p.name == "optimizer"]
    assert set(optimizer.type.choices) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_hyperparameter_of_a_node_is_written_or_a_default(name: str):
    for node in program(name).network.nodes:
        if node.kind != "input":
            layer = KERAS_LAYERS[node.kind]
            known = {*layer.positional, *layer.defaults}
            separate = {"activation"} if node.kind in ("batch_norm", "add", "concat") else set()
            assert set(node.args) == known | separate


def test_a_program_with_errors_has_no_code():
    with pytest.raises(ValueError, match="has errors"):
        keras_code(analyse("input conv flatten dense", name="broken"))


def test_the_same_network_gives_the_same_text_in_every_process():
    script = (
        "from codegen_programs import every_program; from cnngen.codegen import keras_code;"
        "print(*map(keras_code, every_program()))"
    )
    texts = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=Path(__file__).parent,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert texts[0] == texts[1] != b""


def with_texts(analysis: Analysis, name: str, dataset: str) -> Analysis:
    return replace(analysis, network=replace(analysis.network, name=name, dataset=dataset))


def skeleton(code: str) -> str:
    """The syntax tree without the three texts that may differ: the docstring, DATA and the model's name."""
    tree = ast.parse(code)
    tree.body = tree.body[1:]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "DATA":
            assert isinstance(node.value, ast.Constant)
            node.value.value = ""
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "keras.Model":
            assert isinstance(node.keywords[0].value, ast.Constant)
            node.keywords[0].value.value = ""
    return ast.dump(tree)


HOSTILE = [
    '"""\nimport os\nos.system("true")\n"""',
    "'); __import__('os').system('true') #",
    "\\", "\\\"", "a\x00b", "\r\n", "\u2028import os", "\u202e", "\ud800", "%s{0}$load", "${load}", "…/é", "a" * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_program_becomes_code(text: str):
    """Names of files and paths of data sets come from anyone."""
    analysis = program("own_images")
    code = keras_code(with_texts(analysis, text, f"{text}.npz"))
    assert skeleton(code) == skeleton(keras_code(analysis))
    (data,) = [node for node in ast.parse(code).body if isinstance(node, ast.Assign) and node.targets[0].id == "DATA"]
    assert ast.literal_eval(data.value) == f"{text}.npz"
    code.encode("utf-8")


@given(name=st.text(st.characters()), path=st.text(st.characters()))
def test_no_text_at_all_becomes_code(name: str, path: str):
    analysis = program("folder")
    code = keras_code(with_texts(analysis, name, f"{path}/"))
    assert skeleton(code) == skeleton(keras_code(analysis))
    code.encode("utf-8")


@pytest.mark.parametrize("text", [*HOSTILE, "", "7 layers", "ResNet (small)"])
def test_the_models_name_is_one_that_keras_takes(text: str):
    code = keras_code(with_texts(program("own_images"), text, "x.npz"))
    assert re.search(r'return keras\.Model\(inputs, x, name="[A-Za-z][A-Za-z0-9_]{0,50}"\)', code)


def test_a_hundred_thousand_layers_are_no_problem():
    analysis = program("ten_words")
    first, conv, *_ = analysis.network.nodes
    nodes = [first] + [replace(conv, id=i, name=f"conv_{i}", inputs=(i - 1,)) for i in range(1, 100_001)]
    nodes.append(replace(analysis.network.nodes[-2], id=len(nodes), inputs=(len(nodes) - 1,)))
    nodes.append(replace(analysis.network.nodes[-1], id=len(nodes), inputs=(len(nodes) - 1,)))
    code = keras_code(replace(analysis, network=replace(analysis.network, grow=lambda: tuple(nodes))))
    assert code.count("layers.Conv2D") == 100_000


def test_a_thousand_merges_inside_each_other_are_no_problem():
    text = "input(shape=(4, 4, 1)) conv(filters=2)" + " [ (conv" * 1000 + " conv" + ", Empty) ]" * 1000
    code = keras_code(analyse(f"{text} flatten dense output(classes=2)"))
    assert "shortcut_1000 = x" in code
    compile(code, "nested.py", "exec")
