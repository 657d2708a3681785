"""What others get of a benchmark: tables, a card, metadata that others' tools read, checksums, data frames."""

from __future__ import annotations

import csv
import hashlib
import json
import statistics
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from benchmark_driver import Pretended
from test_benchmark import runner, spec

from cnngen.cli.main import run
from cnngen.language import analyse
from cnngen.search import load_benchmark
from cnngen.search.benchmark.making import Benchmark, make
from cnngen.search.benchmark.rows import EPOCHS as RECORDED_EPOCHS
from cnngen.search.benchmark.rows import FIGURES
from cnngen.search.errors import SearchError
from cnngen.search.publishing import noise
from cnngen.search.publishing.columns import EPOCHS, NETWORKS, POWER, TRIALS
from cnngen.search.publishing.content import Publisher
from cnngen.search.publishing.export import export
from cnngen.search.publishing.taking import take_over

POWER_OF_A_RUN = """\
time_s,phase,epoch,interval_s,power_cpu_w,power_gpu_w,power_ram_w,part,rss_mb
0.346,import,,0.0004,1.2664,0.0000,9.6936,,311.2
0.937,train,1,0.5558,2.1171,0.0000,10.0002,,369.1
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    """A benchmark with repeats and references whose trials have all ended, one of them badly."""
    folder = tmp_path_factory.mktemp("finished")
    training = {"noise_share": 0.4, "noise_repeats": 2}
    made, _ = make(folder / "bench", spec(training=training), folder)
    Pretended.fails = 1
    try:
        assert runner(made).run() == "finished"
    finally:
        Pretended.fails = 0
    for trial in made.trials.iterdir():
        (trial / "power.csv").write_text(POWER_OF_A_RUN)
    return made


@pytest.fixture(scope="module")
def whole(finished: Benchmark, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole export of it."""
    folder = tmp_path_factory.mktemp("whole")
    publisher = Publisher("The authors", "CC-BY-4.0", "https://example.org/set")
    found = export(finished, finished.ledger(), folder, publisher=publisher)
    assert (found.trials, found.networks) == (13, 6)
    return folder


@pytest.fixture(scope="module")
def compact(finished: Benchmark, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as text alone."""
    folder = tmp_path_factory.mktemp("compact")
    export(finished, finished.ledger(), folder, compact=True)
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# -- files -------------------------------------------------------------------------------------------------------------


def test_every_figure_of_a_record_has_a_column_with_its_meaning() -> None:
    assert set(FIGURES) <= set(TRIALS.names)
    assert (*RECORDED_EPOCHS,) == EPOCHS.names[1:]
    for table in (TRIALS, EPOCHS, POWER, NETWORKS):
        assert len(set(table.names)) == len(table.names)
        assert all(column.what for column in table.columns)


def test_a_whole_export_has_each_table_twice_and_a_compact_one_is_text(whole: Path, compact: Path) -> None:
    text = {"trials.csv", "epochs.csv", "power.csv", "networks.jsonl", "specification.toml"}
    about = {"README.md", "croissant.json", "SHA256SUMS"}
    binary = {"trials.parquet", "epochs.parquet", "power.parquet", "networks.parquet", "artefacts.zip"}
    assert names(compact) == text | about
    assert names(whole) == text | about | binary
    for name in text:
        assert (whole / name).read_bytes() == (compact / name).read_bytes()


def test_the_checksums_are_those_that_sha256sum_reads(whole: Path) -> None:
    lines = dict(reversed(line.split("  ")) for line in (whole / "SHA256SUMS").read_text().splitlines())
    assert set(lines) == names(whole) - {"SHA256SUMS"}
    for name, digest in lines.items():
        assert hashlib.sha256((whole / name).read_bytes()).hexdigest() == digest
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=whole, capture_output=True)
    assert checked.returncode == 0


def test_the_same_rows_give_the_same_bytes(finished: Benchmark, whole: Path, tmp_path: Path) -> None:
    export(
        finished,
        finished.ledger(),
        tmp_path,
        publisher=Publisher("The authors", "CC-BY-4.0", "https://example.org/set"),
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in whole.iterdir()
    }


def test_a_compact_export_over_a_whole_one_leaves_nothing_old(
    finished: Benchmark, compact: Path, tmp_path: Path
) -> None:
    export(finished, finished.ledger(), tmp_path, artefacts=False)
    assert "trials.parquet" in names(tmp_path)
    (tmp_path / "mine.txt").write_text("a note")
    export(finished, finished.ledger(), tmp_path, compact=True)
    assert names(tmp_path) == names(compact) | {"mine.txt"}


def test_artefacts_stand_under_the_hash_of_their_network(whole: Path) -> None:
    with zipfile.ZipFile(whole / "artefacts.zip") as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}
        programs = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".canonical.cnn")}
        suffixes = {name.split("/network")[-1] for name in archive.namelist()}
    assert folders == {row["hash"] for row in lines(whole / "networks.jsonl")}
    for name, program in programs.items():
        assert analyse(program).network.hash == name.split("/")[0]
    assert {".py", ".json", ".adjacency.json", ".canonical.cnn"} <= suffixes


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_card_tells_what_there_is_and_describes_every_column(whole: Path) -> None:
    card = (whole / "README.md").read_text()
    assert "13 trainings (12 done, 1 failed) of 5 convolutional networks drawn from a grammar by CNNGen" in card
    assert "4 of them repeats with other seeds" in card
    for table in (TRIALS, EPOCHS, POWER, NETWORKS):
        for column in table.columns:
            assert f"| `{column.name}` | {column.what} |" in card
    assert "- **Licence**: CC-BY-4.0" in card
    assert "| repeats, other seeds | test accuracy |" in card


# -- going on ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["whole", "compact"])
def test_an_export_goes_on_elsewhere_and_gives_the_same_tables_there(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder: Path = request.getfixturevalue(kind)
    other, _ = make(tmp_path / "other", spec(training={"noise_share": 0.4, "noise_repeats": 2}), tmp_path)
    assert take_over(other, other.ledger(), folder) == 13
    export(other, other.ledger(), tmp_path / "again", compact=True)
    for name in ("trials.csv", "epochs.csv", "power.csv", "networks.jsonl"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


# -- others' tools -----------------------------------------------------------------------------------------------------


def test_the_metadata_are_croissant_by_the_judgement_of_its_own_library(whole: Path) -> None:
    """It reads the files by their names, compares their checksums, and gives the rows."""
    croissant = pytest.importorskip("mlcroissant")
    data = croissant.Dataset(jsonld=str(whole / "croissant.json"))
    assert not data.metadata.issues.errors
    assert {str(record.id) for record in data.metadata.record_sets} == {"trials", "epochs", "power", "networks"}
    with (whole / "trials.csv").open() as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    read = list(data.records("trials"))
    assert len(read) == len(rows) == 13
    for record in read:
        row = rows[record["trials/id"].decode()]
        assert record["trials/role"].decode() == row["role"]
        assert record["trials/seed"] == int(row["seed"])
        if row["test_accuracy"]:
            assert record["trials/test_accuracy"] == float(row["test_accuracy"])
    assert {record["networks/hash"].decode() for record in data.records("networks")} == {
        row["hash"] for row in lines(whole / "networks.jsonl")
    }


def test_metadata_that_are_wrong_would_be_found(whole: Path, tmp_path: Path) -> None:
    croissant = pytest.importorskip("mlcroissant")
    told = json.loads((whole / "croissant.json").read_text())
    told["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "nothing.csv"
    (tmp_path / "croissant.json").write_text(json.dumps(told))
    with pytest.raises(croissant.ValidationError):
        croissant.Dataset(jsonld=str(tmp_path / "croissant.json"))


# -- data frames -------------------------------------------------------------------------------------------------------


def test_a_loaded_set_is_the_same_from_parquet_and_from_text(whole: Path, compact: Path) -> None:
    pandas = pytest.importorskip("pandas")
    parquet, text = load_benchmark(whole), load_benchmark(str(compact))
    for table in ("trials", "epochs", "power", "networks"):
        pandas.testing.assert_frame_equal(getattr(parquet, table), getattr(text, table))
    assert list(text.trials.columns) == list(TRIALS.names)
    assert len(text.trials) == 13
    assert str(text.trials["ended_utc"].dtype) == "datetime64[us, UTC]"
    assert str(text.trials["seed"].dtype) == "Int64"
    assert set(text.trials["network_hash"]) == set(text.networks["hash"])
    assert len(text.power) == 26
    assert text.specification.training.noise_repeats == 2
    for row in text.networks.to_dict("records"):
        network = analyse(row["program"]).network
        assert (network.hash, network.totals.layers, network.totals.macs) == (row["hash"], row["layers"], row["macs"])


def test_what_cannot_be_loaded_is_told(compact: Path, tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="is no folder; give the one that cnngen benchmark export wrote"):
        load_benchmark(tmp_path / "none")
    with pytest.raises(SearchError, match="is no export of a benchmark: it has no SHA256SUMS"):
        load_benchmark(tmp_path)
    for path in compact.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "epochs.csv").write_text((compact / "epochs.csv").read_text().replace("0.5", "0.9"))
    with pytest.raises(SearchError, match=r"epochs.csv is not what was exported: its checksum differs; get it again"):
        load_benchmark(tmp_path)
    (tmp_path / "epochs.csv").unlink()
    with pytest.raises(SearchError, match=r"epochs.csv cannot be read: No such file"):
        load_benchmark(tmp_path)


def test_an_export_of_nothing_loads(finished: Benchmark, tmp_path: Path) -> None:
    empty, _ = make(tmp_path / "bench", spec(), tmp_path)
    for compact in (False, True):
        export(empty, empty.ledger(), tmp_path / "out", compact=compact)
        loaded = load_benchmark(tmp_path / "out")
        assert [len(frame) for frame in (loaded.trials, loaded.epochs, loaded.power, loaded.networks)] == [0, 0, 0, 0]
        assert len(loaded.noise_floor()) == 0


# -- the noise floor ---------------------------------------------------------------------------------------------------


def row(network: str, role: str, accuracy: float, energy: float, **more: Any) -> dict[str, Any]:
    return {"network_hash": network, "role": role, "state": "done", "test_accuracy": accuracy,
            "training_energy_total_kwh": energy, "host_class": "one", **more}  # fmt: skip


def test_the_noise_floor_is_the_pooled_deviation_within_networks() -> None:
    rows = [
        row("a", "network", 0.50, 1.0), row("a", "repeat", 0.52, 1.1), row("a", "repeat", 0.51, 1.2),
        row("b", "network", 0.30, 10.0), row("b", "repeat", 0.34, 12.0),
        row("c", "network", 0.90, 5.0),  # once: tells nothing
        row("b", "repeat", 0.99, 99.0, host_class="two"),  # another machine
        row("a", "repeat", 0.99, 99.0, state="failed"),
        row("r", "reference", 0.40, 2.0), row("r", "reference", 0.40, 2.2),
    ]  # fmt: skip
    found = {one.measure: one for one in noise.deviations(noise.groups(rows, "repeat"))}
    a, b = statistics.variance([0.50, 0.52, 0.51]), statistics.variance([0.30, 0.34])
    accuracy = found["test_accuracy"]
    assert accuracy.deviation == pytest.approx(((2 * a + 1 * b) / 3) ** 0.5)
    assert (accuracy.networks, accuracy.trainings, accuracy.relative) == (2, 5, False)
    a, b = statistics.variance([1 / 1.1, 1, 1.2 / 1.1]), statistics.variance([10 / 11, 12 / 11])
    assert found["training_energy_total_kwh"].deviation == pytest.approx(((2 * a + 1 * b) / 3) ** 0.5)
    assert "training_cpu_time_s" not in found
    reference = {one.measure: one for one in noise.deviations(noise.groups(rows, "reference"))}
    assert reference["test_accuracy"].deviation == 0.0
    assert reference["training_energy_total_kwh"].trainings == 2


def test_a_loaded_set_tells_its_noise_floor(compact: Path) -> None:
    pytest.importorskip("pandas")
    floor = load_benchmark(compact).noise_floor().set_index("measure")
    assert floor.loc["test_accuracy", "networks"] == 2
    assert floor.loc["test_accuracy", "deviation"] > 0


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_exports(finished: Benchmark, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["benchmark", "export", str(finished.folder), "-o", str(out), "--compact", "--license", "CC0-1.0"]) == 0
    assert f"13 trials of 6 networks in {out}" in capsys.readouterr().out
    assert json.loads((out / "croissant.json").read_text())["license"] == "CC0-1.0"
    assert run(["benchmark", "export", str(tmp_path), "-o", str(out)]) == 2
    assert "There is no benchmark in" in capsys.readouterr().err
