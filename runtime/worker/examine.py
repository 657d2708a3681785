"""`python -m cnngen.runtime.worker.examine`: what this interpreter and this machine offer a training, as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cnngen.runtime.worker.power import rapl

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"


def examine() -> dict[str, Any]:
    """Packages, GPUs, energy counters and data sets, and by what way each component's power would be told."""
    return {
        "python": platform.python_version(),
        "keras": _version("keras"),
        "tensorflow": _version("tensorflow") or _version("tensorflow-cpu"),
        "codecarbon": _version("codecarbon"),
        "scikit_learn": _version("scikit-learn"),
        "onnx": _version("onnx"),
        "tf2onnx": _version("tf2onnx"),
        "gpu": _gpus(),
        "rapl": rapl.state(),
        "nvml": _nvml(),
        "datasets": _datasets(),
        "measures": _measures(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _gpus() -> list[str] | None:
    """The GPUs that TensorFlow would train on; None without TensorFlow."""
    if find_spec("tensorflow") is None:
        return None
    import tensorflow as tf

    names = []
    for gpu in tf.config.list_physical_devices("GPU"):
        names.append(str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)))
    return names


def _nvml() -> bool | None:
    """Whether NVIDIA's management library answers; None without CodeCarbon, which asks it."""
    if find_spec("codecarbon") is None:
        return None
    from codecarbon.core.gpu import is_nvidia_system

    return bool(is_nvidia_system())


def _datasets() -> list[str]:
    """The data sets that need no download."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"
    there = ["digits"] if find_spec("sklearn") else []
    if (home / "mnist.npz").exists():
        there.append("mnist")
    if (home / "fashion-mnist").is_dir():
        there.append("fashion_mnist")
    there += [name for name in ("cifar10", "cifar100") if _unpacked(home, name)]
    return there


def _unpacked(home: Path, name: str) -> bool:
    """Whether Keras' archive of a CIFAR set has been fetched and unpacked, under any of the names it has had."""
    folder = {"cifar10": "cifar-10-batches-py", "cifar100": "cifar-100-python"}[name]
    return any(path.is_dir() for path in (home / folder, *home.glob(f"{folder}*")))


def _measures() -> dict[str, Any] | None:
    """How the power of each component would be told; None without CodeCarbon."""
    if find_spec("codecarbon") is None:
        return None
    from cnngen.runtime.worker.devices import expected_gpus
    from cnngen.runtime.worker.power.codecarbon_meter import CodeCarbon

    return {name: asdict(source) for name, source in CodeCarbon(None, expected_gpus("auto")).sources.items()}


def main() -> None:
    """Print what was found as one line of JSON."""
    with redirect_stdout(sys.stderr):
        found = examine()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
