"""`cnngen predictor` on the set of trained networks that this repository has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnngen.cli.main import run

ROOT = Path(__file__).parents[2]
SET = str(ROOT / "benchmarks/data/cifar10-16px")
LENET = str(ROOT / "samples/lenet5.cnn")

pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that has learned the processor's energy of the set."""
    folder = tmp_path_factory.mktemp("predictor") / "tree"
    assert run(["predictor", "fit", SET, "-p", "tree", "-f", "energy_cpu", "-o", str(folder)]) == 0
    return folder


def test_a_kept_predictor_tells_what_a_program_will_come_to(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predictor", "predict", str(kept), LENET]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert "energy, kWh" in head and "90% of measured values" in head
    assert line.startswith(LENET) and " to " in line


def test_predictions_as_json_have_unit_and_interval(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predictor", "predict", str(kept), LENET, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["predictor"], told["target"], told["unit"], told["level"]) == ("tree", "energy", "kWh", 0.9)
    (one,) = told["predictions"]
    assert one["program"] == LENET and one["low"] < one["mean"] < one["high"] and one["std"] > 0


def test_carbon_is_the_energy_on_the_grid_of_a_country_that_was_named(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the runtime's own table; of one country, networks come in the same order as by energy."""
    pytest.importorskip("codecarbon")
    from cnngen.runtime.worker.country import find_country

    france = find_country("FRA")
    asked = ["predictor", "predict", str(kept), LENET]
    told = []
    for more in ([], ["--country", "FRA"]):
        assert run([*asked, *more, "--format", "json"]) == 0
        told.append(json.loads(capsys.readouterr().out))
    energy, carbon = (each["predictions"][0] for each in told)
    assert (told[1]["target"], told[1]["unit"]) == ("carbon", "kg")
    assert told[1]["grid"]["year"] == france.year and "CodeCarbon" in told[1]["grid"]["source"]
    for figure in ("mean", "std", "low", "high"):
        assert carbon[figure] == pytest.approx(energy[figure] * france.intensity_g_per_kwh / 1000)
    assert run([*asked, "--country", "FRA"]) == 0
    assert f"{france.intensity_g_per_kwh:.0f} g/kWh in {france.year}" in capsys.readouterr().out

    compared = ["predictor", "evaluate", SET, "-f", "energy", "-f", "carbon", "-p", "macs", "--repetitions", "1"]
    assert run([*compared, "--country", "FRA", "-o", str(tmp_path)]) == 0
    assert "of one country, its tau is the energy's" in capsys.readouterr().err
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    assert [one["target"] for one in results] == ["energy", "carbon"]
    assert results[0]["scores"]["tau"] == results[1]["scores"]["tau"]
    assert results[1]["scores"]["mae"] == pytest.approx(results[0]["scores"]["mae"] * france.intensity_g_per_kwh / 1000)


def test_a_program_with_errors_is_reported_and_the_others_are_told(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = tmp_path / "faulty.cnn"
    faulty.write_text("input cnov flatten dense output")
    assert run(["predictor", "predict", str(kept), str(faulty), LENET]) == 1
    told = capsys.readouterr()
    assert "did you mean conv?" in told.err and LENET in told.out


def test_an_evaluation_compares_and_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Costs alone on the accuracy of the set: means, tests and figures on a page that needs nothing else."""
    asked = ["predictor", "evaluate", SET, "-f", "accuracy", "-p", "macs", "-p", "parameters", "-o", str(tmp_path)]
    assert run([*asked, "--repetitions", "3"]) == 0
    assert "report.html" in capsys.readouterr().out
    results = (tmp_path / "results.jsonl").read_text()
    assert results.count("\n") == 6
    page = (tmp_path / "report.html").read_text()
    for part in ("At a glance", "test accuracy", "Kendall", "Mann-Whitney", "3 repetitions", "<svg"):
        assert part in page
    assert "http://" not in page.replace("http://www.w3.org", "") and "<script" not in page
    assert run([*asked, "--repetitions", "4"]) == 0
    grown = (tmp_path / "results.jsonl").read_text()
    assert grown.startswith(results) and grown.count("\n") == 8
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "2 fits to do." and told[-1].startswith("2 of 2, repetition 4: cifar10-16px: test accuracy, ")
    (tmp_path / "report.html").unlink()
    assert run([*asked, "--repetitions", "5", "--report"]) == 0
    assert (tmp_path / "results.jsonl").read_text() == grown, "who wants the report has nothing fitted"
    assert "4 repetitions" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fit", SET, "-p", "oracle", "-o", "there"], "There is no predictor 'oracle'; there are"),
        (["fit", SET, "-f", "beauty", "-o", "there"], "has no figure 'beauty'; it has accuracy"),
        (["fit", "nowhere", "-o", "there"], "nowhere is no folder"),
        (["predict", "nowhere", LENET], "holds no predictor"),
        (
            ["evaluate", SET, "-f", "carbon"],
            "has none of these figures: carbon; of which country is the carbon? --country",
        ),
        (["evaluate", SET, "-f", "carbon", "--country", "XX"], 'There is no country "XX" in the carbon table'),
        (["evaluate"], "There is nothing to compare"),
        (["evaluate", SET, "-f", "beauty"], "There is no figure 'beauty' to compare; there are accuracy"),
        (["evaluate", "nowhere"], "nowhere is no folder"),
        (["evaluate", "--all"], "There is no benchmarks/data/cifar10-16px here"),
        (["evaluate", SET, "-f", "accuracy", "-p", "macs", "--report"], "evaluation has no results of this comparison"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["predictor", *arguments]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
    assert not list(tmp_path.iterdir())
