"""From a recipe (`codegen/keras/recipe.py`) to the objects of Keras that a training is made of.

The generated file writes the same objects down. Imported only after TensorFlow's own import has been measured.
"""

from __future__ import annotations

from typing import Any

import keras

from cnngen.runtime.worker.errors import RunError


def make_optimizer(recipe: dict[str, Any], steps: int) -> Any:
    """The optimizer with its learning rate, which may follow a schedule over epochs of so many steps each.

    Raises RunError for an optimizer that this Keras does not know.
    """
    told = recipe["optimizer"]
    kind = getattr(keras.optimizers, told["class_name"], None)
    if kind is None:
        raise RunError(f"Keras {keras.__version__} has no optimizer {told['class_name']}; adam and sgd are two it has.")
    rate = recipe["learning_rate"] if recipe["schedule"] is None else make_schedule(recipe, steps)
    return kind(learning_rate=rate, **told["config"])


def make_schedule(recipe: dict[str, Any], steps: int) -> Any:
    """The learning rate as a function of the step, where an epoch has so many steps."""
    kind = getattr(keras.optimizers.schedules, recipe["schedule"])
    if recipe["boundaries"]:
        # Keras takes the value of a boundary's own step from before it.
        return kind(
            boundaries=[round(epoch * steps) - 1 for epoch in recipe["boundaries"]],
            values=[
                recipe["learning_rate"] * recipe["decay_rate"] ** fall for fall in range(len(recipe["boundaries"]) + 1)
            ],
        )
    in_steps = {name: round(epochs * steps) for name, epochs in recipe["schedule_epochs"].items()}
    return kind(**recipe["schedule_config"], **in_steps)


def augmented(model: Any, recipe: dict[str, Any]) -> Any:
    """The network behind layers that vary its images while training; without any, the network itself."""
    if not recipe["augmentation"]:
        return model
    made = [getattr(keras.layers, told["class_name"])(**told["config"]) for told in recipe["augmentation"]]
    return keras.Sequential([keras.Input(model.input_shape[1:]), keras.Sequential(made, name="augmentation"), model])


def make_callbacks(recipe: dict[str, Any]) -> list[Any]:
    """What ends the training early, if anything may."""
    told = recipe["early_stopping"]
    return [] if told is None else [keras.callbacks.EarlyStopping(**told)]


def make_loss(recipe: dict[str, Any], from_logits: bool) -> Any:
    """The loss: of classes as whole numbers, or of a value for each class, where labels are smoothed."""
    if recipe["label_smoothing"]:
        return keras.losses.CategoricalCrossentropy(from_logits=from_logits, label_smoothing=recipe["label_smoothing"])
    return keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)


def learning_rate_of(model: Any) -> float:
    """The learning rate of the last step that was taken."""
    optimizer = model.optimizer
    optimizer = getattr(
        optimizer, "inner_optimizer", optimizer
    )  # what scales the loss of mixed precision has it inside
    rate = optimizer._learning_rate
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return float(rate(keras.ops.maximum(optimizer.iterations - 1, 0)))
    return float(rate)
