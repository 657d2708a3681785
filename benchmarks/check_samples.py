"""Have Keras build sampled networks and train each a step: `make check-samples`, or with a number and a seed.

The language says of every sampled network that it is sound; Keras is the judge of that. What came of it is printed, and
kept with --record in benchmarks/samples.json.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnngen.codegen import keras_code
from cnngen.language import Analysis, analyse
from cnngen.search.sampling.configuration import PRESETS, preset
from cnngen.search.sampling.population import Population, verified

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

RECORD = Path(__file__).with_name("samples.json")
BATCH = 2


def main() -> int:
    """Check, print, and give 1 when a network failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--preset", choices=PRESETS, default="default")
    parser.add_argument("--record", action="store_true", help="keep what came of it in samples.json")
    wanted = parser.parse_args()
    began, layers, failures = time.monotonic(), [], []
    for number, drawn in enumerate(verified(Population(preset(wanted.preset), wanted.count, wanted.seed)), 1):
        layers.append(drawn.layers)
        try:
            train_a_step(analyse(drawn.text))
        except Exception as error:
            failures.append({"hash": drawn.hash, "error": f"{type(error).__name__}: {error}"[:500]})
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number:,} of {wanted.count:,}, {len(failures)} failed ")
    found = {
        "what": f"networks of the preset {wanted.preset}, each built by Keras and trained one step of {BATCH} images",
        "command": f"make check-samples COUNT={wanted.count} SEED={wanted.seed}",
        "networks": wanted.count,
        "failed": len(failures),
        "failures": failures,
        "layers": [min(layers), max(layers)],
        "when": datetime.now(UTC).date().isoformat(),
        "seconds": round(time.monotonic() - began),
        "versions": versions(),
    }
    print(json.dumps(found, indent=2))
    if wanted.record:
        RECORD.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if failures else 0


def train_a_step(analysis: Analysis) -> None:
    """Build the generated code's model and train it a step on random images. Raises whatever Keras raises.

    A loss that is no number is a failure too.
    """
    import keras
    import numpy as np

    keras.utils.clear_session()
    module = types.ModuleType("generated")
    exec(compile(keras_code(analysis), "generated", "exec"), module.__dict__)
    model: Any = module.build_model()
    # Without tracing, which would be most of the time; the layers and their gradients are the same.
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", run_eagerly=True)
    network = analysis.network
    if model.count_params() != network.totals.params:
        raise ValueError(f"{model.count_params()} parameters where the language counts {network.totals.params}")
    chance = np.random.default_rng(0)
    images = chance.random((BATCH, *network.input_shape), dtype=np.float32)
    loss = model.train_on_batch(images, chance.integers(network.classes, size=BATCH))
    if not np.isfinite(loss):
        raise ValueError(f"the loss is {loss}")


def versions() -> dict[str, str]:
    """What it was done with."""
    import keras
    import tensorflow as tf

    return {"python": sys.version.split()[0], "keras": keras.__version__, "tensorflow": tf.__version__}


if __name__ == "__main__":
    sys.exit(main())
