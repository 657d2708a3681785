"""What one prediction takes: the network run again and again on images of the test, one by one and 128 at a time.

Each call is one batch through the compiled network, from images in memory to probabilities on the host. The first
calls, which trace and compile, stand before the window.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from cnngen.runtime.worker.data import Array

#: Images in one call.
BATCH_SIZES = (1, 128)

WARM_UP, FEWEST = 3, 5

#: No more calls than this are made, however short they are; their times are kept for the percentiles.
MOST = 50_000


def prepare(model: Any, images: Array, batch_size: int, jit: bool) -> Callable[[], None]:
    """A function that predicts one batch. It is called here until it is warm."""
    pictures = np.resize(images, (batch_size, *images.shape[1:]))
    scaled = pictures.astype(np.float32) / 255.0 if pictures.dtype == np.uint8 else pictures.astype(np.float32)
    batch = tf.constant(scaled)
    compiled = tf.function(lambda x: model(x, training=False), jit_compile=jit)

    def predict() -> None:
        compiled(batch).numpy()

    for _ in range(WARM_UP):
        predict()
    return predict


def repeat(predict: Callable[[], None], seconds: float, check: Callable[[], None]) -> list[float]:
    """Predict for so many seconds, and at least `FEWEST` times; returns the seconds of each call.

    `check` is called after each one and may raise.
    """
    times: list[float] = []
    end = time.monotonic() + seconds
    while len(times) < FEWEST or (time.monotonic() < end and len(times) < MOST):
        started = time.perf_counter()
        predict()
        times.append(time.perf_counter() - started)
        check()
    return times


def figures(batch_size: int, times: list[float], energy: dict[str, Any]) -> dict[str, Any]:
    """What the record says of one batch size. One inference is one image; latency is that of a whole call."""
    images = batch_size * len(times)
    joules, net = (
        None if energy[key] is None else energy[key] * 3.6e6 for key in ("energy_total_kwh", "energy_total_net_kwh")
    )
    return {
        "batch_size": batch_size,
        "batches": len(times),
        "images": images,
        "duration_s": energy["duration_s"],
        "energy_per_inference_j": None if joules is None else joules / images,
        "energy_per_inference_net_j": None if net is None else net / images,
        "power_total_mean_w": energy["power_total_mean_w"],
        "latency_p50_ms": float(np.percentile(times, 50)) * 1000.0,
        "latency_p95_ms": float(np.percentile(times, 95)) * 1000.0,
        "images_per_s": images / energy["duration_s"],
        **{key: energy[key] for key in ("ticks", "others_cpu_share", "contended", "indicative")},
    }
