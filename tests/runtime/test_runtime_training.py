"""A whole run: it learns, it measures, and its record is complete."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from cnngen.language import analyse
from cnngen.runtime import load_result, summary

pytestmark = pytest.mark.slow

PHASES = ["idle", "import", "data", "build", "compile", "train", "validate", "evaluate", "inference"]

#: One window after the other, as the events tell them too. The two batch sizes of inference share one event.
COURSE = ["idle", "import", "data", "build", "compile", *["train", "validate"] * 4, "evaluate", "inference", "idle"]


def table(run: Any, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run.text(name))))


def test_a_small_network_learns_the_digits_far_above_chance(learned: Any) -> None:
    assert learned.result["status"] == "done"
    assert learned.result["quality"]["test_accuracy"] > 0.8  # chance is 0.1
    losses = [row["loss"] for row in learned.result["history"]]
    assert losses[-1] < losses[0] / 2


def test_the_events_tell_every_phase_in_order_and_end_with_done(learned: Any) -> None:
    seen = [event["phase"] for event in learned.all("phase")]
    assert seen == COURSE
    assert [event["epoch"] for event in learned.all("epoch")] == [1, 2, 3, 4]
    last = learned.all("epoch")[-1]
    assert set(last) == {
        "event", "epoch", "epochs", "loss", "accuracy", "val_loss", "val_accuracy", "seconds", "energy_wh", "spent_s",
        "spent_wh", "forecast_s", "forecast_wh",
    }  # fmt: skip
    assert last["energy_wh"] > 0
    progress = learned.all("progress")
    assert {(event["epoch"], event["step"]) for event in progress} >= {(n, progress[0]["steps"]) for n in (1, 2, 3, 4)}
    assert learned.events[-1] == {"event": "done", "status": "done"}
    assert learned.all("error") == []


def test_the_split_is_the_papers(learned: Any) -> None:
    """80/20 of the whole set, then 20 % of the training part for validation."""
    data = learned.result["data"]
    assert (data["images_train"], data["images_validation"], data["images_test"]) == (1150, 288, 359)
    assert len(data["sha256"]) == 64


def test_the_run_folder_holds_all_that_is_promised(learned: Any, small: str) -> None:
    names = {path.name for path in learned.folder.iterdir()}
    assert names >= {
        "program.cnn", "model.py", "network.json", "request.json", "result.json", "history.csv",
        "power.csv",
        "windows.csv", "log.txt", "provenance.json", "report.html",
    }  # fmt: skip
    assert not [name for name in names if name.endswith(".tmp") or name == "emissions.csv"]
    assert learned.text("program.cnn") == small
    assert learned.folder.name.startswith("small-")
    assert learned.folder.name.endswith(analyse(small).network.hash[:8])


def test_history_and_record_tell_the_same(learned: Any) -> None:
    rows = table(learned, "history.csv")
    assert len(rows) == 4
    for row, told in zip(rows, learned.result["history"], strict=True):
        assert {key: float(value) for key, value in row.items()} == pytest.approx(told)


def test_provenance_names_versions_seeds_data_and_hardware(learned: Any) -> None:
    provenance = json.loads(learned.text("provenance.json"))
    assert provenance["packages"]["keras"].startswith("3.")
    assert provenance["packages"]["codecarbon"].startswith("3.3")
    assert provenance["request"]["training"]["seed"] == 7
    assert provenance["request"]["training"]["jit_compile"] == "auto"
    assert learned.result["training"]["jit_compile"] is False  # some seconds of training do not pay for XLA
    assert provenance["data"]["sha256"] == learned.result["data"]["sha256"]
    assert provenance["machine"]["cores_usable"] >= 1
    assert not [key for key in provenance["codecarbon"] if "token" in key or "key" in key]


def test_keras_counts_the_parameters_that_the_network_says(learned: Any, small: str) -> None:
    assert learned.result["network"]["parameters"] == analyse(small).network.totals.params


def test_the_summary_and_the_report_are_for_people(learned: Any) -> None:
    lines = dict(summary(load_result(learned.folder)))
    assert lines["Status"] == "done"
    assert " % (of 359 images" in lines["Test accuracy"]
    assert lines["Report"] == str(learned.folder / "report.html")
    assert "Wh (CPU" in lines["Training energy"]
    assert "France" in lines["Carbon"]
    report = learned.text("report.html")
    for part in ("small</h1>", "Energy</h2>", "Every epoch", "Do it again</h2>", "Software</h3>", "Test accuracy"):
        assert part in report
    assert "Traceback" not in report


def test_the_worker_writes_the_page_with_its_charts(learned: Any) -> None:
    page = learned.text("report.html")
    for title in ("Accuracy", "Loss", "Energy by phase", "Power over time"):
        assert f'aria-label="{title}. ' in page
    assert "The charts are missing" not in page


def test_pictures_in_a_folder_by_class_are_learned(unmeasured: Any) -> None:
    result = unmeasured.result
    assert result["status"] == "done"
    assert result["data"]["classes"] == 2
    assert result["history"][-1]["accuracy"] > 0.9
    assert result["history"][-1]["val_loss"] is None
    assert "validate" not in result["energy"]["phases"]


def test_without_a_country_there_is_energy_but_no_carbon(unmeasured: Any) -> None:
    result = unmeasured.result
    assert result["carbon"] is None
    assert result["energy"]["training"]["energy_total_kwh"] > 0
    assert result["energy"]["training"]["emissions_kg"] is None
    assert result["paper"]["country_iso_code"] is None


def test_early_stopping_is_a_planned_end(unmeasured: Any) -> None:
    result = unmeasured.result
    assert (result["run"]["epochs_executed"], result["run"]["stopped_by"]) == (8, "early_stopping")
    assert {"event": "stopped", "by": "early_stopping"} in unmeasured.events
    assert len(result["inference"]) == 2  # unlike the end that a budget brings
    assert len(result["forecast"]) == 2
    assert all(told["basis"].endswith("; at most, it may stop early") for told in result["forecast"])
    assert result["forecast"][1]["duration_s"] > result["run"]["duration_s"]
    assert "brought nothing more (early stopping)" in unmeasured.text("report.html")


def test_the_history_has_the_learning_rate_of_each_epochs_last_step(unmeasured: Any) -> None:
    steps = -(-unmeasured.result["data"]["images_train"] // 8)
    rates = [row["learning_rate"] for row in unmeasured.result["history"]]
    expected = [0.005 + 0.005 * (1 - (epoch * steps - 1) / (100 * steps)) for epoch in range(1, 9)]
    assert rates == pytest.approx(expected)
    told = table(unmeasured, "history.csv")
    assert [float(row["learning_rate"]) for row in told] == pytest.approx(expected)
    assert "polynomial" in unmeasured.text("report.html")


def test_lenet_learns_real_photographs(run: Any, images: Path) -> None:
    """LeNet-5 for two epochs on a part of CIFAR-10, with logits at its end."""
    text = """
    input(dataset=cifar10)
    conv(filters=6, kernel_size=5, activation=relu) max_pooling
    conv(filters=16, kernel_size=5, padding=valid) max_pooling
    flatten dense(units=120) dense(units=84) dense(activation=linear) output
    """
    done = run(text, dataset=str(images / "cifar10_10k2k.npz"), epochs=2, batch_size=32)
    assert done.result["status"] == "done"
    assert done.result["training"]["from_logits"] is True
    assert done.result["data"]["images_test"] == 2400
    assert done.result["quality"]["test_accuracy"] > 0.25  # chance is 0.1
