"""Making a benchmark's folder: the frozen specification, the networks, the images, the ledger with all trials.

Everything may be done again, from wherever it was interrupted: what is there already is the same.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from cnngen.language import DATASETS, Dataset, analyse
from cnngen.runtime import record
from cnngen.search.benchmark.ledger import Ledger
from cnngen.search.benchmark.specification import Networks, Specification, as_toml, read_specification
from cnngen.search.benchmark.trials import trials
from cnngen.search.errors import SearchError
from cnngen.search.sampling.configuration import configuration
from cnngen.search.sampling.folder import programs
from cnngen.search.sampling.population import Population, verified

SPECIFICATION = "specification.toml"
LEDGER = "ledger.sqlite"
IMAGES = "images.npz"
NETWORKS = "networks"
TRIALS = "trials"


@dataclass(frozen=True)
class Images:
    """The images of a benchmark: where a worker finds them, shape, classes, and what tells them from others."""

    source: str
    shape: tuple[int, int, int]
    classes: int
    sha256: str

    @property
    def dataset(self) -> Dataset:
        """As the language knows data sets."""
        return Dataset(self.source, self.shape, self.classes)


@dataclass(frozen=True)
class Benchmark:
    """An opened benchmark's folder. Paths within are absolute and of this machine: a worker has a folder of its own."""

    folder: Path
    specification: Specification
    images: Images

    @property
    def trials(self) -> Path:
        """Where the folders of trials are."""
        return self.folder / TRIALS

    def program(self, network_hash: str) -> str:
        """The canonical text of a network. Raises OSError."""
        return (self.folder / NETWORKS / f"{network_hash}.cnn").read_text(encoding="utf-8")

    def ledger(self) -> Ledger:
        """The ledger, opened. Raises SearchError."""
        return Ledger(self.folder / LEDGER)


def make(folder: Path, spec: Specification, beside: Path, images_file: Path | None = None) -> tuple[Benchmark, int]:
    """Make a benchmark, or add to one what is missing in it; gives how many trials are new.

    `beside` is where relative paths of the specification count from; `images_file` is where its images lie on this
    machine, if not there. Raises SearchError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_empty(folder, spec)
        # First, for it tells whose folder this is, should the making be cut short.
        record.write_text(folder / SPECIFICATION, as_toml(spec))
        (folder / NETWORKS).mkdir(exist_ok=True)
        (folder / TRIALS).mkdir(exist_ok=True)
        ledger = Ledger(folder / LEDGER, create=True)
        try:
            ledger.note("specification", spec.hash)
            images = _images(folder, spec, images_file or beside / Path(spec.data.source).expanduser(), ledger)
            hashes = [_write(folder, *network) for network in _networks(spec.networks, images, beside)]
            reference = analyse(spec.order.reference, dataset=images.dataset).network
            added = ledger.add(trials(spec, hashes, _write(folder, reference.hash, reference.canonical), images.sha256))
            ledger.note("made", "yes")
        finally:
            ledger.close()
    except OSError as error:
        raise SearchError(f"The benchmark cannot be written to {folder}: {error.strerror or error}.") from error
    return Benchmark(folder.absolute(), spec, images), added


def open_benchmark(folder: Path) -> Benchmark:
    """A benchmark that was made. Raises SearchError."""
    ledger = Ledger(folder / LEDGER)
    try:
        spec = read_specification(folder / SPECIFICATION)
        if ledger.fact("made") is None:
            raise SearchError(f"{folder} was not made to its end; run cnngen benchmark create again.")
        if ledger.fact("specification") != spec.hash:
            raise SearchError(
                f"{folder / SPECIFICATION} is no longer what it was when the benchmark was made: restore it, or make "
                "another benchmark."
            )
        return Benchmark(folder.absolute(), spec, _known_images(folder, ledger))
    finally:
        ledger.close()


def _check_empty(folder: Path, spec: Specification) -> None:
    path = folder / SPECIFICATION
    if path.exists():
        if read_specification(path).hash != spec.hash:
            raise SearchError(f"{folder} holds another benchmark; give another folder.")
    elif any(not file.name.startswith(f".{SPECIFICATION}.") for file in folder.iterdir()):
        raise SearchError(f"{folder} is not empty; give another folder.")


def _images(folder: Path, spec: Specification, file: Path, ledger: Ledger) -> Images:
    """Cut the images, once."""
    if ledger.fact("images"):
        return _known_images(folder, ledger)
    wanted = spec.data
    named = DATASETS.get(wanted.source)
    if named:
        if wanted.images or wanted.size:
            raise SearchError(
                f"data.images and data.size need an .npz file, not the name {wanted.source}; write its path as source."
            )
        height, width, channels = named.shape
        told = Images(wanted.source, (height, width, channels), named.classes, f"name:{wanted.source}")
    else:
        from cnngen.search.benchmark.fidelity import cut

        made = cut(file.resolve(), wanted, folder / IMAGES)
        told = Images("", made.shape, made.classes, made.sha256)
    ledger.note("images", json.dumps(asdict(told)))
    return _known_images(folder, ledger)


def _known_images(folder: Path, ledger: Ledger) -> Images:
    told = json.loads(ledger.fact("images") or "{}")
    source = told["source"] or str((folder / IMAGES).resolve())
    return Images(source, tuple(told["shape"]), told["classes"], told["sha256"])


def _networks(wanted: Networks, images: Images, beside: Path) -> list[tuple[str, str]]:
    """The networks, each with its hash and its canonical text."""
    if wanted.folder:
        return [_canonical(path, images) for path in programs((beside / Path(wanted.folder).expanduser()).resolve())]
    tables = {**wanted.sampler}
    tables["network"] = {
        "input": list(images.shape),
        "classes": images.classes,
        **tables.get("network", {}),
    }
    rules = configuration(tables, "networks.sampler")
    if rules.network.input != images.shape or rules.network.classes != images.classes:
        raise SearchError(
            "networks.sampler has another image shape or number of classes than the data; leave them out."
        )
    return [(drawn.hash, drawn.text) for drawn in verified(Population(rules, wanted.count, wanted.seed))]


def _canonical(path: Path, images: Images) -> tuple[str, str]:
    analysis = analyse(path.read_text(encoding="utf-8"), name=path.stem, dataset=images.dataset)
    if not analysis.trainable:
        raise SearchError(f"{path} cannot be trained on these images; look with: cnngen check {path}.")
    return analysis.network.hash, analysis.network.canonical


def _write(folder: Path, network_hash: str, text: str) -> str:
    """Keep a network, and give its hash."""
    path = folder / NETWORKS / f"{network_hash}.cnn"
    if not path.exists():
        temporary = path.with_suffix(".new")
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    return network_hash


def remove(path: Path) -> None:
    """Remove a folder with all that is in it, if it is there."""
    shutil.rmtree(path, ignore_errors=True)
