"""`training(...)` in Keras: what is written is what Keras has, in the worker and in the generated file alike."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnngen.codegen import keras_code, recipe
from cnngen.language import Training, analyse
from cnngen.language.words.optimizers import OPTIMIZERS

pytestmark = pytest.mark.slow

HEAD, NETWORK = "input(shape=(8, 8, 1)) conv(filters=4) flatten dense(units=8) dense", "output(classes=3)"

#: A value for each option of an optimizer that is the default of none of them.
OPTIONS = {
    "momentum": 0.8, "nesterov": True, "beta_1": 0.85, "beta_2": 0.95, "rho": 0.7, "epsilon": 1e-5, "amsgrad": True,
    "centered": True, "initial_accumulator_value": 0.3, "weight_decay": 0.01, "clipnorm": 2.0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    """Precision is a setting of the whole process."""
    import keras

    yield
    keras.config.set_dtype_policy("float32")


def training_of(arguments: str) -> Training:
    analysis = analyse(f"training({arguments}) {HEAD} {NETWORK}")
    assert analysis.ok, analysis.diagnostics
    return analysis.network.training


def made(arguments: str) -> dict[str, Any]:
    """The recipe as the worker reads it: through a file."""
    told: dict[str, Any] = json.loads(json.dumps(recipe(training_of(arguments)).to_json()))
    return told


def text(name: str, options: dict[str, Any]) -> str:
    return f"optimizer={name}, " + ", ".join(f"{key}={str(value).lower()}" for key, value in options.items())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_optimizer_has_the_options_that_are_written_and_keras_own_for_the_others(name: str) -> None:
    import keras

    from cnngen.runtime.worker.recipe import make_optimizer

    applying = {key: value for key, value in OPTIONS.items() if Training(optimizer=name).applies(key)}
    built = make_optimizer(made(text(name, applying)), 10).get_config()
    assert {key: pytest.approx(built[key]) for key in applying} == applying
    plain = make_optimizer(made(f"optimizer={name}, learning_rate=0.25"), 10).get_config()
    kind = getattr(keras.optimizers, type(make_optimizer(made(f"optimizer={name}"), 1)).__name__)
    assert without_names(plain) == without_names(kind(learning_rate=0.25).get_config())
    # What is told of an optimizer without being written is what Keras has.
    told = training_of(f"optimizer={name}").resolved()
    for key in OPTIONS.keys() - {"clipnorm"}:
        assert (key in told) == (key in plain), key
        if key in told:
            assert told[key] == pytest.approx(plain[key] or 0.0), key


@pytest.mark.parametrize("name", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_gradients_are_clipped_in_the_way_that_is_written(name: str) -> None:
    from cnngen.runtime.worker.recipe import make_optimizer

    built = make_optimizer(made(f"{name}=2.5"), 10).get_config()
    assert {key: built[key] for key in ("clipnorm", "clipvalue", "global_clipnorm")} == dict.fromkeys(
        ("clipnorm", "clipvalue", "global_clipnorm")
    ) | {name: 2.5}


@pytest.mark.parametrize(
    ("argument", "layer"),
    [
        ("random_flip=vertical", "RandomFlip"),
        ("random_translation=0.3", "RandomTranslation"),
        ("random_rotation=0.2", "RandomRotation"),
        ("random_zoom=0.3", "RandomZoom"),
        ("random_contrast=0.5", "RandomContrast"),
        ("random_brightness=0.5", "RandomBrightness"),
        ("random_erasing=0.9", "RandomErasing"),
    ],
)
def test_each_augmentation_varies_images_in_training_and_leaves_them_alone_otherwise(argument: str, layer: str) -> None:
    from cnngen.runtime.worker.recipe import augmented

    network = generated(argument).build_model()
    pictures = np.random.default_rng(0).random((16, 8, 8, 1), dtype=np.float32)
    (varying,) = (found := augmented(network, made(argument)).layers[0]).layers
    assert type(varying).__name__ == layer
    assert np.abs(np.asarray(found(pictures, training=True)) - pictures).max() > 0.05
    np.testing.assert_array_equal(np.asarray(found(pictures, training=False)), pictures)


@pytest.mark.parametrize(
    ("arguments", "rates"),
    [
        # By epoch and step: 10 epochs of 4 steps, a learning rate of 0.8.
        ("schedule=cosine_decay", {0: 0.8, 20: 0.4, 40: 0.0}),
        ("schedule=cosine_decay, alpha=0.5", {0: 0.8, 20: 0.6, 40: 0.4}),
        ("schedule=cosine_decay, warmup_epochs=2", {0: 0.0, 4: 0.4, 8: 0.8, 24: 0.4, 40: 0.0}),
        ("schedule=cosine_decay, decay_epochs=5", {0: 0.8, 10: 0.4, 20: 0.0, 39: 0.0}),
        ("schedule=exponential_decay", {0: 0.8, 40: 0.08}),
        ("schedule=exponential_decay, decay_rate=0.5, decay_epochs=2.5, staircase=true", {0: 0.8, 9: 0.8, 10: 0.4}),
        ("schedule=polynomial_decay, end_learning_rate=0", {0: 0.8, 10: 0.6, 40: 0.0}),
        ("schedule=polynomial_decay, power=2, end_learning_rate=0", {0: 0.8, 20: 0.2}),
        # Epochs 6 and 8 are the first behind half and three quarters: steps 20 and 30.
        ("schedule=piecewise_constant_decay", {0: 0.8, 19: 0.8, 20: 0.08, 29: 0.08, 30: 0.008}),
        ("schedule=piecewise_constant_decay, boundaries=3, decay_rate=0.5", {11: 0.8, 12: 0.4, 39: 0.4}),
    ],
)
def test_the_learning_rate_follows_its_schedule_in_the_worker_and_in_the_file(
    arguments: str, rates: dict[int, float]
) -> None:
    from cnngen.runtime.worker.recipe import make_schedule

    written = f"epochs=10, learning_rate=0.8, {arguments}"
    ours = make_schedule(made(written), 4)
    file = generated(written).learning_rate(epochs=10, steps=4)
    for step, rate in rates.items():
        assert float(ours(step)) == pytest.approx(rate, abs=1e-6), step
        assert float(file(step)) == pytest.approx(rate, abs=1e-6), step


def generated(arguments: str) -> ModuleType:
    """The generated file as a module."""
    module = ModuleType("generated")
    code = keras_code(analyse(f"training({arguments}) {HEAD} {NETWORK}", name="net"))
    exec(compile(code, "generated.py", "exec"), module.__dict__)
    return module


EVERYTHING = (
    "epochs=2, batch_size=16, optimizer=sgd, learning_rate=0.1, momentum=0.9, nesterov=true, weight_decay=0.0005, "
    "schedule=cosine_decay, warmup_epochs=0.5, early_stopping=true, monitor=val_accuracy, patience=1, "
    "restore_best_weights=true, random_flip=horizontal, random_translation=0.125, fill_mode=constant, "
    "random_brightness=0.1, random_erasing=0.5, label_smoothing=0.1, dtype_policy=mixed_bfloat16"
)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 3, 100)
    pictures = (labels[:, None, None, None] * 80 + chance.integers(0, 60, (100, 8, 8, 1))).astype(np.uint8)
    np.savez(tmp_path / "images.npz", x=pictures, y=labels)
    return tmp_path / "images.npz"


def ran(monkeypatch: pytest.MonkeyPatch, module: ModuleType, images: Path, out: Path) -> tuple[Any, dict[str, Any]]:
    """The model that a generated `main` has trained, and the arguments of its `fit`."""
    import keras

    seen: list[tuple[Any, dict[str, Any]]] = []
    fit = keras.Model.fit

    def noted(self: Any, *data: Any, **arguments: Any) -> Any:
        seen.append((self, arguments))
        return fit(self, *data, verbose=0, **arguments)

    monkeypatch.setattr(keras.Model, "fit", noted)
    monkeypatch.setattr(sys, "argv", ["model.py", "--data", str(images), "--output", str(out)])
    module.main()
    ((model, arguments),) = seen
    return model, arguments


def without_names(config: Any) -> Any:
    """A configuration without the names that Keras numbers through the process."""
    if isinstance(config, dict):
        return {key: without_names(value) for key, value in config.items() if key not in ("name", "build_config")}
    return [without_names(one) for one in config] if isinstance(config, list | tuple) else config


def test_the_generated_main_trains_as_the_worker_does(
    monkeypatch: pytest.MonkeyPatch, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    from cnngen.runtime.worker import recipe as worker
    from cnngen.runtime.worker import training

    model, arguments = ran(monkeypatch, generated(EVERYTHING), images, tmp_path / "one")
    told = made(EVERYTHING)
    steps = 4  # 100 images, 80 of them not for the test, 64 of those to train on, 16 at a time
    ours = worker.augmented(model.layers[-1], told)
    training.compile_model(ours, told, False, False, steps)
    assert without_names(ours.optimizer.get_config()) == without_names(model.optimizer.get_config())
    assert ours.loss.get_config() == model.loss.get_config()
    assert type(ours.loss) is type(model.loss)
    (layers, same) = ([without_names(one.get_config()) for one in found.layers[0].layers] for found in (ours, model))
    assert layers == same and len(layers) == 4
    (stopping,), (theirs,) = worker.make_callbacks(told), arguments["callbacks"]
    for name in ("monitor", "patience", "min_delta", "restore_best_weights", "start_from_epoch", "mode"):
        assert getattr(stopping, name) == getattr(theirs, name), name

    # Mixed precision: 16 bits within, 32 for weights, images, augmentation and output.
    network = model.layers[-1]
    assert [layer.compute_dtype for layer in network.layers[1:]] == ["bfloat16", "bfloat16", "bfloat16", "float32"]
    assert {str(weight.dtype) for weight in network.weights} == {"float32"}
    assert {layer.compute_dtype for layer in model.layers[0].layers} == {"float32"}
    pictures = np.load(images)["x"].astype("float32") / 255
    assert keras.ops.dtype(network(pictures[:2])) == "float32"

    # Augmentation: in training only, and no part of what is saved.
    varied = np.asarray(model.layers[0](pictures, training=True))
    assert np.abs(varied - pictures).max() > 0.1
    np.testing.assert_array_equal(np.asarray(model.layers[0](pictures, training=False)), pictures)
    np.testing.assert_array_equal(model.predict(pictures, verbose=0), network.predict(pictures, verbose=0))
    assert varied.min() >= 0 and varied.max() <= 1.0 + 1e-6

    # The same seed: the same weights, with everything that draws from chance.
    again, _ = ran_again(monkeypatch, generated(EVERYTHING), images, tmp_path / "two")
    for one, other in zip(network.weights, again.layers[-1].weights, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-6)
    saved = keras.saving.load_model(tmp_path / "one" / "model.keras")
    assert saved.count_params() == network.count_params()
    capsys.readouterr()


def ran_again(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, images: Path, out: Path
) -> tuple[Any, dict[str, Any]]:
    """The same in the same process, which has a policy and hooks already."""
    import keras

    monkeypatch.undo()
    keras.config.set_dtype_policy("float32")
    return ran(monkeypatch, module, images, out)


def test_smoothed_labels_are_in_the_loss() -> None:
    from cnngen.runtime.worker.recipe import make_loss

    chances = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], dtype="float32")
    sure = np.array([[1, 0, 0], [0, 1, 0]], dtype="float32")
    smooth = sure * 0.7 + 0.3 / 3
    loss = make_loss(made("label_smoothing=0.3"), False)
    assert float(loss(sure, chances)) == pytest.approx(float(-(smooth * np.log(chances)).sum(axis=1).mean()), rel=1e-5)
    plain = make_loss(made("epochs=1"), False)
    assert float(plain(np.array([0, 1]), chances)) == pytest.approx(-np.log([0.7, 0.8]).mean(), rel=1e-5)


def test_loss_scaling_of_16_bit_floats_hides_neither_the_learning_rate_nor_the_warm_up() -> None:
    """Keras puts another optimizer around the one that is asked for."""
    import keras
    import tensorflow as tf

    from cnngen.runtime.worker import recipe as worker
    from cnngen.runtime.worker import training

    told = made("dtype_policy=mixed_float16, optimizer=sgd, schedule=exponential_decay, random_flip=horizontal")
    keras.config.set_dtype_policy(told["dtype_policy"])
    model = worker.augmented(generated("dtype_policy=mixed_float16").build_model(), told)
    training.compile_model(model, told, False, False, 10)
    assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    data = tf.data.Dataset.from_tensors((tf.random.uniform((4, 8, 8, 1), seed=1), tf.zeros(4, tf.int32)))
    model.optimizer.build(model.trainable_variables)
    kept = [*model.variables, *model.optimizer.variables]
    before = [keras.ops.convert_to_numpy(one).copy() for one in kept]
    training.warm_up(model, data)
    for one, value in zip(kept, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(one), value, err_msg=one.path)
    assert int(model.optimizer.inner_optimizer.iterations) == 0
    model.fit(data, epochs=3, verbose=0)
    assert worker.learning_rate_of(model) == pytest.approx(0.001 * 0.1 ** (2 / 360))


def test_warming_up_leaves_no_trace() -> None:
    """The first epoch is what it would have been, whatever draws from chance in it."""
    import keras
    import tensorflow as tf

    from cnngen.runtime.worker import recipe as worker
    from cnngen.runtime.worker import training

    written = "random_flip=horizontal, random_translation=0.2, random_erasing=0.5, schedule=cosine_decay, epochs=2"
    code = keras_code(analyse(f"training({written}) input(shape=(8, 8, 1)) conv flatten dropout dense {NETWORK}"))
    module = ModuleType("generated")
    exec(compile(code, "generated.py", "exec"), module.__dict__)
    chance = np.random.default_rng(1)
    pictures, labels = chance.random((32, 8, 8, 1), dtype=np.float32), chance.integers(0, 3, 32)
    data = tf.data.Dataset.from_tensor_slices((pictures, labels)).batch(8)
    losses = []
    for warm in (False, True):
        keras.utils.set_random_seed(3)
        model = worker.augmented(module.build_model(), made(written))
        training.compile_model(model, made(written), False, False, 4)
        if warm:
            training.warm_up(model, data.take(1))
        losses.append(model.fit(data, epochs=2, verbose=0, shuffle=False).history["loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_what_applies_depends_on_the_other_choices_only() -> None:
    """The catalogue, the dataclass and the recipe know the same words and defaults."""
    from cnngen.language.words.training import TRAINING

    usual = Training()
    for known in TRAINING:
        assert getattr(usual, known.name) == known.default, known.name
        assert (known.default is None) == bool(known.rule), known.name
    assert recipe(replace(usual, momentum=0.9)) == recipe(usual)  # adam has none
