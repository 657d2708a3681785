"""How a generated program trains: its optimizer, learning rate, augmentation and `fit`, as source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cnngen.codegen.keras.literals import call, literal
from cnngen.codegen.keras.recipe import Made, Recipe, recipe
from cnngen.language import Network, Training

#: First arguments of layers, which everyone writes without their names.
_POSITIONAL = ("mode", "factor", "height_factor", "width_factor")

_SCHEDULE_DOCS = {
    "CosineDecay": "Return a learning rate that falls along a cosine",
    "ExponentialDecay": "Return a learning rate that falls by one factor again and again",
    "PolynomialDecay": "Return a learning rate that falls along a polynomial",
    "PiecewiseConstantDecay": "Return a learning rate that falls at a few epochs",
}


def training_functions(training: Training) -> list[str]:
    """The functions that `main` calls to train: none where nothing is asked for but an optimizer."""
    made = recipe(training)
    functions = []
    if made.augmentation:
        functions.append(_augmentation(made.augmentation))
    if made.schedule:
        functions.append(_schedule(made, training))
    return functions


def needs_math(training: Training) -> bool:
    """Whether `main` counts the steps of an epoch."""
    return training.schedule != "constant"


def before_model(network: Network) -> list[str]:
    """The statements that must stand before the model is built."""
    if not network.training.mixed:
        return []
    return [f"    keras.config.set_dtype_policy({literal(network.training.dtype_policy)})"]


def labels(network: Network) -> list[str]:
    """The statement that makes of a class one value for each of them, which is what can be smoothed."""
    if not network.training.label_smoothing:
        return []
    return [f"    labels = keras.utils.to_categorical(labels, {network.classes})"]


def trained(training: Training) -> str:
    """The name of the model that `main` trains: with augmentation, that of network and augmentation together."""
    return "augmented" if recipe(training).augmentation else "model"


def compiling(network: Network) -> list[str]:
    """The statements from the built model to the compiled one."""
    training, made = network.training, recipe(network.training)
    lines = []
    if made.augmentation:
        inputs = "keras.Input(shape=INPUT_SHAPE)"
        lines.append(call("augmented = keras.Sequential", [f"[{inputs}, augmentation(), model]"]))
    rate = "LEARNING_RATE"
    if made.schedule:
        rate = "learning_rate(options.epochs, steps)"
        lines += [
            "    trained = int(len(train) * (1 - VALIDATION_SPLIT))",
            "    steps = math.ceil(trained / options.batch_size)",
        ]
    given = [f"learning_rate={rate}", *_arguments(made.optimizer.config)]
    optimizer = f"keras.optimizers.{made.optimizer.class_name}"
    arguments = [
        call(f"optimizer={optimizer}", given, indent="        ").lstrip(),
        f"loss={_loss(network)}",
        'metrics=["accuracy"]',
    ]
    if training.jit_compile != "auto":
        arguments.append(f"jit_compile={literal(training.jit_compile)}")
    name = trained(training)
    return [*lines, f"    {name}.compile(", *(f"        {argument}," for argument in arguments), "    )"]


def fitting(training: Training) -> list[str]:
    """The statement that trains."""
    made = recipe(training)
    arguments = [
        "images[train]",
        "labels[train]",
        "epochs=options.epochs",
        "batch_size=options.batch_size",
        "validation_split=VALIDATION_SPLIT",
    ]
    lines = []
    if made.early_stopping is not None:
        lines.append(call("stopping = keras.callbacks.EarlyStopping", _arguments(made.early_stopping)))
        arguments.append("callbacks=[stopping]")
    return [*lines, f"    history = {trained(training)}.fit(", *(f"        {one}," for one in arguments), "    )"]


def _loss(network: Network) -> str:
    """The loss of whole-number classes, from probabilities unless the last layer is linear and gives logits."""
    smoothing = network.training.label_smoothing
    arguments = ["from_logits=True"] if network.nodes[-1].args["activation"] == "linear" else []
    if smoothing:
        arguments.append(f"label_smoothing={literal(smoothing)}")
    if not arguments:
        return '"sparse_categorical_crossentropy"'
    kind = "CategoricalCrossentropy" if smoothing else "SparseCategoricalCrossentropy"
    return f"keras.losses.{kind}({', '.join(arguments)})"


def _augmentation(made: tuple[Made, ...]) -> str:
    rows = [call(f"layers.{one.class_name}", _arguments(one.config), ",", indent=" " * 12) for one in made]
    return "\n".join(
        [
            "def augmentation() -> keras.Sequential:",
            '    """Return the layers that vary images while training, and hand them on as they are otherwise."""',
            "    return keras.Sequential(",
            "        [",
            *rows,
            "        ],",
            '        name="augmentation",',
            "    )\n",
        ]
    )


def _schedule(made: Recipe, training: Training) -> str:
    """`learning_rate`, the function from epochs and steps to a schedule of Keras."""
    arguments = [_argument(name, value) for name, value in made.schedule_config.items()]
    arguments += _in_steps(training) if made.schedule_epochs else _boundaries(training)
    lines = [
        "def learning_rate(epochs: int, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:",
        f'    """{_SCHEDULE_DOCS[made.schedule or ""]}; an epoch has so many steps."""',
    ]
    made_by = call(f"return keras.optimizers.schedules.{made.schedule}", arguments)
    return "\n".join([*lines, made_by]) + "\n"


def _in_steps(training: Training) -> Iterator[str]:
    warm, decay = training.warmup_epochs, training.decay_epochs
    if decay is not None:
        yield f"decay_steps={_steps(decay)}"
    elif warm and training.schedule == "cosine_decay":
        left = f"(epochs - {_number(warm)}) * steps"
        yield f"decay_steps={left if _whole(warm) else f'round({left})'}"
    else:
        yield "decay_steps=epochs * steps"
    if warm and training.schedule == "cosine_decay":
        yield f"warmup_steps={_steps(warm)}"


def _boundaries(training: Training) -> Iterator[str]:
    """Keras takes the value of a boundary's own step from before it."""
    written = training.boundaries
    if written is None:
        epochs, count = "(epochs / 2, epochs * 3 / 4)", 2
    else:
        epochs, count = literal(written), len(written)
    whole = written is not None and all(_whole(one) for one in written)
    step = "epoch * steps - 1" if whole else "round(epoch * steps) - 1"
    yield f"boundaries=[{step} for epoch in {epochs}]"
    yield f"values=[LEARNING_RATE * {literal(training.decay_rate)}**fall for fall in range({count + 1})]"


def _steps(epochs: float) -> str:
    return f"{_number(epochs)} * steps" if _whole(epochs) else f"round({_number(epochs)} * steps)"


def _whole(number: float) -> bool:
    return number == int(number)


def _number(number: float) -> str:
    return literal(int(number) if _whole(number) else number)


def _arguments(config: Mapping[str, Any]) -> list[str]:
    return [_argument(name, value) for name, value in config.items()]


def _argument(name: str, value: Any) -> str:
    if name in _POSITIONAL:
        return literal(value)
    named = name in ("initial_learning_rate", "warmup_target") and value
    return f"{name}={'LEARNING_RATE' if named else literal(value)}"
