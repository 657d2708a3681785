"""Have each of Keras' back ends run the generated files of all samples: `make check-backends`.

Each back end gets a Python environment of its own, in the user's cache. Per sample and back end: the parameters, the
probabilities of the same images with the same weights, and for a sample on the digits a short training by the file's
own `main`. TensorFlow, in this Python, is what the others are compared with. What came of it is printed, and kept with
--record in benchmarks/backends.json.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RECORD = Path(__file__).with_name("backends.json")
CACHE = Path.home() / ".cache" / "cnngen-dev"

#: What each back end needs beside Keras, scikit-learn (for the digits) and their dependencies.
PACKAGES = {"jax": "jax", "torch": "torch"}

#: The sample that is trained, whose images come with scikit-learn.
TRAINED = "lenet5"

#: The largest difference of a probability that counts as the same: float32, summed in another order.
TOLERANCE = 1e-5

IMAGES = 4


def main() -> int:
    """Check, print, and give 1 when a back end says something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backends", nargs="*", default=["jax"], choices=PACKAGES, help="jax by default")
    parser.add_argument("--record", action="store_true", help="keep what came of it in backends.json")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder)
        expected = told("tensorflow", sys.executable, folder)
        found = {
            backend: compared(expected, told(backend, interpreter(backend), folder)) for backend in wanted.backends
        }
    kept = {
        "what": f"the samples' generated files: parameters, and probabilities of {IMAGES} images with the same weights",
        "command": f"make check-backends BACKENDS='{' '.join(wanted.backends)}'",
        "when": datetime.now(UTC).date().isoformat(),
        "tolerance": TOLERANCE,
        "tensorflow": expected["versions"],
        "backends": found,
    }
    print(json.dumps(kept, indent=2))
    if wanted.record:
        RECORD.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return 0 if all(one["same"] for one in found.values()) else 1


def generate(folder: Path) -> None:
    """Write the generated file of each sample."""
    from cnngen.codegen import keras_code
    from cnngen.language import analyse

    for path in sorted((ROOT / "samples").glob("*.cnn")):
        analysis = analyse(path.read_text(encoding="utf-8"), name=path.stem)
        (folder / f"{path.stem}.py").write_text(keras_code(analysis), encoding="utf-8")


def interpreter(backend: str) -> str:
    """The Python of an environment with that back end, of the Keras that is here; made when it is not there."""
    from importlib.metadata import version

    keras = version("keras")
    home = CACHE / f"keras-{keras}-{backend}-python{sys.version_info[0]}.{sys.version_info[1]}"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        packages = [f"keras=={keras}", "scikit-learn", PACKAGES[backend]]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (home / "complete").touch()
    return str(python)


def told(backend: str, python: str, folder: Path) -> dict[str, Any]:
    """What a back end says of the files in a folder, in a process of its own that has nothing of CNNGen."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    answer = subprocess.run(
        [python, __file__, "--examine", folder], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    said: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    assert said["versions"]["backend"] == backend
    return said


def compared(expected: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """How far a back end is from what was expected."""
    samples = {
        name: {
            "parameters": own["parameters"],
            "largest_difference": max(
                abs(a - b)
                for a, b in zip(own["probabilities"], expected["samples"][name]["probabilities"], strict=True)
            ),
        }
        for name, own in found["samples"].items()
    }
    same = all(
        one["parameters"] == expected["samples"][name]["parameters"] and one["largest_difference"] <= TOLERANCE
        for name, one in samples.items()
    )
    same = same and samples.keys() == expected["samples"].keys() and found["trained"] == expected["trained"]
    return {"versions": found["versions"], "same": same, "trained": found["trained"], "samples": samples}


def examine(folder: Path) -> None:
    """Print what this back end says of each file, as one line of JSON; Keras and NumPy are all that is imported."""
    import keras
    import numpy as np

    samples = {}
    for path in sorted(folder.glob("*.py")):
        keras.utils.clear_session()
        model = runpy.run_path(str(path))["build_model"]()
        chance = np.random.default_rng(0)
        model.set_weights([drawn(chance, weight) for weight in model.weights])
        images = chance.random((IMAGES, *model.input_shape[1:]), dtype=np.float32)
        said = np.asarray(model.predict(images, verbose=0), dtype=float)
        assert said.std() > 0.001, f"{path.stem} says the same of everything: nothing would be compared"
        samples[path.stem] = {"parameters": model.count_params(), "probabilities": said.ravel().tolist()}
    output = folder / f"trained-{keras.backend.backend()}"
    subprocess.run(
        [sys.executable, folder / f"{TRAINED}.py", "--epochs", "1", "--output", output],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    trained = sorted(path.name for path in output.iterdir())
    versions = {"python": sys.version.split()[0], "keras": keras.__version__, "backend": keras.backend.backend()}
    if versions["backend"] != "tensorflow":
        versions[versions["backend"]] = __import__(versions["backend"]).__version__
    print(json.dumps({"versions": versions, "samples": samples, "trained": trained}))


def drawn(chance: Any, weight: Any) -> Any:
    """Values for a weight, of a size that keeps a deep network's numbers in range."""
    import numpy as np

    values = chance.standard_normal(weight.shape, dtype=np.float32)
    if len(weight.shape) > 1:
        return values * np.sqrt(2 / np.prod(weight.shape[:-1]), dtype=np.float32)
    # Biases and means are small; what normalises divides and multiplies by about one.
    return 1 + 0.1 * np.abs(values) if weight.name in ("gamma", "moving_variance") else 0.1 * values


if __name__ == "__main__":
    if sys.argv[1:2] == ["--examine"]:
        examine(Path(sys.argv[2]))
    else:
        sys.exit(main())
