"""Choosing the device that TensorFlow trains on, and the GPUs whose power counts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from cnngen.runtime.worker.errors import RunError

# TensorFlow numbers GPUs by speed, their driver by place on the bus; they must agree on which one is measured.
os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")


@dataclass(frozen=True)
class Device:
    """Where the network trains: `kind` is cpu or gpu, `gpus` the driver's indices of what is used."""

    kind: str
    name: str
    gpus: list[int]


def expected_gpus(wanted: str) -> list[int]:
    """The driver's indices of the GPUs that `wanted` (auto, cpu, gpu or gpu:N) may use, before TensorFlow is there."""
    if wanted == "cpu":
        return []
    index = int(wanted.partition(":")[2] or 0)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    if index < len(visible) and visible[index].strip().isdigit():
        return [int(visible[index])]
    return [index]


def choose(tf: Any, wanted: str) -> Device:
    """Show TensorFlow the one device to use. Raises RunError when there is no such GPU."""
    gpus = tf.config.list_physical_devices("GPU")
    if wanted == "cpu" or (wanted == "auto" and not gpus):
        tf.config.set_visible_devices([], "GPU")
        return Device("cpu", "CPU", [])
    index = int(wanted.partition(":")[2] or 0)
    if index >= len(gpus):
        found = f"TensorFlow finds {len(gpus)} of them" if gpus else "TensorFlow finds none"
        raise RunError(f"There is no GPU {index} on this machine ({found}); use --device cpu or --device auto.")
    tf.config.set_visible_devices([gpus[index]], "GPU")
    # Otherwise TensorFlow takes all of a GPU's memory at once, also another program's.
    tf.config.experimental.set_memory_growth(gpus[index], True)
    details = tf.config.experimental.get_device_details(gpus[index])
    return Device("gpu", str(details.get("device_name", gpus[index].name)), expected_gpus(f"gpu:{index}"))
