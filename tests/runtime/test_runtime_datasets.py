"""Data sets by name: known facts, whole files, and one sentence where something is missing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cnngen.language import DATASETS
from cnngen.runtime import CannotTrain, TrainingJob, TrainOptions
from cnngen.runtime.image_sets import SETS, cache, cached
from cnngen.runtime.worker.errors import RunError
from cnngen.runtime.worker.fetching import fetch, to_fetch


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of Keras."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras"


def test_every_set_of_the_language_has_its_licence_and_home() -> None:
    assert list(SETS) == list(DATASETS)
    for known in SETS.values():
        assert known.licence and known.home.startswith("https://") and known.images > 1000
        assert (known.megabytes > 0) == (known.place is not None) == bool(known.files)
        assert all(len(digest) in (32, 64) for digest in known.files.values())


def test_a_set_is_cached_when_all_its_files_are_there(home: Path) -> None:
    known = SETS["fashion_mnist"]
    assert cache() == home / "datasets" and cached(known) is None and to_fetch("fashion_mnist")
    folder = home / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for name in known.files:
        assert cached(known) is None
        (home / "datasets" / name).touch()
    assert cached(known) == folder and not to_fetch("fashion_mnist")


@pytest.mark.parametrize("source", [name for name, known in SETS.items() if known.files])
def test_a_file_that_is_not_what_it_should_be_is_not_trained_on(home: Path, source: str) -> None:
    for name in SETS[source].files:
        path = home / "datasets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"something else"))
    first = Path(next(iter(SETS[source].files))).name
    with pytest.raises(RunError, match=rf"{first} is not the one that belongs to {source} \(its (SHA-256|MD5) is "):
        fetch(source)


@pytest.mark.slow
@pytest.mark.parametrize("source", [name for name, known in SETS.items() if known.files])
def test_without_a_network_one_sentence_says_what_can_be_done(
    home: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the port of those who discard everything
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RunError) as raised:
        fetch(source)
    said = str(raised.value)
    assert said.startswith(f"The data set {source} is not on this machine and could not be downloaded (")
    assert f"{SETS[source].megabytes:g} MB" in said and str(home / "datasets" / str(SETS[source].place)) in said
    assert "None" not in said and "\n" not in said and said.endswith("(--dataset).")


@pytest.mark.parametrize("source", ["digits", "/data/images.npz", "."])
def test_what_comes_with_a_package_or_is_a_path_is_never_fetched(home: Path, source: str) -> None:
    assert not to_fetch(source)
    fetch(source)
    assert not home.exists()


def test_images_of_another_size_are_refused_with_both_shapes_before_anything_starts(tmp_path: Path) -> None:
    text = "input(shape=(28, 28, 1)) conv flatten dense(units=10) output"
    with pytest.raises(CannotTrain, match="digits are 8x8x1 but the program's input is 28x28x1"):
        TrainingJob.prepare(text, "net", TrainOptions(dataset="digits", runs_dir=tmp_path / "runs"))
    assert not (tmp_path / "runs").exists()


def test_pictures_with_channels_that_no_picture_has_are_refused_before_anything_starts(
    tmp_path: Path, pictures: Path
) -> None:
    text = "input(shape=(8, 8, 2)) conv flatten dense(units=2) output"
    with pytest.raises(CannotTrain, match=r"1, 3 or 4 channels, but the program's input is 8x8x2"):
        TrainingJob.prepare(text, "net", TrainOptions(dataset=str(pictures), runs_dir=tmp_path / "runs"))
    assert not (tmp_path / "runs").exists()
