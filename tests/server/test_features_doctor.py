"""The doctor's report as a page."""

from __future__ import annotations

import sys

from cnngen.runtime import doctor
from cnngen.server.features.doctor import doctors_report

FOUND = {
    "interpreter": "/opt/my_env/bin/python",
    "problem": None,
    "python": "3.12.1",
    "keras": "3.10.0",
    "tensorflow": None,
    "codecarbon": "3.3.0",
    "scikit_learn": None,
    "gpu": ["GPU|0", "GPU 1"],
    "rapl": {"present": True, "readable": False, "advice": "allow reading with: sudo chmod -R a+r /sys"},
    "nvml": False,
    "datasets": ["digits", "mnist"],
    "dot": None,
    "dot_wheel": None,
    "onnx": None,
    "tf2onnx": None,
    "pyarrow": None,
    "mlflow": None,
    "measures": {"cpu": "modelled: the load times the rated power", "gpu": "measured: NVML"},
}


def test_the_report_says_what_was_found_and_how_energy_will_be_told() -> None:
    report = doctors_report(FOUND)
    for row in (
        "| CPU | modelled: the load times the rated power |",
        "| GPU | measured: NVML |",
        "| TensorFlow | *not found* |",
        "| Data sets | digits, mnist |",
        "| RAPL, the processor's energy counters | present, but not readable (allow reading with: sudo chmod",
    ):
        assert row in report


def test_what_is_found_cannot_disturb_the_table() -> None:
    report = doctors_report(FOUND | {"problem": "broken\n# here | there"})
    assert r"/opt/my\_env/bin/python" in report
    assert r"GPU\|0, GPU 1" in report
    assert r"**Problem**: broken \# here \| there" in report


def test_a_python_that_is_not_there_has_a_report_too() -> None:
    report = doctors_report(doctor("/no/such/python"))
    assert "**Problem**: The Python interpreter /no/such/python cannot be started" in report
    assert "| Keras | *not found* |" in report
    assert sys.executable not in report
