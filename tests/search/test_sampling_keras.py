"""Keras builds and trains what is sampled. `make check-samples` does the same with a thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[2] / "benchmarks" / "check_samples.py"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["default", "paper"])
def test_keras_builds_sampled_networks_and_trains_each_a_step(name: str) -> None:
    said = subprocess.run(
        [sys.executable, str(CHECK), "15", "--seed=8", f"--preset={name}"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert json.loads(said.stdout)["failures"] == []
