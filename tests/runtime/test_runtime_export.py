"""ONNX by Keras' own export: the network, the same bytes each time, and one sentence where it cannot be."""

import shutil
import sys
import venv
from functools import reduce
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnngen.codegen import keras_code
from cnngen.language import Analysis, analyse
from cnngen.language.words.hyperparameters import ACTIVATIONS
from cnngen.runtime import CannotExport, onnx

#: Every activation, each in a lane of its own: concat [ (concat [ (..., conv) ], conv) ]
LANES = reduce(
    lambda inner, activation: f"concat [ ({inner}, conv(filters=2, activation={activation})) ]",
    ACTIVATIONS,
    "conv(filters=2)",
)

#: Every kind of layer with weights, both joins, and every activation.
PROGRAM = f"""
training(seed=3)
input(shape=(12, 12, 3))
conv(filters=4, kernel_size=(3, 5), activation=selu) max_pooling
add(activation=relu) [ (convbn(activate=norm) bnconv(activate=norm), Empty) ]
concat [ (sepconv(filters=6), conv(filters=2, kernel_size=1)) ]
upconv(filters=3) dropout avg_pooling
{LANES}
flatten dense(units=5, activation=tanh) dense
output(classes=4)
"""


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    found = analyse(PROGRAM, name="everything")
    assert found.ok
    return found


@pytest.fixture(scope="module")
def exported(analysis: Analysis) -> bytes:
    return onnx(analysis, sys.executable)


@pytest.mark.slow
def test_the_file_is_the_network_with_the_weights_of_its_seed(analysis: Analysis, exported: bytes):
    """ONNX' own evaluator and Keras say the same of the same images."""
    import keras
    import numpy as np
    from onnx import load_from_string
    from onnx.reference import ReferenceEvaluator

    module = SimpleNamespace()
    exec(keras_code(analysis), vars(module))
    keras.utils.set_random_seed(3)
    model = module.build_model()
    images = np.random.default_rng(0).random((2, 12, 12, 3), dtype="float32")
    read = load_from_string(exported)
    (given,) = read.graph.input
    assert [extent.dim_param or extent.dim_value for extent in given.type.tensor_type.shape.dim] == [
        "number",
        12,
        12,
        3,
    ]
    (found,) = ReferenceEvaluator(read).run(None, {given.name: images})
    assert found.shape == (2, analysis.network.classes)
    assert np.allclose(found, model.predict(images, verbose=0), atol=1e-5)


@pytest.mark.slow
def test_the_same_network_gives_the_same_bytes(analysis: Analysis, exported: bytes, monkeypatch: pytest.MonkeyPatch):
    """The converter goes through sets, whose order a hash seed changes."""
    from cnngen.runtime.driving import interpreter

    plain = interpreter.environment
    monkeypatch.setattr(interpreter, "environment", lambda path: plain(path) | {"PYTHONHASHSEED": "7"})
    assert onnx(analysis, sys.executable) == exported


def test_an_interpreter_without_the_packages_is_one_sentence(analysis: Analysis, tmp_path: Path):
    bare = tmp_path / "venv"
    venv.create(bare, with_pip=False)
    (tmp_path / "path" / "cnngen").mkdir(parents=True)
    runtime = Path(sys.modules["cnngen.runtime"].__file__ or "").parent
    shutil.copytree(runtime, tmp_path / "path" / "cnngen" / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.raises(CannotExport) as refused:
        onnx(analysis, str(bare / "bin" / "python"), tmp_path / "path")
    assert "lacks, keras, tensorflow, onnx, tf2onnx" in str(refused.value)
    assert 'pip install "cnngen[train,onnx]"' in str(refused.value)


def test_no_interpreter_is_one_sentence(analysis: Analysis):
    with pytest.raises(CannotExport, match=r"^There is no ONNX file: .*cannot be started"):
        onnx(analysis, "/no/such/python")
