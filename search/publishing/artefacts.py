"""The files of each network: artefacts.zip holds a folder for each hash, as `cnngen generate --all` writes it.

The same networks give the same bytes. What an earlier archive of the same version of CNNGen holds is taken from it.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from cnngen.codegen import generate_all
from cnngen.language import analyse
from cnngen.search.benchmark.making import Benchmark

ARCHIVE = "artefacts.zip"
_MANIFEST = "manifest.json"

#: The date of every member, which an archive must have: the first that it can.
_DATE = (1980, 1, 1, 0, 0, 0)

#: What is compressed already.
_PACKED = (".png",)


def write_archive(
    benchmark: Benchmark, networks: Iterable[str], path: Path, told: Callable[[int], None] = lambda number: None
) -> tuple[str, ...]:
    """Write the archive, and give notes on what could not be made, such as pictures without Graphviz.

    `told` hears the number of networks so far. Raises OSError.
    """
    notes: dict[str, None] = {}
    known = _known(path)
    temporary = path.with_name(f".{path.name}")
    with zipfile.ZipFile(temporary, "w") as archive:
        for number, network in enumerate(networks, 1):
            files = known(network)
            if files is None:
                files, said = _made(benchmark, network)
                notes.update(dict.fromkeys(said))
            for name in sorted(files):
                member = zipfile.ZipInfo(f"{network}/{name}", _DATE)
                member.external_attr = 0o644 << 16
                member.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
                archive.writestr(member, files[name])
            told(number)
    temporary.replace(path)
    return tuple(notes)


def _made(benchmark: Benchmark, network: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files of a network by their names."""
    analysis = analyse(benchmark.program(network), name=network[:16])
    with tempfile.TemporaryDirectory() as folder:
        made = generate_all(analysis, Path(folder), "network")
        return {path.name: path.read_bytes() for path in made.files.values()}, made.notes


def _known(path: Path) -> Callable[[str], dict[str, bytes] | None]:
    """What an earlier archive holds of a network; None where it has nothing, or of another version, or no pictures."""
    found: dict[str, dict[str, bytes]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                network, _, file = name.partition("/")
                found.setdefault(network, {})[file] = archive.read(name)
    except (OSError, zipfile.BadZipFile):
        return lambda network: None

    def of(network: str) -> dict[str, bytes] | None:
        files = found.get(network, {})
        whole = _MANIFEST in files and any(name.endswith(_PACKED) for name in files)
        return files if whole and json.loads(files[_MANIFEST])["cnngen"] == version("cnngen") else None

    return of
