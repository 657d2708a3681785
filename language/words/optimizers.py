"""The hyper-parameters of `training(...)` that say how weights change: optimizers, their options, learning rates.

What Keras counts in steps is counted in epochs here, so that a program says the same for any number of images.
"""

from __future__ import annotations

from cnngen.language.words import types
from cnngen.language.words.hyperparameters import KERAS, Condition, HyperParameter

OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop", "nadam", "adamax", "adagrad", "adadelta", "lion")
SCHEDULES = ("constant", "cosine_decay", "exponential_decay", "polynomial_decay", "piecewise_constant_decay")

MOST_EPOCHS = 100_000

_BELOW_1 = types.real(0, 1, high_open=True)
_RESNET = "He et al. 2016, section 4.2"


def _of(*optimizers: str) -> tuple[Condition, ...]:
    return (Condition("optimizer", optimizers),)


def _under(*schedules: str) -> tuple[Condition, ...]:
    return (Condition("schedule", schedules),)


OPTIMIZER = (
    HyperParameter(
        "momentum",
        _BELOW_1,
        "share of the last step in the next one",
        0.0,
        source=KERAS,
        keras=("optimizers.SGD.momentum", "optimizers.RMSprop.momentum"),
        goes_with=_of("sgd", "rmsprop"),
    ),
    HyperParameter(
        "nesterov",
        types.boolean(),
        "whether the momentum looks ahead, as Nesterov's does",
        False,
        source=KERAS,
        keras=("optimizers.SGD.nesterov",),
        goes_with=_of("sgd"),
    ),
    HyperParameter(
        "beta_1",
        _BELOW_1,
        "decay of the mean of the gradients",
        0.9,
        source=KERAS,
        keras=tuple(f"optimizers.{name}.beta_1" for name in ("Adam", "AdamW", "Nadam", "Adamax", "Lion")),
        goes_with=_of("adam", "adamw", "nadam", "adamax", "lion"),
    ),
    HyperParameter(
        "beta_2",
        _BELOW_1,
        "decay of the mean of the squared gradients",
        rule="0.999; 0.99 for lion",
        source=KERAS,
        keras=tuple(f"optimizers.{name}.beta_2" for name in ("Adam", "AdamW", "Nadam", "Adamax")),
        goes_with=_of("adam", "adamw", "nadam", "adamax", "lion"),
    ),
    HyperParameter(
        "rho",
        _BELOW_1,
        "decay of the mean of the squared gradients",
        rule="0.9; 0.95 for adadelta",
        source=KERAS,
        keras=("optimizers.RMSprop.rho",),
        goes_with=_of("rmsprop", "adadelta"),
    ),
    HyperParameter(
        "epsilon",
        types.real(0, 1, low_open=True),
        "added to the divisor of a step, against division by 0",
        1e-7,
        source=KERAS,
        keras=("optimizers.Adam.epsilon",),
        goes_with=_of("adam", "adamw", "nadam", "adamax", "rmsprop", "adagrad", "adadelta"),
    ),
    HyperParameter(
        "amsgrad",
        types.boolean(),
        "whether steps never grow again, as in AMSGrad",
        False,
        source=KERAS,
        keras=("optimizers.Adam.amsgrad", "optimizers.AdamW.amsgrad"),
        goes_with=_of("adam", "adamw"),
    ),
    HyperParameter(
        "centered",
        types.boolean(),
        "whether gradients are divided by their variance rather than by their square",
        False,
        source=KERAS,
        keras=("optimizers.RMSprop.centered",),
        goes_with=_of("rmsprop"),
    ),
    HyperParameter(
        "initial_accumulator_value",
        types.real(0, 1000),
        "where the sum of the squared gradients begins",
        0.1,
        source=KERAS,
        keras=("optimizers.Adagrad.initial_accumulator_value",),
        goes_with=_of("adagrad"),
    ),
    HyperParameter(
        "weight_decay",
        types.real(0, 1),
        "share of each weight that a step takes away, times the learning rate",
        rule="0; 0.004 for adamw",
        source="Keras",
        keras=("optimizers.Adam.weight_decay",),
    ),
    *(
        HyperParameter(
            name,
            types.real(0, 1_000_000, low_open=True),
            doc,
            rule="no limit",
            source="Keras",
            keras=(f"optimizers.Adam.{name}",),
        )
        for name, doc in (
            ("clipnorm", "largest length of the gradient of one weight tensor"),
            ("clipvalue", "largest value in a gradient"),
            ("global_clipnorm", "largest length of all gradients together"),
        )
    ),
)

SCHEDULE = (
    HyperParameter(
        "schedule",
        types.choice(*SCHEDULES),
        "how the learning rate changes from step to step",
        "constant",
        keras=("optimizers.Adam.learning_rate",),
    ),
    HyperParameter(
        "decay_epochs",
        types.real(0, MOST_EPOCHS, low_open=True),
        "epochs in which the learning rate falls; in exponential_decay, by decay_rate",
        rule="all epochs; in cosine_decay, those behind the warm-up",
        keras=tuple(
            f"optimizers.schedules.{name}.decay_steps"
            for name in ("CosineDecay", "ExponentialDecay", "PolynomialDecay")
        ),
        goes_with=_under("cosine_decay", "exponential_decay", "polynomial_decay"),
    ),
    HyperParameter(
        "warmup_epochs",
        types.real(0, MOST_EPOCHS),
        "epochs before, in which the learning rate rises from 0",
        0.0,
        source=KERAS,
        keras=("optimizers.schedules.CosineDecay.warmup_steps",),
        goes_with=_under("cosine_decay"),
    ),
    HyperParameter(
        "alpha",
        types.real(0, 1),
        "share of the learning rate that is left at the end",
        0.0,
        source=KERAS,
        keras=("optimizers.schedules.CosineDecay.alpha",),
        goes_with=_under("cosine_decay"),
    ),
    HyperParameter(
        "decay_rate",
        types.real(0, 1, low_open=True),
        "what the learning rate is multiplied by, in each decay_epochs or at each of the boundaries",
        0.1,
        source=_RESNET,
        keras=("optimizers.schedules.ExponentialDecay.decay_rate",),
        goes_with=_under("exponential_decay", "piecewise_constant_decay"),
    ),
    HyperParameter(
        "staircase",
        types.boolean(),
        "whether the learning rate falls at once behind each decay_epochs, rather than with each step",
        False,
        source=KERAS,
        keras=("optimizers.schedules.ExponentialDecay.staircase",),
        goes_with=_under("exponential_decay"),
    ),
    HyperParameter(
        "end_learning_rate",
        types.real(0, 100),
        "learning rate at the end",
        0.0001,
        source=KERAS,
        keras=("optimizers.schedules.PolynomialDecay.end_learning_rate",),
        goes_with=_under("polynomial_decay"),
    ),
    HyperParameter(
        "power",
        types.real(0, 100, low_open=True),
        "power of the polynomial: 1 is a straight line",
        1.0,
        source=KERAS,
        keras=("optimizers.schedules.PolynomialDecay.power",),
        goes_with=_under("polynomial_decay"),
    ),
    HyperParameter(
        "boundaries",
        types.rising(0, MOST_EPOCHS),
        "epochs behind which the learning rate is multiplied by decay_rate",
        rule="half and three quarters of the epochs",
        source=_RESNET,
        keras=("optimizers.schedules.PiecewiseConstantDecay.boundaries",),
        goes_with=_under("piecewise_constant_decay"),
    ),
)
