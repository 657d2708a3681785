"""What a user can set: the one definition. The extension's schema and docs/settings.md are written from it.

A setting is a field of `Settings`. Its name in JSON is `cnngen.` and the field's, in camel case or as its option says.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

SECTION = "cnngen"

#: The longest window, as `cnngen.runtime.driving.options` has it, which the server does not import before a training.
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Option:
    """What is said about a setting. An internal one belongs to the editor's side: no user and no folder can set it."""

    text: str = ""
    name: str = ""
    scope: str = "resource"
    pattern: str = ""
    rule: str = ""
    minimum: float | None = None
    maximum: float | None = None
    written_default: Any = None
    internal: bool = False


def option(default: Any, text: str = "", **rest: Any) -> Any:
    """A field of `Settings`. `rule` says what fits, after "must be"; `written_default` is what the schema shows."""
    return field(default=default, metadata={"option": Option(text, **rest)})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, in Python's spelling. None means not set."""

    interpreter: str = option(
        sys.executable,
        "Python 3.11 or newer that has Keras: it trains, and it runs the language server. `~`, `${workspaceFolder}` "
        "and relative paths are understood. Empty: the active environment of the Python extension, else the folder's "
        "`.venv`, else `python3` on the `PATH`.",
        scope="machine-overridable",
        written_default="",
    )
    country: str | None = option(
        None,
        "Where the electricity comes from, as an ISO 3166-1 alpha-3 code such as `FRA`. Empty: energy is reported, "
        "carbon is not, since the country is never guessed.",
        scope="machine-overridable",
        pattern="[A-Za-z]{3}",
        rule="three letters (ISO 3166-1 alpha-3), such as FRA",
    )
    device: str = option(
        "auto",
        "What trains: `auto` (a GPU when there is one), `cpu`, `gpu` or `gpu:N`.",
        scope="machine-overridable",
        pattern=r"auto|cpu|gpu(:\d+)?",
        rule="auto, cpu, gpu or gpu:N",
    )
    default_dataset: str | None = option(
        None,
        "On what a program is trained that gives the shape of its images but no data set: a name such as `digits`, an "
        ".npz file, or a folder of images by class. `~`, `${workspaceFolder}` and relative paths are understood. "
        "Empty: such a program is not trained.",
        name="training.dataset",
    )
    runs_directory: str | None = option(
        None,
        "Where each training leaves its folder of results. `~`, `${workspaceFolder}` and relative paths are "
        "understood; without a workspace folder it is `runs` beside the program.",
        written_default="${workspaceFolder}/runs",
    )
    idle: float = option(
        3.0,
        "Seconds of doing nothing that are measured before and after a training, for the machine's idle power. 0 "
        "leaves them out: the training is over sooner, and how much of the energy is above idle is not told.",
        name="training.idleSeconds",
        minimum=0.0,
        maximum=_HOUR,
    )
    inference: float = option(
        2.0,
        "Seconds of predictions that are measured after a training, with one image and with many at a time. 0 leaves "
        "them out.",
        name="training.inferenceSeconds",
        minimum=0.0,
        maximum=_HOUR,
    )
    max_energy: float = option(
        0.0,
        "Watt-hours after which a training stops and keeps what was done. 0 sets no limit.",
        name="training.maxEnergy",
        minimum=0.0,
    )
    max_time: str | None = option(
        None,
        "The time after which a training stops and keeps what was done, such as `90s`, `10m` or `2h`. Empty: no limit.",
        name="training.maxTime",
        pattern=r"\d+(\.\d+)?[smhd]?",
        rule="a number with s, m, h or d, such as 10m",
    )
    deterministic: bool = option(
        False,
        "The same seed gives the same weights on the same machine, on a GPU too, where it makes training slower.",
        name="training.deterministic",
    )
    code_lens: bool = option(
        True,
        "Show *Generate Keras* and *Train & Measure* above `input`.",
        name="codeLens.enable",
        scope="window",
    )
    totals_lens: bool = option(
        True,
        "Show the network's layers, parameters and MACs above `input`.",
        name="codeLens.totals",
        scope="window",
    )
    result_lens: bool = option(
        True,
        "Show the last measured result of the program above `input`.",
        name="codeLens.result",
        scope="window",
    )
    predictions: bool = option(
        True,
        "Show above `input`, on hovering over it and in the diagram what the network is predicted to come to, where it "
        "is like those that this was learned from.",
        name="predictions.enable",
        scope="window",
    )
    value_hints: bool = option(
        True,
        "Show hyper-parameters that are not written where they would be written.",
        name="inlayHints.values",
        scope="window",
    )
    shape_hints: bool = option(
        True,
        "Show the shape behind each feature and lane that changes it.",
        name="inlayHints.shapes",
        scope="window",
    )
    workspace_diagnostics: bool = option(
        True,
        "Check all programs of the workspace, not only those that are open.",
        name="diagnostics.workspace",
        scope="window",
    )
    diagram_colours: str = option(
        "kind",
        "What the colours of a diagram tell when its panel opens: the `kind` of a layer, or its share of all `params`, "
        "`macs` or `memory`.",
        name="diagram.colourBy",
        scope="window",
        pattern="kind|params|macs|memory",
        rule="kind, params, macs or memory",
    )
    dataset: str | None = option(None, internal=True)
    epochs: int | None = option(None, internal=True)
    repeats: int | None = option(None, internal=True)
    worker_path: str | None = option(None, internal=True)
    trusted: bool = option(True, internal=True)
    training_finished: bool = option(False, internal=True)
    show_diagram: bool = option(False, internal=True)
    show_results: bool = option(False, internal=True)

    def updated(self, given: Any) -> Settings:
        """These settings with those of a JSON object in their place: the editor's own, of the start or of a command.

        What is not known, does not fit, or is null or empty (an editor's way to say "not set") is left out.
        """
        return replace(self, **dict(_values(given, internal=True)[0]))

    def configured(self, given: Any) -> tuple[Settings, list[str]]:
        """These settings with what a user has set, and a sentence for each value that does not fit and is left out."""
        values, problems = _values(given, internal=False)
        return replace(self, **dict(values)), problems


def options() -> Iterator[tuple[Field[Any], Option]]:
    """The settings, with what is said about each and their names in JSON."""
    for each in fields(Settings):
        said: Option = each.metadata.get("option", Option())
        yield each, replace(said, name=said.name or _camel_case(each.name))


def expanded(written: str, folder: Path | None) -> Path | None:
    """A path from a setting: `~`, `${workspaceFolder}` and `${userHome}` are filled in.

    A relative one counts from the folder. None when that is needed and there is none.
    """
    if folder is None and "${workspaceFolder}" in written:
        return None
    filled = written.replace("${workspaceFolder}", str(folder)).replace("${userHome}", "~")
    try:
        path = Path(filled).expanduser()
    except RuntimeError:  # nobody's home
        return None
    return path if path.is_absolute() else folder and folder / path


def expanded_command(written: str, folder: Path | None) -> str:
    """An interpreter from a setting: a path as above, or a bare name such as `python3.12`, which the PATH finds."""
    if not re.search(r"[~$\\/]", written):
        return written
    return str(expanded(written, folder) or written)


def kind_of(each: Field[Any]) -> type:
    """The type of a setting's value."""
    return {"bool": bool, "int": int, "float": float}.get(str(each.type).removesuffix(" | None"), str)


def _values(given: Any, *, internal: bool) -> tuple[list[tuple[str, Any]], list[str]]:
    """The values of a JSON object that fit, by field, and a sentence for each that does not."""
    found: list[tuple[str, Any]] = []
    problems: list[str] = []
    for each, said in options():
        value = _look_up(given, said.name)
        if value is None or value == "" or (said.internal and not internal):
            continue
        if isinstance(value, str):
            value = value.strip()
        if _fits(value, each, said):
            found.append((each.name, _kept(value, each)))
        else:
            problems.append(
                f"The setting {SECTION}.{said.name} must be {rule_of(each, said)}, not {value!r}: it is left out."
            )
    return found, problems


def _kept(value: Any, each: Field[Any]) -> Any:
    if kind_of(each) is float:
        return float(value)
    return value.upper() if each.name == "country" else value


def _fits(value: Any, each: Field[Any], said: Option) -> bool:
    # No isinstance: a bool is an int to Python, and not to a user.
    if kind_of(each) is float:
        least = -math.inf if said.minimum is None else said.minimum
        most = math.inf if said.maximum is None else said.maximum
        return type(value) in (int, float) and abs(value) < math.inf and least <= value <= most
    if type(value) is not kind_of(each):
        return False
    return not said.pattern or bool(re.fullmatch(said.pattern, str(value)))


def rule_of(each: Field[Any], said: Option) -> str:
    """What fits, after "must be"."""
    kind = kind_of(each)
    if kind is float:
        return "a number, 0 or more" if said.maximum is None else f"a number from {said.minimum:g} to {said.maximum:g}"
    return said.rule or {bool: "true or false", int: "a whole number", str: "text"}[kind]


def _look_up(given: Any, name: str) -> Any:
    """The value of a name such as `codeLens.enable`, whether written so or as objects in objects."""
    if not isinstance(given, dict):
        return None
    if name in given:
        return given[name]
    first, _, rest = name.partition(".")
    return _look_up(given.get(first), rest) if rest else None


def _camel_case(name: str) -> str:
    """`runs_directory` is `runsDirectory` there."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
