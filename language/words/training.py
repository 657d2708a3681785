"""The hyper-parameters of `training(...)`: how the weights are found, in Keras' own terms."""

from __future__ import annotations

from cnngen.language.words import types
from cnngen.language.words.hyperparameters import KERAS, PAPER, SPACE, Condition, HyperParameter
from cnngen.language.words.optimizers import MOST_EPOCHS, OPTIMIZER, OPTIMIZERS, SCHEDULE

FLIPS = ("none", "horizontal", "vertical", "horizontal_and_vertical")
MONITORS = ("val_loss", "val_accuracy", "loss", "accuracy")

_SHARE = types.real(0, 1)
_BELOW_1 = types.real(0, 1, high_open=True)


_STOPPING = (Condition("early_stopping", (True,)),)
_MOVING = (Condition("random_translation"), Condition("random_rotation"), Condition("random_zoom"))

#: What every training has.
PROTOCOL = (
    HyperParameter(
        "epochs",
        types.integer(1, MOST_EPOCHS),
        "passes over the training part",
        36,
        source=PAPER,
        keras=("Model.fit.epochs",),
    ),
    HyperParameter(
        "batch_size",
        types.integer(1, 65_536),
        "images a step",
        128,
        source=SPACE,
        keras=("Model.fit.batch_size",),
    ),
    HyperParameter(
        "optimizer",
        types.choice(*OPTIMIZERS),
        "what changes the weights after each batch",
        "adam",
        source=SPACE,
        keras=("Model.compile.optimizer",),
    ),
    HyperParameter(
        "learning_rate",
        types.real(0, 100, low_open=True),
        "step size of the optimizer; with a schedule, that at the beginning or behind the warm-up",
        0.001,
        source=f"{KERAS} for adam",
        keras=("optimizers.Adam.learning_rate",),
    ),
    HyperParameter(
        "test_split",
        types.real(0, 1, low_open=True, high_open=True),
        "share of the whole set kept for the test",
        0.2,
        source=PAPER,
        keras=(),
    ),
    HyperParameter(
        "validation_split",
        types.real(0, 1, high_open=True),
        "share of the training part kept for validation",
        0.2,
        source=PAPER,
        keras=("Model.fit.validation_split",),
    ),
    HyperParameter(
        "seed",
        types.integer(0, 2**32 - 1),
        "where chance begins: in the split, the order of the images, augmentation and the first weights",
        0,
        keras=("utils.set_random_seed.seed",),
    ),
)

_EARLY_STOPPING = (
    HyperParameter(
        "early_stopping",
        types.boolean(),
        "whether training ends when it brings nothing more",
        False,
        keras=("Model.fit.callbacks",),
    ),
    HyperParameter(
        "monitor",
        types.choice(*MONITORS),
        "the measure that must become better",
        "val_loss",
        source=KERAS,
        keras=("callbacks.EarlyStopping.monitor",),
        goes_with=_STOPPING,
    ),
    HyperParameter(
        "patience",
        types.integer(0, MOST_EPOCHS),
        "epochs to wait for something better",
        0,
        source=KERAS,
        keras=("callbacks.EarlyStopping.patience",),
        goes_with=_STOPPING,
    ),
    HyperParameter(
        "min_delta",
        types.real(0, 1000),
        "how much better it must be, at least",
        0.0,
        source=KERAS,
        keras=("callbacks.EarlyStopping.min_delta",),
        goes_with=_STOPPING,
    ),
    HyperParameter(
        "start_from_epoch",
        types.integer(0, MOST_EPOCHS),
        "epochs before anything is monitored",
        0,
        source=KERAS,
        keras=("callbacks.EarlyStopping.start_from_epoch",),
        goes_with=_STOPPING,
    ),
    HyperParameter(
        "restore_best_weights",
        types.boolean(),
        "whether the weights of the best epoch are kept rather than those of the last",
        False,
        source=KERAS,
        keras=("callbacks.EarlyStopping.restore_best_weights",),
        goes_with=_STOPPING,
    ),
)


def _augmentation(name: str, kind: types.Type, doc: str, *keras: str) -> HyperParameter:
    return HyperParameter(name, kind, doc, 0.0, keras=tuple(f"layers.{one}" for one in keras))


_AUGMENTATION = (
    HyperParameter(
        "random_flip",
        types.choice(*FLIPS),
        "augmentation, in training only: how images are mirrored, one in two",
        "none",
        keras=("layers.RandomFlip.mode",),
    ),
    _augmentation(
        "random_translation",
        _SHARE,
        "augmentation: images are shifted by up to this share of their height and width",
        "RandomTranslation.height_factor",
        "RandomTranslation.width_factor",
    ),
    _augmentation(
        "random_rotation",
        _SHARE,
        "augmentation: images are turned by up to this share of a full circle, either way",
        "RandomRotation.factor",
    ),
    _augmentation(
        "random_zoom",
        _BELOW_1,
        "augmentation: images are shrunk or enlarged by up to this share",
        "RandomZoom.height_factor",
    ),
    HyperParameter(
        "fill_mode",
        types.choice("reflect", "constant", "wrap", "nearest"),
        "what is put where an image was shifted, turned or shrunk away; constant is black",
        "reflect",
        source=KERAS,
        keras=tuple(f"layers.Random{name}.fill_mode" for name in ("Translation", "Rotation", "Zoom")),
        goes_with=_MOVING,
    ),
    _augmentation(
        "random_contrast", _SHARE, "augmentation: contrast is changed by up to this share", "RandomContrast.factor"
    ),
    _augmentation(
        "random_brightness",
        _SHARE,
        "augmentation: brightness is changed by up to this share of white",
        "RandomBrightness.factor",
    ),
    _augmentation(
        "random_erasing",
        _SHARE,
        "augmentation: share of the images in which a rectangle is filled with noise",
        "RandomErasing.factor",
    ),
)

_COMPUTATION = (
    HyperParameter(
        "label_smoothing",
        _BELOW_1,
        "share of each label that is spread over all classes",
        0.0,
        source=KERAS,
        keras=("losses.CategoricalCrossentropy.label_smoothing",),
    ),
    HyperParameter(
        "dtype_policy",
        types.choice("float32", "mixed_float16", "mixed_bfloat16"),
        "precision: a mixed one computes with 16 bits, and keeps weights and the output in 32",
        "float32",
        source="Keras",
        keras=("config.set_dtype_policy.policy",),
    ),
    HyperParameter(
        "jit_compile",
        types.switch("auto"),
        "whether XLA compiles the training; auto where it pays",
        "auto",
        source=KERAS,
        keras=("Model.compile.jit_compile",),
    ),
)

TRAINING = (*PROTOCOL, *OPTIMIZER, *SCHEDULE, *_EARLY_STOPPING, *_AUGMENTATION, *_COMPUTATION)
