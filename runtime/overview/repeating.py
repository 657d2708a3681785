"""The command that does a run again."""

from __future__ import annotations

import shlex
from typing import Any

#: What the command can be told, by the names in the record. The rest stands in the program.
_OPTIONS = ("epochs", "batch_size", "optimizer", "learning_rate", "seed")


def command(result: dict[str, Any], program: str) -> str:
    """The command for a POSIX shell; `program` is the path of the run's program."""
    training, data, carbon = result["training"], result["data"], result["carbon"]
    words = ["cnngen", "train", program]
    # A path counts from where the program lay, so the record's own, which is whole, is taken.
    dataset = data["source"] or data["name"]
    words += ["--dataset", str(dataset)] if dataset else []
    for name in _OPTIONS:
        if training[name] is not None:
            words += [f"--{name.replace('_', '-')}", str(training[name])]
    words += ["--country", str(carbon["country_iso_code"])] if carbon and carbon["country_iso_code"] else []
    words += ["--device", str(result["run"]["device"])] if result["run"]["device"] else []
    return shlex.join(words)
