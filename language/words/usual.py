"""Values that people often write for hyper-parameters that take numbers: what an editor proposes."""

from __future__ import annotations

#: By the hyper-parameter's name, as they are written, the most usual first.
USUAL_VALUES: dict[str, tuple[str, ...]] = {
    "filters": ("32", "64", "128", "256", "16", "8"),
    "kernel_size": ("3", "5", "7", "1"),
    "strides": ("1", "2"),
    "epsilon": ("0.001", "1e-05"),
    "momentum": ("0.99", "0.9"),
    "pool_size": ("2", "3"),
    "rate": ("0.5", "0.3", "0.2", "0.1"),
    "units": ("128", "256", "512", "64"),
    "shape": ("(32, 32, 3)", "(28, 28, 1)", "(64, 64, 3)", "(224, 224, 3)"),
    "classes": ("10", "2", "100"),
    "epochs": ("36", "10", "20", "50", "100"),
    "batch_size": ("128", "32", "64", "256"),
    "learning_rate": ("0.001", "0.01", "0.1", "0.0001"),
    "test_split": ("0.2", "0.1", "0.3"),
    "validation_split": ("0.2", "0.1", "0"),
    "seed": ("0", "1", "42"),
}
