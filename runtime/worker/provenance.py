"""What a run was made with: versions, settings, hardware, seeds and data, so that somebody else can repeat it."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from cnngen.runtime.worker.data import Split

#: Variables with these beginnings change what TensorFlow computes or what it costs.
PREFIXES = ("TF_", "KERAS_", "XLA_", "OMP_", "MKL_", "ONEDNN_", "CUDA_", "NVIDIA_", "ROCR_")

#: Terraform's variables begin like TensorFlow's, and hold passwords and tokens.
TERRAFORM = ("TF_VAR_", "TF_TOKEN_", "TF_CLI_")

#: What is told by its name to be nobody else's business.
SECRET = ("TOKEN", "SECRET", "PASSWORD", "CREDENTIAL", "_KEY")

#: The packages whose versions are shown first; all others are in the digest.
PACKAGES = ("cnngen", "keras", "tensorflow", "tensorflow-cpu", "numpy", "codecarbon", "scikit-learn")


def collect(request: dict[str, Any], meter: dict[str, Any]) -> dict[str, Any]:
    """What the run's figures may depend on, as plain data, as far as it is known before TensorFlow and the images are
    there: see `of_tensorflow` and `of_data`. `meter` is CodeCarbon's configuration.
    """
    installed = packages()
    return {
        "request": request,
        "python": {"version": platform.python_version(), "implementation": platform.python_implementation()},
        "packages": {
            **{name: version for name, _, version in (line.partition("==") for line in installed) if name in PACKAGES},
            "all_sha256": hashlib.sha256("\n".join(installed).encode()).hexdigest(),
            "all": installed,
        },
        "environment": environment(os.environ),
        "machine": machine(meter),
        "codecarbon": {
            key: value for key, value in sorted(meter.items()) if isinstance(value, str | int | float | list)
        },
    }


def machine(meter: dict[str, Any]) -> dict[str, Any]:
    """The hardware, and the system on it; the device is chosen later."""
    return {
        "system": platform.platform(),
        "architecture": platform.machine(),
        "processor": meter.get("cpu_model") or platform.processor(),
        "cores_logical": os.cpu_count(),
        "cores_usable": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "virtual": " hypervisor" in (_read("/proc/cpuinfo") or ""),
        "ram_gb": meter.get("ram_total_size"),
        "device": None,
        "gpu": meter.get("gpu_model") or None,
    }


def of_tensorflow(tf: Any, request: dict[str, Any]) -> dict[str, Any]:
    """How TensorFlow was built and set."""
    build = tf.sysconfig.get_build_info()
    return {
        "cuda_build": bool(build.get("is_cuda_build")),
        "inter_op_threads": tf.config.threading.get_inter_op_parallelism_threads(),
        "intra_op_threads": tf.config.threading.get_intra_op_parallelism_threads(),
        "dtype": request["recipe"]["dtype_policy"],
        "deterministic_ops": request["training"]["deterministic"],
    }


def of_data(sha256: str, parts: Split) -> dict[str, str]:
    """What tells the images of a run, and which of them were in each part."""
    return {
        "sha256": sha256,
        "train_positions_sha256": _digest(parts.train),
        "validation_positions_sha256": _digest(parts.validation),
        "test_positions_sha256": _digest(parts.test),
    }


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that change a training. Records are given to others: what may be secret is not among them."""
    return {
        name: value
        for name, value in sorted(variables.items())
        if name.startswith(PREFIXES) and not name.startswith(TERRAFORM) and not any(word in name for word in SECRET)
    }


@cache
def packages() -> list[str]:
    """All packages that are installed, with their versions. Reading them takes a quarter of a second."""
    return sorted({f"{_normal(d.metadata['Name'])}=={d.version}" for d in distributions()})


def _normal(name: str) -> str:
    """A package's name in its one official spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _digest(positions: Any) -> str:
    return hashlib.sha256(positions.astype("<i8").tobytes()).hexdigest()


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None
