"""The overview: everything about a run as plain data, whatever the run came to and whatever its record lacks."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngen.runtime.overview import overview
from cnngen.runtime.overview.figures import wilson
from cnngen.runtime.overview.power import MOST_POINTS, power
from cnngen.runtime.report import run

KEYS = {
    "id", "directory", "name", "status", "message", "began_utc", "ended_utc", "network_hash", "epochs_planned",
    "epochs_executed", "figures", "history", "phases", "components", "power", "power_thinned_from", "network",
    "layers", "layers_costly", "surroundings", "caveats", "files", "repeat", "repeat_here", "request",
    "cross_check", "inference", "forecast", "contended",
    "indicative",
}  # fmt: skip


def figures(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {figure["key"]: figure for figure in told["figures"]}


def rewrite(folder: Path, **changes: Any) -> Path:
    """Change parts of a record."""
    path = folder / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return folder


@pytest.fixture
def copy(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / recorded.name))


def test_a_record_of_the_first_schema_opens_for_ever(recorded: Path) -> None:
    told = overview(recorded)
    assert set(told) == KEYS
    assert told["id"] == recorded.name and told["name"] == "lenet5" and told["status"] == "done"
    assert (told["epochs_planned"], told["epochs_executed"], len(told["history"])) == (20, 20, 20)
    shown = figures(told)
    assert shown["test_accuracy"]["text"] == "91.09 %"
    assert shown["training_energy"]["text"] == "14 mWh" and shown["training_energy"]["source"] == "constant"
    assert shown["carbon"]["text"] == "790 µg CO2eq" and "France" in shown["carbon"]["how"]
    assert [row["phase"] for row in told["phases"]] == [
        "import", "data", "build", "compile", "train", "validate", "evaluate"
    ]  # fmt: skip
    assert told["layers"][0]["name"] == "conv_2"
    assert told["contended"] is None and told["indicative"] is True
    assert {file["name"] for file in told["files"]} <= {path.name for path in recorded.iterdir()}


@pytest.fixture(scope="module")
def example(recorded: Path) -> Path:
    """The folder of a run that was measured with idling and predictions."""
    return recorded.parents[2] / "example_run"


def test_what_the_protocol_measures_beside_the_training_is_told(example: Path) -> None:
    told = overview(example)
    shown = figures(told)
    assert set(told) == KEYS
    assert 0 < shown["training_energy_net"]["value"] < shown["training_energy"]["value"]
    # Memory draws the same at rest, so what came on top of idling is the processor's.
    assert shown["training_energy_net"]["shares"]["modelled"] > shown["training_energy"]["shares"]["modelled"]
    assert "standard deviation" in shown["idle_power"]["how"]
    assert shown["peak_memory_bytes"]["text"] == "769 MB"
    assert [row["batch_size"] for row in told["inference"]] == [1, 128]
    assert told["inference"][0]["energy_text"] == "43 mJ"
    assert any("Other processes took 76 %" in sentence for sentence in told["caveats"])
    assert told["contended"] is True and told["indicative"] is True
    measured = sum(row["total_wh"] for row in told["phases"] if row["phase"] != "idle")
    assert measured == pytest.approx(shown["run_energy"]["value"])


@pytest.mark.parametrize(("by", "budget"), [("max_energy", "energy (--max-energy)"), ("max_time", "time (--max-time)")])
def test_a_training_that_a_budget_ended_says_so(copy: Path, by: str, budget: str) -> None:
    told = overview(rewrite(copy, run={"id": copy.name, "epochs_executed": 7, "stopped_by": by}))
    assert f"Training ended after 7 of 20 epochs because the budget of {budget} was reached." in told["caveats"]


def test_a_counter_that_is_read_twice_is_told(copy: Path) -> None:
    energy = json.loads((copy / "result.json").read_text())["energy"]
    check = {
        "component": "cpu",
        "method": "RAPL",
        "energy_meter_kwh": 1e-3,
        "energy_reader_kwh": 1.01e-3,
        "ratio": 0.99,
    }
    (told,) = overview(rewrite(copy, energy=energy | {"cross_check": [check]}))["cross_check"]
    assert (told["meter_text"], told["reader_text"], told["ratio"]) == ("1.00 Wh", "1.01 Wh", 0.99)


@pytest.mark.parametrize("measured", ["recorded", "example"])
def test_the_overview_is_plain_data(measured: str, request: pytest.FixtureRequest) -> None:
    told = overview(request.getfixturevalue(measured))
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_an_energy_that_is_not_measured_shows_two_digits(recorded: Path) -> None:
    told = figures(overview(recorded))
    for key in ("training_energy", "mean_power", "energy_per_epoch", "energy_per_image", "run_energy"):
        digits = told[key]["text"].split()[0].replace(".", "").replace(",", "").lstrip("0")
        assert told[key]["source"] != "measured" and len(digits.rstrip("0")) <= 2, told[key]


def test_every_figure_of_energy_says_which_share_of_it_is_measured_modelled_and_constant(copy: Path) -> None:
    record = json.loads((copy / "result.json").read_text())
    energy = record["energy"]
    for sums in (energy["training"], energy["total"], *energy["phases"].values()):
        sums |= {"energy_cpu_kwh": 6e-3, "energy_gpu_kwh": 3e-3, "energy_ram_kwh": 1e-3, "energy_total_kwh": 1e-2}
    for name, source in (("cpu", "modelled"), ("gpu", "measured"), ("ram", "constant")):
        energy["sources"][name] = {"source": source, "method": "told"}
    told = overview(rewrite(copy, energy=energy))
    shown = [figure for figure in told["figures"] if "Wh" in figure["unit"] or figure["unit"] in ("W", "J")]
    assert {
        "training_energy",
        "run_energy",
        "energy_per_epoch",
        "energy_per_image",
        "mean_power",
        "accuracy_per_wh",
    } <= {figure["key"] for figure in shown}
    for figure in [*shown, *told["phases"]]:
        assert figure["source_text"] == "30 % measured, 60 % modelled, 10 % constant", figure
        assert figure["source"] == "constant"  # the weakest, by which its digits go
    for figure in shown:
        assert figure["shares"] == {"measured": 0.3, "modelled": 0.6, "constant": 0.1}
    page = run.compose(copy, told, charts=False)
    assert page.count("30 % measured, 60 % modelled, 10 % constant") >= len(shown)
    # One source alone has no share to tell.
    energy["sources"] = {name: {"source": "measured", "method": "told"} for name in ("cpu", "gpu", "ram")}
    assert figures(overview(rewrite(copy, energy=energy)))["training_energy"]["source_text"] == "measured"


def test_the_shares_of_the_components_make_a_whole(recorded: Path) -> None:
    told = overview(recorded)
    assert sum(part["share"] or 0 for part in told["components"]) == pytest.approx(1)
    absent = [part for part in told["components"] if part["source"] == "absent"]
    assert absent and all(part["share"] is None for part in absent)


def test_phases_and_headline_tell_the_same(recorded: Path) -> None:
    told = overview(recorded)
    shown = figures(told)
    assert sum(row["total_wh"] for row in told["phases"]) == pytest.approx(shown["run_energy"]["value"])
    (training,) = [row for row in told["phases"] if row["phase"] == "train"]
    assert training["total_wh"] == pytest.approx(shown["training_energy"]["value"])
    assert sum(row["train_energy_wh"] for row in told["history"]) == pytest.approx(training["total_wh"])


def test_a_run_that_has_just_begun_has_an_overview(copy: Path) -> None:
    for name in ("power.csv", "provenance.json", "history.csv", "windows.csv"):
        (copy / name).unlink()
    told = overview(
        rewrite(
            copy,
            status="unfinished",
            history=[],
            energy=None,
            carbon=None,
            quality={"test_accuracy": None, "test_loss": None},
            run={"id": copy.name, "started_utc": None, "epochs_executed": 0},
        )
    )
    assert set(told) == KEYS
    assert told["status"] == "waiting" and told["message"] is None
    assert told["history"] == told["phases"] == told["components"] == told["power"] == []
    assert set(figures(told)) == {"parameters", "macs"}
    (copy / "worker.lock").write_text('{"pid": 1}')  # which nobody holds: the worker has died
    assert overview(copy)["status"] == "unfinished"


def test_a_failed_run_tells_why(copy: Path) -> None:
    error = {"stage": "train", "class": "RunError", "message": "The loss is no number after epoch 3."}
    told = overview(rewrite(copy, status="failed", error=error))
    assert (told["status"], told["message"]) == ("failed", "The loss is no number after epoch 3.")
    assert "did not come to its end" in told["caveats"][0]


def test_a_cancelled_run_shows_the_accuracy_that_it_had(copy: Path) -> None:
    history = overview(copy)["history"][:3]
    run = {"id": copy.name, "epochs_executed": 3}
    told = overview(rewrite(copy, status="cancelled", history=history, run=run, quality={"test_accuracy": None}))
    assert told["message"] == "Stopped after 3 of 20 epochs."
    assert figures(told)["val_accuracy"]["how"] == "after epoch 3; there was no test yet"
    assert "test_accuracy" not in figures(told)


PATHS = [("run",), ("program",), ("network",), ("data",), ("training",), ("quality",), ("history",), ("energy",),
         ("carbon",), ("paper",), ("error",), ("status",), ("energy", "sources"), ("energy", "training"),
         ("energy", "total"), ("energy", "phases"), ("data", "images_train"), ("training", "epochs"),
         ("carbon", "training_kg"), ("quality", "test_loss")]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(lacking=st.sets(st.sampled_from(PATHS), min_size=1))
def test_a_record_that_lacks_parts_has_an_overview(
    recorded: Path, tmp_path_factory: pytest.TempPathFactory, lacking: set[tuple[str, ...]]
) -> None:
    result = json.loads((recorded / "result.json").read_text())
    for *parents, key in sorted(lacking, key=len, reverse=True):
        part = result
        for parent in parents:
            part = part[parent]
        part.pop(key, None)
    folder = tmp_path_factory.mktemp("lacking")
    (folder / "result.json").write_text(json.dumps(result))
    told = overview(folder)
    assert set(told) == KEYS
    assert all(figure["text"] for figure in told["figures"])
    assert told["repeat"].startswith("cnngen train ")


@pytest.mark.parametrize("part", [{"quality": {"test_accuracy": "high"}}, {"network": {"parameters": "many"}}])
def test_a_record_of_other_kinds_is_refused_with_a_sentence(copy: Path, part: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"result\.json holds what no run writes"):
        overview(rewrite(copy, **part))


def test_a_folder_without_a_record_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        overview(tmp_path)


def test_a_long_trace_is_thinned_and_keeps_its_energy(tmp_path: Path) -> None:
    rows = [f"{n},train,{n // 10 + 1},{0.5 + n % 2},{n % 7}.5,0.000,{n % 3}.25\n" for n in range(1, 9_001)]
    path = tmp_path / "power.csv"
    path.write_text("time_s,phase,epoch,interval_s,power_cpu_w,power_gpu_w,power_ram_w\n" + "".join(rows))
    points, before = power(path)
    assert before == 9_000 and 1_500 < len(points) <= MOST_POINTS
    joules = sum((0.5 + n % 2) * (n % 7 + 0.5) for n in range(1, 9_001))
    assert sum(point["interval_s"] * point["cpu_w"] for point in points) == pytest.approx(joules)
    assert points[-1]["time_s"] == 9_000


def test_a_trace_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    head = "time_s,phase,epoch,interval_s,power_cpu_w,power_gpu_w,power_ram_w\n"
    path.write_text(f"{head}1.0,train,1,1.0,4.0,0.0,9.0\n2.0,train,1,1.")
    points, before = power(path)
    assert [point["time_s"] for point in points] == [1.0] and before is None


def test_the_interval_of_an_accuracy_is_wilsons() -> None:
    assert wilson(0.9, 100) == pytest.approx((0.8256, 0.9448), abs=1e-4)
    assert wilson(1.0, 10)[1] == pytest.approx(1) and wilson(0.0, 10)[0] == pytest.approx(0)


def test_the_command_to_repeat_is_one_that_the_shell_line_takes(copy: Path) -> None:
    from typer.main import get_command

    from cnngen.cli.main import app

    evil = "x; rm -rf ~ $(y)'`z`.npz"
    told = overview(rewrite(copy, data={"name": evil, "source": f"/data/{evil}"}))
    words = shlex.split(told["repeat"])
    assert words[:3] == ["cnngen", "train", str(copy / "program.cnn")]
    assert words[words.index("--dataset") + 1] == f"/data/{evil}"
    train = get_command(app).commands["train"]  # type: ignore[attr-defined]
    context = train.make_context("train", words[2:])
    assert context.params["epochs"] == 20 and context.params["country"] == "FRA" and context.params["jit"] is False


def test_the_command_to_repeat_measures_the_same(copy: Path) -> None:
    from typer.main import get_command

    from cnngen.cli.main import app

    measuring = {"idle_s": 0.0, "inference_s": 2.5, "max_energy_wh": 0.5, "max_time_s": 90.0}
    training = {"jit_compile": True, "deterministic": True}
    words = shlex.split(overview(rewrite(copy, measuring=measuring, training=training))["repeat"])
    train = get_command(app).commands["train"]  # type: ignore[attr-defined]
    given = train.make_context("train", words[2:]).params
    assert (given["idle"], given["inference"], given["max_energy"], given["max_time"]) == (0.0, 2.5, 0.5, "90s")
    assert given["jit"] is True and given["deterministic"] is True


def test_the_last_forecast_is_told_with_its_basis(copy: Path) -> None:
    ahead = [
        {"after_epoch": n, "duration_s": 90.0 + n, "energy_wh": 0.5, "memory_bytes": 769e6, "basis": f"epoch {n}"}
        for n in (0, 1)
    ]
    told = overview(rewrite(copy, forecast=ahead))["forecast"]
    assert told["text"] == "1 min 31 s, 500 mWh, 769 MB of memory" and told["basis"] == "epoch 1"
    assert overview(rewrite(copy, forecast=[]))["forecast"] is None
