"""Keras at work: compiling, warming up, fitting and evaluating one model.

Imported only after TensorFlow's own import has been measured.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from cnngen.runtime.worker.data import Array, Images
from cnngen.runtime.worker.errors import RunError, brief
from cnngen.runtime.worker.recipe import make_loss, make_optimizer

#: So many batches are made ready ahead of the training, side by side.
AHEAD = 4


def load_model(path: Path) -> Any:
    """Build the network of the generated file at `path`. Raises RunError when the file does not build one."""
    try:
        spec = importlib.util.spec_from_file_location("cnngen_generated_model", path)
        if spec is None or spec.loader is None:
            raise ImportError(path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.build_model()
    except MemoryError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise RunError(f"Keras could not build the network from {path.name}: {brief(error)}.") from error


def compile_model(
    model: Any, recipe: dict[str, Any], from_logits: bool, jit: bool, steps: int = 1, at_once: int = 1
) -> None:
    """Compile for a training by the recipe, with so many steps an epoch, `at_once` of them between two callbacks.

    `jit` is always said: Keras' own choice depends on the machine, and with it the energy of an epoch. Raises what
    `make_optimizer` raises.
    """
    model.compile(
        optimizer=make_optimizer(recipe, steps),
        loss=make_loss(recipe, from_logits),
        metrics=["accuracy"],
        jit_compile=jit,
        steps_per_execution=at_once,
    )


def batches(
    images: Images, part: Array, batch_size: int, shuffle_seed: int | None = None, *, one_hot: bool = False
) -> Any:
    """The images at the positions `part` as batches, in a new order each epoch when there is a seed.

    Labels are whole numbers, or where `one_hot` a value for each class. Only positions are shuffled, and 8-bit
    pictures become floats batch by batch: both keep memory small.
    """
    with tf.device("CPU:0"):
        x, y = tf.constant(images.x[part]), tf.constant(images.y[part])

    def batch(positions: Any) -> tuple[Any, Any]:
        pictures = tf.gather(x, positions)
        if pictures.dtype == tf.uint8:
            pictures = tf.cast(pictures, tf.float32) / 255.0
        labels = tf.gather(y, positions)
        return pictures, tf.one_hot(labels, images.classes) if one_hot else labels

    positions = tf.data.Dataset.range(len(part))
    if shuffle_seed is not None:
        positions = positions.shuffle(len(part), seed=shuffle_seed, reshuffle_each_iteration=True)
    made = positions.batch(batch_size).map(batch, num_parallel_calls=AHEAD)
    # TensorFlow's own tuning looks at a pipeline ever more rarely, up to once a minute, and who lets go of the pipeline
    # waits for its next look: a training of 6 s took 10.
    options = tf.data.Options()
    options.autotune.enabled = False
    return made.prefetch(AHEAD).with_options(options)


def warm_up(model: Any, data: Any) -> None:
    """Trace and run one pass over `data` in training and in evaluation, then put everything back as it was.

    After this the first epoch is an epoch like the others. Weights, optimizer, dropout's seed generators and the
    random states of Python and NumPy are restored. TensorFlow's global seed is not set anew: that would throw away
    the kernels that were just made, and nothing here draws from it.
    """
    chance = random.getstate(), np.random.get_state()
    model.optimizer.build(model.trainable_variables)
    state = {id(v): (v, keras.ops.copy(v.value)) for v in (*model.variables, *model.optimizer.variables)}
    model.fit(data, epochs=1, verbose=0, shuffle=False)
    model.evaluate(data, verbose=0)
    model.reset_metrics()
    for variable, value in state.values():
        variable.assign(value)
    random.setstate(chance[0])
    np.random.set_state(chance[1])


def synchronise(model: Any) -> None:
    """Wait until the device has done all that was asked of it, so that a window ends when the work does."""
    if model.trainable_variables:
        keras.ops.convert_to_numpy(model.trainable_variables[-1].value)


def digest(model: Any) -> str:
    """SHA-256 of all weights with their types and shapes, in the model's order."""
    found = hashlib.sha256()
    for variable in model.weights:
        value = keras.ops.convert_to_numpy(variable.value)
        found.update(f"{value.dtype.str}{value.shape}".encode())
        found.update(np.ascontiguousarray(value).data)
    return found.hexdigest()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the machine's or the GPU's memory did not suffice."""
    return isinstance(error, MemoryError | tf.errors.ResourceExhaustedError) or "OOM when allocating" in str(error)


class Switch(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells where `fit` and `evaluate` are: at each boundary between training and validation, and between batches.

    What is called may raise, and ends the training there. `on_batch` hears how many batches of the epoch are done, 0 as
    one begins, and None between those of the validation. It is told as the next batch begins, or the next few that
    are given to Keras at once, for Keras hands whoever waits for the end of a batch its loss, for which a GPU would
    have to wait for the host.
    """

    def __init__(
        self,
        *,
        on_train: Callable[[int], None],
        on_validate: Callable[[int], None],
        on_epoch: Callable[[int, dict[str, float]], None],
        on_batch: Callable[[int, int | None], None],
    ) -> None:
        super().__init__()
        self._on_train, self._on_validate = on_train, on_validate
        self._on_epoch, self._on_batch = on_epoch, on_batch
        self._epoch = 0
        self._begun = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """The training part of an epoch begins; epochs count from 1 for people."""
        self._epoch, self._begun = epoch + 1, 0
        self._on_train(self._epoch)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The batches before are done."""
        self._begun = batch + self.model.steps_per_execution
        self._on_batch(self._epoch, batch)

    def on_test_begin(self, logs: Any = None) -> None:
        """The training part of the epoch is over."""
        self._end_training()
        self._on_validate(self._epoch)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The batches of the validation before are done."""
        self._on_batch(self._epoch, None)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """The whole epoch is over."""
        self._end_training()
        self._on_epoch(epoch + 1, {name: float(value) for name, value in (logs or {}).items()})

    def _end_training(self) -> None:
        synchronise(self.model)
        if self._begun:
            begun, self._begun = self._begun, 0
            self._on_batch(self._epoch, begun)


class Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Calls back before each batch of an evaluation, so that it can be stopped."""

    def __init__(self, on_batch: Callable[[], None]) -> None:
        super().__init__()
        self._on_batch = on_batch

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The batches before are done."""
        self._on_batch()


def check_loss(loss: float, epoch: int) -> None:
    """Raise RunError when the loss is no number any more: no later epoch would bring it back."""
    if not math.isfinite(loss):
        raise RunError(
            f"The loss became {'NaN' if math.isnan(loss) else 'infinite'} in epoch {epoch}; "
            "a smaller learning_rate usually helps."
        )
