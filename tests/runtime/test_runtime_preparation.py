"""Before a run: what cannot be trained is told in one sentence, and nothing is left on the disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import venv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngen.language import analyse
from cnngen.runtime import CannotTrain, ProgramNotTrainable, TrainingJob, TrainOptions

ROOT = Path(__file__).parents[2]
TEXT = "input conv flatten dense output"


def refused(text: str, runs: Path, **options: Any) -> str:
    """The sentence with which a training is refused; no run folder may be left."""
    with pytest.raises(CannotTrain) as caught:
        TrainingJob.prepare(text, "net", TrainOptions(runs_dir=runs / "runs", **options))
    message = str(caught.value)
    assert "\n" not in message and "Traceback" not in message and message.endswith((".", "?"))
    assert not (runs / "runs").exists() or not list((runs / "runs").iterdir())
    return message


def save(path: Path, **arrays: Any) -> str:
    np.savez(path, **arrays)
    return str(path)


def test_a_prepared_run_has_a_record_that_says_unfinished(tmp_path: Path) -> None:
    job = TrainingJob.prepare(TEXT, "my net/../x", TrainOptions(runs_dir=tmp_path, country="fra", epochs=2))
    assert job.run_dir.parent == tmp_path
    assert job.run_dir.name.startswith("my_net_x-")
    result = job.result()
    assert result["status"] == "unfinished"
    assert result["program"]["name"] == "my net/../x"
    assert result["training"]["epochs"] == 2
    assert (job.run_dir / "program.cnn").read_text() == TEXT
    assert "def build_model" in (job.run_dir / "model.py").read_text()
    assert json.loads((job.run_dir / "request.json").read_text())["country"] == "FRA"


def test_two_runs_of_one_second_have_two_folders(tmp_path: Path) -> None:
    options = TrainOptions(runs_dir=tmp_path)
    folders = {TrainingJob.prepare(TEXT, "net", options).run_dir for _ in range(2)}
    assert len(folders) == 2


def test_a_program_with_errors_comes_back_with_its_diagnostics(tmp_path: Path) -> None:
    with pytest.raises(ProgramNotTrainable, match="1 error") as caught:
        TrainingJob.prepare("input conv(filters=0) flatten dense output", "net", TrainOptions(runs_dir=tmp_path))
    assert [d.message for d in caught.value.analysis.diagnostics]
    assert not list(tmp_path.iterdir())


def test_what_is_no_classifier_cannot_be_trained(tmp_path: Path) -> None:
    with pytest.raises(ProgramNotTrainable):
        TrainingJob.prepare("input conv output", "net", TrainOptions(runs_dir=tmp_path))


@pytest.mark.parametrize("text", ["", "input", "[[[", "conv conv", "\x00", "input(dataset=) flatten"])
def test_no_text_makes_preparing_raise_anything_else(tmp_path: Path, text: str) -> None:
    with pytest.raises((ProgramNotTrainable, CannotTrain)):
        TrainingJob.prepare(text, "net", TrainOptions(runs_dir=tmp_path))


def test_an_unknown_data_set(tmp_path: Path) -> None:
    assert "did you mean cifar10?" in refused(TEXT, tmp_path, dataset="cifar11")
    assert "digits, mnist" in refused(TEXT, tmp_path, dataset="zzz")
    assert "no data set at nowhere/x.npz" in refused(TEXT, tmp_path, dataset="nowhere/x.npz")
    assert "names no data set" in refused("input(shape=(8, 8, 1)) conv flatten dense output", tmp_path)


def test_an_unknown_country_is_never_guessed(tmp_path: Path) -> None:
    assert "FRA (France)" in refused(TEXT, tmp_path, country="FR")
    assert "FRA (France)" in refused(TEXT, tmp_path, country="france")
    assert "three-letter ISO code" in refused(TEXT, tmp_path, country="XYZ")


def test_images_of_another_shape_name_both_shapes(tmp_path: Path) -> None:
    data = save(tmp_path / "a.npz", x=np.zeros((20, 9, 9), np.uint8), y=np.arange(20) % 2)
    message = refused("input(shape=(8, 8, 1)) conv flatten dense output", tmp_path, dataset=data)
    assert "9x9x1" in message and "8x8x1" in message


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"a": np.zeros(3)}, "must hold the arrays x and y"),
        ({"x": np.zeros((4, 8, 8)), "y": np.zeros(3, int)}, "4 images but 3 labels"),
        ({"x": np.zeros((4, 8, 8)), "y": np.zeros(4)}, "one whole number an image"),
        ({"x": np.zeros((4, 8, 8)), "y": np.zeros((4, 10), int)}, "one whole number an image"),
        ({"x": np.zeros((4, 8)), "y": np.zeros(4, int)}, "(number, height, width, channels)"),
        ({"x": np.zeros((0, 8, 8)), "y": np.zeros(0, int)}, "(number, height, width, channels)"),
        ({"x": np.full((4, 8, 8), "a"), "y": np.zeros(4, int)}, "must be numbers"),
        ({"x": np.full((4, 8, 8), np.nan), "y": np.zeros(4, int)}, "no numbers"),
        ({"x": np.zeros((4, 8, 8)), "y": np.array([0, 1, -1, 1])}, "count from 0"),
        ({"x": np.array([{}], object), "y": np.zeros(1, int)}, "cannot be read"),
    ],
)
def test_arrays_that_are_no_images(tmp_path: Path, arrays: dict[str, Any], said: str) -> None:
    assert said in refused(TEXT, tmp_path, dataset=save(tmp_path / "a.npz", **arrays))


def test_a_corrupt_npz(tmp_path: Path) -> None:
    whole = Path(save(tmp_path / "a.npz", x=np.zeros((20, 8, 8), np.uint8), y=np.arange(20)))
    for name, content in {
        "cut.npz": whole.read_bytes()[:500],
        "text.npz": b"hello",
        "empty.npz": b"",
    }.items():
        (tmp_path / name).write_bytes(content)
        assert "no .npz file" in refused(TEXT, tmp_path, dataset=str(tmp_path / name))
    bytes_ = bytearray(whole.read_bytes())
    bytes_[200:260] = b"\xff" * 60
    (tmp_path / "flipped.npz").write_bytes(bytes_)
    assert "cannot be read" in refused(TEXT, tmp_path, dataset=str(tmp_path / "flipped.npz"))


def test_an_npz_gives_shape_and_classes(tmp_path: Path) -> None:
    x, y = np.zeros((40, 10, 12, 3), np.uint8), np.arange(40) % 3
    data = save(tmp_path / "a.npz", x_train=x, y_train=y[:, None], x_test=x, y_test=y)
    job = TrainingJob.prepare(TEXT, "net", TrainOptions(runs_dir=tmp_path, dataset=data))
    assert job.result()["data"]["shape"] == [10, 12, 3]
    assert job.result()["data"]["classes"] == 3


def test_a_relative_path_in_a_program_starts_at_the_programs_folder(tmp_path: Path) -> None:
    save(tmp_path / "a.npz", x=np.zeros((40, 8, 8), np.uint8), y=np.arange(40) % 3)
    text = 'input(dataset="a.npz") conv flatten dense output'
    job = TrainingJob.prepare(text, "net", TrainOptions(runs_dir=tmp_path / "runs", base_dir=tmp_path))
    assert job.result()["data"]["source"] == str((tmp_path / "a.npz").resolve())


def test_a_folder_of_pictures_needs_a_size_and_sub_folders(tmp_path: Path, pictures: Path) -> None:
    assert "shape=(64, 64, 3)" in refused(TEXT, tmp_path, dataset=str(pictures))
    text = "input(shape=(8, 8, 3)) conv flatten dense output"
    assert "one sub-folder" in refused(text, tmp_path, dataset=str(pictures / "dark"))


def test_a_runs_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    options = TrainOptions(runs_dir=tmp_path / "file" / "runs")
    with pytest.raises(CannotTrain, match=r"cannot be kept in .*--runs-dir"):
        TrainingJob.prepare(TEXT, "net", options)


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files")
def test_a_full_disk_leaves_no_half_made_run(tmp_path: Path) -> None:
    script = """
        import resource, sys
        from pathlib import Path
        from cnngen.runtime import CannotTrain, TrainingJob, TrainOptions
        resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))
        try:
            TrainingJob.prepare(sys.argv[1], "net", TrainOptions(runs_dir=Path(sys.argv[2])))
        except CannotTrain as error:
            print(error)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), TEXT, tmp_path], capture_output=True, text=True, check=True
    )
    assert "cannot be kept" in answer.stdout
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python without any package."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def test_an_interpreter_without_keras(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python_path` brings CNNGen, with the runtime room alone; Keras must be installed."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "has no CNNGen" in refused(TEXT, tmp_path, interpreter=str(bare))
    (tmp_path / "path" / "cnngen").mkdir(parents=True)
    (tmp_path / "path" / "cnngen" / "runtime").symlink_to(ROOT / "runtime")
    message = refused(TEXT, tmp_path, interpreter=str(bare), python_path=tmp_path / "path")
    assert "lacks keras, tensorflow" in message and 'pip install "cnngen[train]"' in message


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    assert "cannot be started" in refused(TEXT, tmp_path, interpreter=str(tmp_path / "nothing"))
    (tmp_path / "silent").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "silent").chmod(0o755)
    assert "cannot train" in refused(TEXT, tmp_path, interpreter=str(tmp_path / "silent"))


def test_files_of_the_user_never_stand_for_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A numpy.py in the current folder is not imported."""
    (tmp_path / "numpy.py").write_text("raise SystemExit('wrong numpy')")
    (tmp_path / "json.py").write_text("raise SystemExit('wrong json')")
    monkeypatch.chdir(tmp_path)
    TrainingJob.prepare(TEXT, "net", TrainOptions(country="FRA", runs_dir=tmp_path / "runs"))


def loaded(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after `code`."""
    script = f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout.splitlines()[-1]))


def test_the_parent_loads_no_numbers_and_no_keras() -> None:
    names = loaded("from cnngen.runtime import *; import cnngen.runtime.report")
    assert not names & {"numpy", "keras", "tensorflow", "codecarbon", "pandas", "psutil", "pygls"}


def test_the_worker_needs_neither_the_language_nor_its_parser() -> None:
    names = loaded("import cnngen.runtime.worker.__main__, cnngen.runtime.worker.session, cnngen.runtime.worker.probe")
    assert not {name for name in names if name.startswith(("lark", "pygls", "cnngen.language", "cnngen.codegen"))}


def test_the_network_trains_at_the_data_sets_shape(tmp_path: Path) -> None:
    """An option's data set decides over the one that the program names."""
    job = TrainingJob.prepare(
        "input(dataset=cifar10) conv flatten dense output", "net", TrainOptions(runs_dir=tmp_path, dataset="digits")
    )
    assert job.result()["data"]["shape"] == [8, 8, 1]
    assert job.result()["program"]["hash"] == analyse("input(dataset=digits) conv flatten dense output").network.hash
