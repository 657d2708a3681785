"""`cnngen train --repeat` with the real worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnngen.cli.main import run
from cnngen.runtime.driving.forking import AVAILABLE


@pytest.mark.slow
def test_a_repeated_training_tells_how_its_figures_scatter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # All that draws from chance, or adds up in some order.
    program = """
    training(epochs=3, batch_size=64, random_flip=horizontal, random_translation=0.1, random_rotation=0.02,
             random_erasing=0.5, label_smoothing=0.1, schedule=cosine_decay, clipnorm=1)
    input conv max_pooling flatten dropout dense output
    """
    (tmp_path / "net.cnn").write_text(program)
    monkeypatch.chdir(tmp_path)
    assert (
        run(
            [
                "train",
                "net.cnn",
                "--repeat",
                "2",
                "--epochs",
                "2",
                "--idle",
                "0",
                "--inference",
                "0",
                "--deterministic",
                "--training",
                "optimizer=sgd, momentum=0.9",
            ]
        )
        == 0
    )
    said = capsys.readouterr()
    assert "2 of 2 done" in said.out and "95 % interval" in said.out and "(n=2)" in said.out
    assert "run 2 of 2" in said.err
    (file,) = Path("runs").glob("*.group.json")
    told = json.loads(file.read_text())
    folders = sorted(folder for folder in Path("runs").iterdir() if folder.is_dir())
    assert [entry["id"] for entry in told["runs"]] == [folder.name for folder in folders]
    records = [json.loads((folder / "result.json").read_text()) for folder in folders]
    assert [one["run"]["repeat"]["number"] for one in records] == [1, 2]
    assert (
        {one["run"]["repeat"]["group"] for one in records} == {told["name"]} == {file.name.removesuffix(".group.json")}
    )
    energies = [one["energy"]["training"]["energy_total_kwh"] for one in records]
    assert told["figures"]["training_energy_kwh"]["mean"] == pytest.approx(sum(energies) / 2)
    assert records[0]["training"]["momentum"] == 0.9
    # TensorFlow was loaded once, and the records say so.
    assert [one["run"]["forked"] for one in records] == [AVAILABLE] * 2
    assert told["status"] == "done" and told["forked"] == 2 * AVAILABLE
    # The same seed gave the same weights.
    assert len({one["run"]["weights_sha256"] for one in records}) == 1
    assert len(records[0]["run"]["weights_sha256"]) == 64
    # The second run knows the first.
    assert records[1]["forecast"][0]["basis"] == "1 earlier run of this network"
