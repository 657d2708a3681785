"""Have Keras build sampled networks and train each a step: `make check-samples`, or with a number and a seed.

The language says of every sampled network that it is sound; Keras is the judge of that. What came of it is printed, and
kept with --record in benchmarks/samples.json. With --progress each network is noted in a file as soon as it is judged,
and the same command goes on where it was interrupted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
import types
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnngen.codegen import keras_code
from cnngen.language import Network, analyse
from cnngen.search.sampling.configuration import PRESETS, preset
from cnngen.search.sampling.population import Population, verified

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

RECORD = Path(__file__).with_name("samples.json")
BATCH = 2


@dataclass(frozen=True)
class Verdict:
    """What Keras said of a network. `judged` is the SHA-256 of the code that it was given, and of its own version."""

    judged: str
    hash: str
    layers: int
    cpu_s: float
    error: str | None


def main() -> int:
    """Check, print, and give 1 when a network failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--preset", choices=PRESETS, default="default")
    parser.add_argument("--record", action="store_true", help="keep what came of it in samples.json")
    parser.add_argument("--progress", type=Path, metavar="FILE", help="note each network here, and go on from it")
    wanted = parser.parse_args()
    known = {verdict.judged: verdict for verdict in read(wanted.progress)} if wanted.progress else {}
    verdicts: list[Verdict] = []
    for number, drawn in enumerate(verified(Population(preset(wanted.preset), wanted.count, wanted.seed)), 1):
        analysis = analyse(drawn.text)
        code = keras_code(analysis)
        judged = hashlib.sha256(f"{versions()}\n{code}".encode()).hexdigest()
        verdict = known.get(judged)
        if verdict is None:
            verdict = judge(judged, analysis.network, code)
            if wanted.progress:
                with wanted.progress.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(verdict)) + "\n")
        verdicts.append(verdict)
        if sys.stderr.isatty() or not number % 50:
            failed = sum(bool(verdict.error) for verdict in verdicts)
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"{number:,} of {wanted.count:,}, {failed} failed ", end=end, file=sys.stderr, flush=True)
    failures = [{"hash": verdict.hash, "error": verdict.error} for verdict in verdicts if verdict.error]
    layers = [verdict.layers for verdict in verdicts]
    found = {
        "what": f"networks of the preset {wanted.preset}, each built by Keras and trained one step of {BATCH} images",
        "command": f"make check-samples COUNT={wanted.count} SEED={wanted.seed}",
        "networks": len(verdicts),
        "failed": len(failures),
        "failures": failures,
        "layers": [min(layers), max(layers)],
        "when": datetime.now(UTC).date().isoformat(),
        "cpu_s": round(sum(verdict.cpu_s for verdict in verdicts)),
        "versions": versions(),
    }
    print(json.dumps(found, indent=2))
    if wanted.record:
        RECORD.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if failures else 0


def read(progress: Path) -> list[Verdict]:
    """The verdicts that an earlier run has noted; a line that was cut short is none."""
    if not progress.exists():
        return []
    found = []
    for line in progress.read_text(encoding="utf-8").splitlines():
        try:
            found.append(Verdict(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def judge(judged: str, network: Network, code: str) -> Verdict:
    """Keras' verdict of a network, with the processor time it took."""
    began, error = time.process_time(), None
    try:
        train_a_step(network, code)
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"[:500]
    return Verdict(judged, network.hash, network.totals.layers, round(time.process_time() - began, 2), error)


def train_a_step(network: Network, code: str) -> None:
    """Build the generated code's model and train it a step on random images. Raises whatever Keras raises.

    A loss that is no number is a failure too.
    """
    import keras
    import numpy as np

    keras.utils.clear_session()
    module = types.ModuleType("generated")
    exec(compile(code, "generated", "exec"), module.__dict__)
    model: Any = module.build_model()
    # Without tracing, which would be most of the time; the layers and their gradients are the same.
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", run_eagerly=True)
    if model.count_params() != network.totals.params:
        raise ValueError(f"{model.count_params()} parameters where the language counts {network.totals.params}")
    chance = np.random.default_rng(0)
    images = chance.random((BATCH, *network.input_shape), dtype=np.float32)
    loss = model.train_on_batch(images, chance.integers(network.classes, size=BATCH))
    if not np.isfinite(loss):
        raise ValueError(f"the loss is {loss}")


def versions() -> dict[str, str]:
    """What it is done with."""
    import keras
    import tensorflow as tf

    return {"python": sys.version.split()[0], "keras": keras.__version__, "tensorflow": tf.__version__}


if __name__ == "__main__":
    sys.exit(main())
