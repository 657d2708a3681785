"""Keras' other back ends say what TensorFlow says: what the last `make check-backends` found."""

import json
from pathlib import Path

from codegen_programs import SAMPLES

RECORD = Path(__file__).parents[2] / "benchmarks" / "backends.json"


def test_every_sample_is_the_same_network_with_every_back_end_that_was_asked():
    found = json.loads(RECORD.read_text(encoding="utf-8"))
    assert "jax" in found["backends"]
    for told in found["backends"].values():
        assert told["same"] and told["trained"] == ["metrics.json", "model.keras"]
        assert set(told["samples"]) == {path.stem for path in SAMPLES}
        assert all(sample["largest_difference"] <= found["tolerance"] for sample in told["samples"].values())
