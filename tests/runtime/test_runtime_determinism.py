"""The same seed gives the same weights, with all that draws from chance and in mixed precision."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cnngen.language.words.optimizers import OPTIMIZERS
from cnngen.language.words.training import TRAINING

#: Trainings that together have all that draws from chance or adds up in some order, in 32 bits and in mixed precision.
#: `test_cli_repeating.py` has one more, by the real worker.
TRAININGS = (
    "optimizer=adam, amsgrad=true, global_clipnorm=1, random_flip=horizontal, random_rotation=0.1, random_zoom=0.2,"
    " random_erasing=0.5, schedule=polynomial_decay, early_stopping=true, monitor=loss, restore_best_weights=true",
    "optimizer=adamw, weight_decay=0.01, clipvalue=0.5, dtype_policy=mixed_float16, random_translation=0.2,"
    " random_contrast=0.5, random_brightness=0.5, label_smoothing=0.1, schedule=cosine_decay, warmup_epochs=1",
)

#: Every optimizer by itself, in the other mixed precision.
BY_OPTIMIZER = tuple(f"optimizer={name}, dtype_policy=mixed_bfloat16" for name in OPTIMIZERS)

PROGRAM = """
import json, sys
from pathlib import Path
import keras, numpy as np, tensorflow as tf
from cnngen.codegen import keras_code, recipe as recipe_of
from cnngen.language import analyse
from cnngen.runtime.worker import recipe, training
from cnngen.runtime.worker.data import Images

tf.config.experimental.enable_op_determinism()
chance = np.random.default_rng(0)
x, y = chance.integers(0, 256, (48, 8, 8, 3), np.uint8), chance.integers(0, 3, 48).astype(np.int32)

LARGER = "conv(filters=4) max_pooling flatten dropout dense"

def weights(arguments, seed, at_once=1, body=LARGER):
    text = f"training({arguments}, epochs=2) input(shape=(8, 8, 3)) {body} output(classes=3)"
    analysis = analyse(text)
    assert analysis.ok, analysis.diagnostics
    told = json.loads(json.dumps(recipe_of(analysis.network.training).to_json()))
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(told["dtype_policy"])
    code = Path(sys.argv[1]) / "model.py"
    code.write_text(keras_code(analysis))
    data = training.batches(Images(x, y, 3), np.arange(48), 16, seed, one_hot=told["label_smoothing"] > 0)
    model = training.load_model(code)
    learner = recipe.augmented(model, told)
    training.compile_model(learner, told, False, False, int(data.cardinality()), at_once)
    ways = {"steps_per_epoch": len(data), "callbacks": recipe.make_callbacks(told)}
    learner.fit(data.repeat(), epochs=2, verbose=0, shuffle=False, **ways)
    return training.digest(model)

wide, mixed, *others = json.loads(sys.argv[2])
found = [weights(wide, 7), weights(wide, 7, 3), weights(wide, 8), weights(mixed, 7), weights(mixed, 7, 3)]
print(json.dumps([found, *([weights(one, 7, body="conv(filters=4) flatten dense") for _ in "12"] for one in others)]))
"""


def test_all_that_draws_from_chance_is_in_one_of_the_trainings() -> None:
    chances = {one.name for one in TRAINING if one.name.startswith("random_")} | {"label_smoothing", "dtype_policy"}
    assert {name for name in chances if f"{name}=" not in " ".join(TRAININGS)} == set()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights_with_each_optimizer_and_another_seed_others(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), json.dumps([*TRAININGS, *BY_OPTIMIZER])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (wide, again, other, *mixed), *others = json.loads(done.stdout.splitlines()[-1])
    assert wide == again != other
    assert mixed[0] == mixed[1] != wide
    # Each optimizer's second training has the weights of its first, and no other's.
    assert {asked: one == two for asked, (one, two) in zip(BY_OPTIMIZER, others, strict=True)} == dict.fromkeys(
        BY_OPTIMIZER, True
    )
    assert len({one for one, _ in others}) == len(OPTIMIZERS)
