"""What a benchmark is to do: networks, images, training, limits, order. A TOML file, frozen with the benchmark."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from cnngen.language import analyse
from cnngen.language.words.optimizers import OPTIMIZERS
from cnngen.search.errors import ConfigurationError
from cnngen.search.sampling import settings as s
from cnngen.search.sampling.settings import Setting
from cnngen.search.toml import read_toml

#: Trained every so often, so that a drift of the machine shows.
REFERENCE = """input
conv(filters=16) max_pooling
conv(filters=32) max_pooling
global_avg_pooling
dense(units=64)
dense
output
"""

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Networks:
    """Where the networks come from: sampled (`sampler` is a configuration's tables), or the .cnn files of a folder."""

    folder: Annotated[str, Setting(s.text(), "a folder of .cnn files; empty: they are sampled")] = ""
    count: Annotated[int, Setting(s.whole(1, 1_000_000), "how many are sampled")] = 100
    seed: Annotated[int, Setting(s.whole(0, LARGEST_SEED), "of the sampler")] = 0
    sampler: Annotated[dict[str, Any], Setting(s.tables(), "what is different from its preset")] = field(
        default_factory=dict
    )


@dataclass(frozen=True)
class Data:
    """The images. A smaller fidelity has fewer of them, or smaller ones."""

    source: Annotated[str, Setting(s.text(), "a data set's name, or an .npz file beside this one")] = "digits"
    images: Annotated[int, Setting(s.whole(0, 10**9), "so many, drawn at random; 0: all")] = 0
    size: Annotated[int, Setting(s.whole(0, 4096), "pixels a side, a divisor of what they have; 0: as they are")] = 0
    seed: Annotated[int, Setting(s.whole(0, LARGEST_SEED), "of the draw")] = 0


@dataclass(frozen=True)
class Training:
    """How each network is trained, whatever its own text says."""

    epochs: Annotated[int, Setting(s.whole(1, 100_000), "times through the training images")] = 36
    batch_size: Annotated[int, Setting(s.whole(1, 65_536), "images a step")] = 128
    optimizer: Annotated[str, Setting(s.word(*OPTIMIZERS), "what changes the weights")] = "adam"
    learning_rate: Annotated[float, Setting(s.number(1e-12, 100), "its step size")] = 0.001
    test_split: Annotated[float, Setting(s.number(0.001, 0.999), "share of the images for the test")] = 0.2
    validation_split: Annotated[float, Setting(s.number(0, 0.999), "share of the rest for validation")] = 0.2
    jit_compile: Annotated[bool, Setting(s.boolean(), "whether XLA compiles the training")] = False
    seeds: Annotated[list[int], Setting(s.wholes_listed(0, LARGEST_SEED), "each network is trained once with each")] = (
        field(default_factory=lambda: [0])
    )
    noise_share: Annotated[float, Setting(s.probability(), "share of the networks for the noise floor")] = 0.05
    noise_repeats: Annotated[int, Setting(s.whole(0, 100), "how often these are trained again, with other seeds")] = 0


@dataclass(frozen=True)
class Measuring:
    """What is measured beside the training."""

    country: Annotated[str, Setting(s.text(), "ISO 3166-1 alpha-3 code, for the carbon; empty: none")] = ""
    device: Annotated[str, Setting(s.text(), "auto, cpu, gpu or gpu:N")] = "cpu"
    idle_s: Annotated[float, Setting(s.number(0, 3600), "seconds of doing nothing before and after")] = 0.0
    inference_s: Annotated[float, Setting(s.number(0, 3600), "seconds of predictions at each batch size")] = 0.0


@dataclass(frozen=True)
class Limits:
    """When a trial is given up."""

    timeout_s: Annotated[float, Setting(s.number(1, 10**9), "seconds of one trial")] = 3600.0
    memory_mb: Annotated[int, Setting(s.whole(100, 10**9), "megabytes of one trial")] = 8000
    attempts: Annotated[int, Setting(s.whole(1, 100), "how often a trial may die without a word")] = 2


@dataclass(frozen=True)
class Order:
    """Trials come in random order, so that a part of them is a fair sample; a reference network stands in between."""

    seed: Annotated[int, Setting(s.whole(0, LARGEST_SEED), "of the order")] = 0
    reference_every: Annotated[int, Setting(s.whole(0, 10**6), "trials between two of the reference; 0: none")] = 25
    reference: Annotated[str, Setting(s.text(), "its program")] = REFERENCE


@dataclass(frozen=True)
class Specification:
    """All of it. `name` is for people."""

    name: str
    networks: Networks
    data: Data
    training: Training
    measuring: Measuring
    limits: Limits
    order: Order

    @property
    def hash(self) -> str:
        """SHA-256 of it as TOML, which a number is written in one way in."""
        return hashlib.sha256(as_toml(self).encode()).hexdigest()


def read_specification(path: Path) -> Specification:
    """The specification in a TOML file. Raises ConfigurationError."""
    return specification(read_toml(path), str(path))


def specification(given: dict[str, Any], source: str) -> Specification:
    """A specification from plain data. Raises ConfigurationError."""
    sections = {name: kind for name, kind in get_type_hints(Specification).items() if name != "name"}
    name = given.get("name", "benchmark")
    if not isinstance(name, str) or not name.strip():
        raise ConfigurationError(f"{source}: name must be a text; it is {name!r}.")
    s.check_names(given, ["name", *sections], "", source)
    built = {key: _section(kind, given.get(key, {}), key, source) for key, kind in sections.items()}
    spec = Specification(name=name, **built)
    faults = [found.message for found in analyse(spec.order.reference).diagnostics]
    if spec.order.reference_every and faults:
        raise ConfigurationError(f"{source}: order.reference is no sound program: {faults[0]}")
    return spec


def as_toml(spec: Specification) -> str:
    """The specification as a TOML file that says everything."""
    lines = [f"name = {s.as_toml(spec.name)}"]
    for section in fields(spec)[1:]:
        part = getattr(spec, section.name)
        lines += ["", f"# {(type(part).__doc__ or '').strip()}", f"[{section.name}]"]
        known = get_type_hints(type(part), include_extras=True)
        for key, value in asdict(part).items():
            lines.append(f"{key} = {s.as_toml(value)}  # {known[key].__metadata__[0].doc}")
    return "\n".join(lines) + "\n"


def _section(kind: Any, given: Any, name: str, source: str) -> Any:
    if not isinstance(given, dict):
        raise ConfigurationError(f"{source}: {name} is a section: write [{name}] and its keys below.")
    known = {key: hint.__metadata__[0] for key, hint in get_type_hints(kind, include_extras=True).items()}
    s.check_names(given, list(known), f"{name}.", source)
    values = {}
    for key, value in given.items():
        try:
            values[key] = known[key].kind.read(value)
        except ValueError:
            raise ConfigurationError(
                f"{source}: {name}.{key} must be {known[key].kind.expected}; it is {value!r}."
            ) from None
    return kind(**values)
