"""What a sampler draws from: the probabilities of the grammar's rules, and the ranges of the hyper-parameters.

A configuration is a TOML file. What it leaves out is as in the preset that it names, and `presets/default.toml` says
everything; the fields below say what each key means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any, get_type_hints

from cnngen.language.words.hyperparameters import LARGEST_WIDTH
from cnngen.search.errors import ConfigurationError
from cnngen.search.sampling import settings as s
from cnngen.search.sampling.chance import Choice
from cnngen.search.sampling.settings import Setting
from cnngen.search.toml import read_toml

PRESETS = ("default", "paper")
CONVOLUTIONS = ("conv", "convbn", "bnconv", "upconv", "sepconv")
#: What may be drawn once for a whole network: hyper-parameters of convolutions, and the kind of joins.
SHARED = ("activation", "use_bias", "kernel_initializer", "epsilon", "momentum", "activate", "join")
DEEPEST = 50  # merges in merges

Range = tuple[float, float]


@dataclass(frozen=True)
class NetworkRules:
    """The network as a whole."""

    input: Annotated[tuple[int, int, int], Setting(s.shape(), "height, width and channels of an image")]
    classes: Annotated[int, Setting(s.whole(2, LARGEST_WIDTH), "number of classes")]
    features: Annotated[Choice[int], Setting(s.wholes(1, 1000), "how many features stand before the bridge")]
    smallest_image: Annotated[int, Setting(s.whole(1, 4096), "pixels a side below which nothing reduces an image")]
    same: Annotated[
        tuple[str, ...], Setting(s.some(*SHARED), "hyper-parameters drawn once for all of a network's layers")
    ]


@dataclass(frozen=True)
class FeatureRules:
    """A feature: a convolution or a merge, then perhaps a dropout, then perhaps a pooling."""

    merge: Annotated[float, Setting(s.probability(), "of a merge instead of a convolution")]
    convolution: Annotated[Choice[str], Setting(s.words(*CONVOLUTIONS), "which convolution, in features and in lanes")]
    dropout: Annotated[float, Setting(s.probability(), "of a dropout behind it")]
    pooling: Annotated[
        float, Setting(s.probability(), "of a pooling behind that, where the image can still be reduced")
    ]


@dataclass(frozen=True)
class ConvolutionRules:
    """The hyper-parameters of convolutions."""

    kernel_size: Annotated[
        Choice[int], Setting(s.values_of("conv", "kernel_size"), "window; with padding valid at most the image")
    ]
    strides: Annotated[
        Choice[int], Setting(s.values_of("conv", "strides"), "at most the kernel; 1 in lanes that keep the size")
    ]
    padding: Annotated[Choice[str], Setting(s.values_of("conv", "padding"), "same in lanes that keep the size")]
    activation: Annotated[
        Choice[str], Setting(s.values_of("conv", "activation"), "of convolutions and hidden dense layers")
    ]
    use_bias: Annotated[Choice[bool], Setting(s.values_of("conv", "use_bias"), "of convolutions and dense layers")]
    kernel_initializer: Annotated[
        Choice[str], Setting(s.values_of("conv", "kernel_initializer"), "of convolutions and dense layers")
    ]
    epsilon: Annotated[Choice[float], Setting(s.values_of("convbn", "epsilon"), "of batch normalisation")]
    momentum: Annotated[Choice[float], Setting(s.values_of("convbn", "momentum"), "of batch normalisation")]
    activate: Annotated[
        Choice[str], Setting(s.values_of("convbn", "activate"), "where the activation stands in convbn and bnconv")
    ]


@dataclass(frozen=True)
class FilterRules:
    """How many filters a convolution has: factor times those of the one before, plus step, to the next multiple."""

    first: Annotated[Choice[int], Setting(s.wholes(1, LARGEST_WIDTH), "of the first convolution")]
    factor: Annotated[
        Choice[float], Setting(s.numbers(0, 1024), "outside of merges, and where a lane reduces the image")
    ]
    step: Annotated[Choice[int], Setting(s.wholes(0, LARGEST_WIDTH), "what is added there")]
    lane_factor: Annotated[
        Choice[float], Setting(s.numbers(0, 1024), "in lanes, where no other layer says what is needed")
    ]
    multiple: Annotated[
        int, Setting(s.whole(1, 4096), "filters are a multiple of this, but for those of the image itself")
    ]
    most: Annotated[int, Setting(s.whole(1, LARGEST_WIDTH), "filters at most")]


@dataclass(frozen=True)
class PoolingRules:
    """The hyper-parameters of poolings."""

    kind: Annotated[Choice[str], Setting(s.words("avg_pooling", "max_pooling"), "which pooling")]
    pool_size: Annotated[
        Choice[int], Setting(s.values_of("max_pooling", "pool_size"), "window; with padding valid at most the image")
    ]
    strides: Annotated[
        Choice[int], Setting(s.values_of("max_pooling", "strides"), "at most the window; 1 in lanes that keep the size")
    ]
    padding: Annotated[Choice[str], Setting(s.values_of("max_pooling", "padding"), "same in lanes that keep the size")]


@dataclass(frozen=True)
class DropoutRules:
    """The hyper-parameter of dropouts."""

    rate: Annotated[Choice[float], Setting(s.numbers(0, 0.99), "share of the values set to zero")]


@dataclass(frozen=True)
class MergeRules:
    """Merges. A left lane is convolutions, or convolutions and then merges with convolutions behind each."""

    join: Annotated[Choice[str], Setting(s.words("add", "concat"), "how lanes are joined")]
    activation: Annotated[Choice[str], Setting(s.values_of("add", "activation"), "of a join")]
    bodies: Annotated[Choice[int], Setting(s.wholes(1, 100), "bodies of a merge outside of merges; one inside has one")]
    right: Annotated[Choice[str], Setting(s.words("Empty", "convolutions"), "the right lane of a merge with one body")]
    right_of_several: Annotated[
        Choice[str], Setting(s.words("Empty", "convolutions"), "each right lane of a merge with more bodies")
    ]
    reduction: Annotated[
        float, Setting(s.probability(), "that one layer of a left lane beside convolutions may reduce the image")
    ]
    convolutions: Annotated[Choice[int], Setting(s.wholes(1, 100), "convolutions with which a left lane begins")]
    right_convolutions: Annotated[Choice[int], Setting(s.wholes(1, 100), "convolutions of a right lane")]
    nested: Annotated[float, Setting(s.probability(), "that merges follow them in a left lane")]
    merges: Annotated[Choice[int], Setting(s.wholes(1, 100), "how many merges then")]
    trailing: Annotated[Choice[int], Setting(s.wholes(0, 100), "convolutions behind each of these")]
    dropout: Annotated[float, Setting(s.probability(), "of a dropout behind a convolution of a left lane")]
    pooling: Annotated[float, Setting(s.probability(), "of a pooling at each end of a left lane")]
    depth: Annotated[int, Setting(s.whole(0, DEEPEST), "merges in merges at most; 0 means no merges at all")]


@dataclass(frozen=True)
class HeadRules:
    """What stands behind the features."""

    bridge: Annotated[
        Choice[str],
        Setting(s.words("flatten", "global_avg_pooling", "global_max_pooling"), "how images become a vector"),
    ]
    hidden: Annotated[Choice[int], Setting(s.wholes(0, 100), "dense layers before the classifier")]
    units: Annotated[Choice[int], Setting(s.wholes(1, LARGEST_WIDTH), "of these, where units_percent is 0")]
    units_percent: Annotated[Choice[int], Setting(s.wholes(0, 1000), "of these, in per cent of what they read")]
    most_units: Annotated[int, Setting(s.whole(1, LARGEST_WIDTH), "units at most")]
    dropout: Annotated[float, Setting(s.probability(), "of a dropout before a dense layer")]


@dataclass(frozen=True)
class Conditions:
    """What a network must hold to be kept, [smallest, largest]; a layer is a node, as `cnngen describe` counts."""

    layers: Annotated[Range, Setting(s.between(), "layers")]
    depth: Annotated[Range, Setting(s.between(), "layers on the longest way from the image to the classes")]
    parameters: Annotated[Range, Setting(s.between(), "trained and untrained weights")]
    macs: Annotated[Range, Setting(s.between(), "multiply-accumulates of one image")]
    activation_bytes: Annotated[Range, Setting(s.between(), "bytes of all layers' outputs for one image")]


@dataclass(frozen=True)
class Configuration:
    """All of it."""

    network: NetworkRules
    feature: FeatureRules
    convolution: ConvolutionRules
    filters: FilterRules
    pooling: PoolingRules
    dropout: DropoutRules
    merge: MergeRules
    head: HeadRules
    conditions: Conditions


def preset(name: str) -> Configuration:
    """A configuration that comes with CNNGen. Raises ConfigurationError for a name that none has."""
    return configuration({"preset": name}, "the command")


def read_configuration(path: Path) -> Configuration:
    """The configuration in a TOML file. Raises ConfigurationError."""
    return configuration(read_toml(path), str(path))


def configuration(given: dict[str, Any], source: str) -> Configuration:
    """A configuration from what is given and the preset that it names. Raises ConfigurationError."""
    given = dict(given)
    name = given.pop("preset", "default")
    if name not in PRESETS:
        raise ConfigurationError(f'{source}: there is no preset "{name}"; give {" or ".join(PRESETS)}.')
    base = _preset_tables("default")
    for tables in (_preset_tables(name), given):
        for section, table in tables.items():
            _check_section(section, table, source)
            base[section] = {**base[section], **table}
    return _build(base, source)


def as_text(configured: Configuration) -> str:
    """A configuration as a TOML file that says everything, with what each key means."""
    lines: list[str] = []
    for section in fields(configured):
        rules = getattr(configured, section.name)
        lines += ["", *(f"# {line}" for line in wrap(type(rules).__doc__ or "", 100)), f"[{section.name}]"]
        rows = [(f"{key} = {s.as_toml(getattr(rules, key))}", known.doc) for key, known in _settings(type(rules))]
        width = min(max(len(written) for written, _ in rows), 60)
        lines += [f"{written.ljust(width)}  # {doc}" for written, doc in rows]
    return "\n".join(lines[1:]) + "\n"


def _preset_tables(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "presets" / f"{name}.toml").read_text(encoding="utf-8"))


def _sections() -> dict[str, Any]:
    return get_type_hints(Configuration)


def _settings(section: Any) -> Iterator[tuple[str, Setting]]:
    for name, annotated in get_type_hints(section, include_extras=True).items():
        yield name, annotated.__metadata__[0]


def _check_section(section: str, table: Any, source: str) -> None:
    known = _sections()
    if section not in known:
        raise ConfigurationError(f"{source}: {s.unknown(f'[{section}]', section, list(known), 'sections')}")
    if not isinstance(table, dict):
        raise ConfigurationError(f"{source}: {section} is a section: write [{section}] and its keys below.")
    keys = [key for key, _ in _settings(known[section])]
    for key in table:
        if key not in keys:
            raise ConfigurationError(f"{source}: {s.unknown(f'{section}.{key}', key, keys, f'keys of [{section}]')}")


def _build(tables: dict[str, Any], source: str) -> Configuration:
    sections: dict[str, Any] = {}
    for name, section in _sections().items():
        values = {}
        for key, known in _settings(section):
            given = tables[name][key]
            try:
                values[key] = known.kind.read(given)
            except ValueError:
                raise ConfigurationError(
                    f"{source}: {name}.{key} must be {known.kind.expected}; it is {given!r}."
                ) from None
        sections[name] = section(**values)
    return Configuration(**sections)
