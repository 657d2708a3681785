"""Keras is the oracle: it builds what was generated, and finds what the Network says."""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from codegen_programs import PROGRAMS, SAMPLES, execute, program

from cnngen.codegen import keras_code, read_configuration, read_model
from cnngen.codegen.keras.layers import KERAS_LAYERS
from cnngen.language import DATASETS, Analysis, analyse

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[*PROGRAMS, *(path.stem for path in SAMPLES)])
def analysis(request: pytest.FixtureRequest) -> Analysis:
    if request.param in PROGRAMS:
        return program(request.param)
    (sample,) = [path for path in SAMPLES if path.stem == request.param]
    return analyse(sample.read_text(encoding="utf-8"), name=sample.stem)


def test_keras_agrees_on_every_shape_every_count_and_every_hyperparameter(analysis: Analysis):
    network = analysis.network
    model = execute(analysis).build_model()
    assert model.count_params() == network.totals.params
    for node in network.nodes:
        layer = model.get_layer(node.name)
        shape = layer.batch_shape if node.kind == "input" else layer.output.shape
        assert shape[1:] == node.shape, node.name
        assert layer.count_params() == node.params, node.name
        config = layer.get_config()
        for name, value in node.args.items():
            if name == "activation" and node.kind in ("batch_norm", "add", "concat"):
                names = {other.name for other in model.layers}
                assert (f"{node.name}_activation" in names) == (value not in (None, "linear"))
                if value not in (None, "linear"):
                    assert model.get_layer(f"{node.name}_activation").get_config()["activation"] == value
            elif name == "kernel_initializer":
                import keras

                expected = keras.initializers.get(value).__class__.__name__
                keys = ["depthwise_initializer", "pointwise_initializer"] if node.kind == "sepconv" else [name]
                assert {config[key]["class_name"] for key in keys} == {expected}, node.name
            else:
                assert config[name] == value, (node.name, name)


def test_every_layer_reads_what_it_reads_in_the_network(analysis: Analysis):
    network = analysis.network
    model = execute(analysis).build_model()
    names = {node.id: node.name for node in network.nodes}
    for node in network.nodes[1:]:
        inputs = model.get_layer(node.name).input
        sources = [
            tensor._keras_history.operation.name for tensor in (inputs if isinstance(inputs, list) else [inputs])
        ]
        assert [name.removesuffix("_activation") for name in sources] == [names[source] for source in node.inputs]


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in ("one_layer", "features")])
def test_two_steps_of_training_run(name: str):
    import keras
    import numpy as np

    network = program(name).network
    model = execute(program(name)).build_model()
    logits = network.nodes[-1].args["activation"] == "linear"
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
    model.compile(optimizer=keras.optimizers.SGD(), loss=loss)
    images = np.random.default_rng(0).random((8, *network.input_shape), dtype="float32")
    history = model.fit(images, np.arange(8) % network.classes, batch_size=4, epochs=1, verbose=0)
    assert math.isfinite(history.history["loss"][0])


def test_the_defaults_that_are_left_out_are_those_of_keras():
    import inspect

    import keras

    for kind, layer in KERAS_LAYERS.items():
        parameters = inspect.signature(getattr(keras.layers, layer.name)).parameters
        assert list(parameters)[: len(layer.positional)] == list(layer.positional), kind
        for name, default in layer.defaults.items():
            if kind == "sepconv" and name == "kernel_initializer":
                assert parameters["depthwise_initializer"].default == default
                assert parameters["pointwise_initializer"].default == default
            elif name == "activation":
                assert parameters[name].default is None  # which is linear
            else:
                written = parameters[name].default
                assert (written, written) == default or written == default, (kind, name)


def run(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run generated code as its reader would: from its own folder, without cnngen."""
    (folder / "network.py").write_text(code, encoding="utf-8")
    (folder / "cnngen.py").write_text("raise ImportError('generated code needs no cnngen')\n")
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "network.py", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_the_generated_program_trains_on_the_digits_without_cnngen(tmp_path: Path):
    text = "training(learning_rate=0.01) input(dataset=digits) conv(filters=8) max_pooling flatten dense output"
    done = run(keras_code(analyse(text, name="digits")), tmp_path, "--epochs=2", "--batch-size=32", "--seed=1")
    assert done.returncode == 0, done.stderr
    found = re.search(r"test accuracy (0\.\d+), test loss", done.stdout)
    assert found, done.stdout
    assert float(found[1]) > 0.6
    assert {path.name for path in tmp_path.iterdir()} <= {"network.py", "cnngen.py", "__pycache__"}


def test_the_generated_program_keeps_the_model_and_its_metrics_where_asked(tmp_path: Path):
    """What it keeps is read back as the network."""
    text = (
        "input(dataset=digits) conv(filters=4) [ (convbn(activate=norm) convbn, Empty) ] * flatten dense output"
    ).replace("*", "add(activation=relu) [ (convbn(activate=norm) convbn, Empty) ] " * 3)
    analysis = analyse(text, name="kept")
    assert "def residual_block(" in keras_code(analysis)
    done = run(keras_code(analysis), tmp_path, "--epochs=1", "--output=some/folder")
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "some" / "folder" / "metrics.json").read_text())
    assert set(metrics) == {"test_accuracy", "test_loss", "history"}
    assert len(metrics["history"]["val_accuracy"]) == 1
    again = analyse(read_model(read_configuration(tmp_path / "some" / "folder" / "model.keras"))).network
    assert [(n.name, n.kind, n.inputs, n.shape, n.params) for n in again.nodes] == [
        (n.name, n.kind, n.inputs, n.shape, n.params) for n in analysis.network.nodes
    ]


def test_the_generated_program_trains_on_arrays_of_ones_own(tmp_path: Path):
    """A linear classifier gives logits; the loss is told so. The whole set is split, whatever the file says."""
    import numpy as np

    labels = np.arange(60) % 2
    images = np.full((60, 8, 8), 200, dtype=np.uint8) * labels[:, None, None].astype(np.uint8)
    path = tmp_path / "my 'images'.npz"
    np.savez(path, x_train=images[:40], y_train=labels[:40], x_test=images[40:], y_test=labels[40:, None][:, 0])
    text = "input(shape=(8, 8, 1)) conv(filters=4) global_max_pooling dense(activation=linear) output(classes=2)"
    code = keras_code(analyse(text))
    assert "from_logits=True" in code
    assert "required=True" in code  # without --data there is nothing to train on
    done = run(code, tmp_path, "--epochs=1", f"--data={path}")
    assert done.returncode == 0, done.stderr
    assert "test accuracy" in done.stdout


def test_a_program_that_is_no_classifier_prints_its_summary(capsys: pytest.CaptureFixture[str]):
    execute(program("features")).main()
    assert "upconv_1" in capsys.readouterr().out


def test_a_folder_of_images_by_class_is_loaded(tmp_path: Path):
    import numpy as np
    import tensorflow as tf

    for label, name in enumerate(["cats", "dogs"]):
        (tmp_path / name).mkdir()
        for number in range(3):
            file = tmp_path / name / f"{number}.png"
            file.write_bytes(tf.io.encode_png(np.full((12, 10, 3), 255 * label, dtype="uint8")).numpy())
    images, labels = execute(program("folder")).load_data(str(tmp_path))
    assert images.shape == (6, 6, 5, 3)
    assert images.dtype == "float32"
    assert labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert images[:3].max() == 0 and images[3:].min() == 1


@pytest.mark.parametrize("name", DATASETS)
def test_each_known_data_set_is_loaded_whole_and_scaled(name: str, monkeypatch: pytest.MonkeyPatch):
    """Keras' own sets are downloads, so here they are arrays of the form that Keras gives."""
    import keras
    import numpy as np

    shape, count = DATASETS[name].shape, 1797
    if name != "digits":
        column = (1,) if name.startswith("cifar") else ()
        raw = shape if shape[-1] > 1 else shape[:2]
        parts = [(np.full((n, *raw), 255, "uint8"), np.zeros((n, *column), "uint8")) for n in (5, 2)]
        monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: parts)
        count = 7
    images, labels = execute(analyse(f"input(dataset={name}) conv flatten dense output")).load_data()
    assert images.shape == (count, *shape)
    assert labels.shape == (count,)
    assert images.dtype == "float32"
    assert images.max() == 1
