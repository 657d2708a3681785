"""A folder of sampled networks: a file each, a table of all, and what they were drawn from."""

from __future__ import annotations

import csv
import io
import os
import tomllib
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.search.errors import SamplingError
from cnngen.search.sampling.configuration import Configuration, as_text
from cnngen.search.sampling.drawing import Draw
from cnngen.search.sampling.population import Uniform

SETTINGS = "sampler.toml"
TABLE = "networks.csv"
COLUMNS = ("file", "hash", "layers", "depth", "parameters", "macs", "activation_bytes")


def open_folder(folder: Path, configuration: Configuration, count: int, seed: int, uniform: Uniform | None) -> None:
    """Make the folder, with the file that says what it holds. Raises SamplingError when it holds something else."""
    text = settings_text(configuration, count, seed, uniform)
    path = folder / SETTINGS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if path.read_text(encoding="utf-8") != text:
                raise SamplingError(f"{folder} holds networks that were drawn otherwise; give another folder with -o.")
        elif any(folder.iterdir()):
            raise SamplingError(f"{folder} is not empty; give another folder with -o.")
        record.write_text(path, text)
    except OSError as error:
        raise _unwritable(folder, error) from error


def settings_text(configuration: Configuration, count: int, seed: int, uniform: Uniform | None) -> str:
    """All that the networks of a folder follow from."""
    lines = [
        "# What these networks were drawn from: the same gives the same files.",
        f"count = {count}",
        f"seed = {seed}",
    ]
    if uniform:
        lines.append(f'uniform = {{ measure = "{uniform.measure}", bins = {uniform.bins} }}')
    body = as_text(configuration).replace("\n[", "\n[configuration.").removeprefix("\n")
    return "\n".join([*lines, "", body])


def save(folder: Path, draws: Iterable[Draw]) -> Iterator[Draw]:
    """Write each network as it comes, and the table when all are there. Raises SamplingError."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    of_draw = attrgetter(*COLUMNS[1:])
    try:
        for number, drawn in enumerate(draws, 1):
            name = f"{number:06}-{drawn.hash[:12]}.cnn"
            # No Path: to join and open one for each network costs half as much again.
            with open(f"{folder}{os.sep}{name}", "wb") as file:  # noqa: PTH123
                file.write(drawn.text.encode())
            writer.writerow((name, *of_draw(drawn)))
            yield drawn
        record.write_text(folder / TABLE, table.getvalue())
    except OSError as error:
        raise _unwritable(folder, error) from error


def programs(folder: Path) -> list[Path]:
    """The networks of a folder, in order. Raises SamplingError when there are none."""
    found = sorted(folder.glob("*.cnn"))
    if not found:
        raise SamplingError(f"There are no .cnn files in {folder}; draw some with: cnngen sample 100 -o {folder}.")
    return found


def read_settings(folder: Path) -> dict[str, Any] | None:
    """What a folder's networks were drawn from, None for a folder that does not say."""
    try:
        return tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _unwritable(folder: Path, error: OSError) -> SamplingError:
    return SamplingError(f"The networks cannot be written to {folder}: {error.strerror or error}.")
