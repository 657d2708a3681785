"""The command that does a run again."""

from __future__ import annotations

import shlex
from typing import Any

#: What the command can be told, by the names in the record. The rest stands in the program.
_OPTIONS = ("epochs", "batch_size", "optimizer", "learning_rate", "seed")

#: What was measured beside the training: the option, its name in the record, the unit that the option is given.
_MEASURING = (
    ("--idle", "idle_s", ""),
    ("--inference", "inference_s", ""),
    ("--max-energy", "max_energy_wh", ""),
    ("--max-time", "max_time_s", "s"),
)


def command(result: dict[str, Any], program: str) -> str:
    """The command for a POSIX shell; `program` is the path of the run's program."""
    training, data, carbon, measuring = result["training"], result["data"], result["carbon"], result["measuring"]
    words = ["cnngen", "train", program]
    # A path counts from where the program lay, so the record's own, which is whole, is taken.
    dataset = data["source"] or data["name"]
    words += ["--dataset", str(dataset)] if dataset else []
    for name in _OPTIONS:
        if training[name] is not None:
            words += [f"--{name.replace('_', '-')}", str(training[name])]
    if training["arguments"]:
        words += ["--training", training["arguments"]]
    if training["jit_compile"] is not None:
        words.append("--jit" if training["jit_compile"] else "--no-jit")
    words += ["--deterministic"] if training["deterministic"] else []
    for option, name, unit in _MEASURING:
        if measuring[name] is not None:
            words += [option, f"{measuring[name]:g}{unit}"]
    words += ["--country", str(carbon["country_iso_code"])] if carbon and carbon["country_iso_code"] else []
    words += ["--device", str(result["run"]["device"])] if result["run"]["device"] else []
    return shlex.join(words)
