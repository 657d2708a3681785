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


def test_the_same_seed_gives_the_same_first_epoch(learned: Any, unmeasured: Any) -> None:
    """Warming up must leave no trace in the weights, and every draw comes from the seed."""
    again = unmeasured
    first, second = learned.result["history"][0], again.result["history"][0]
    assert second["loss"] == pytest.approx(first["loss"], rel=1e-4)
    assert again.result["data"]["sha256"] == learned.result["data"]["sha256"]
    assert again.result["carbon"] is None  # No country was given: energy, but no carbon.
    assert again.result["energy"]["training"]["energy_total_kwh"] > 0
    assert again.result["energy"]["training"]["emissions_kg"] is None
    assert again.result["paper"]["country_iso_code"] is None


def test_pictures_in_a_folder_by_class_are_learned(run: Any, pictures: Path) -> None:
    """And stops when that is to bring nothing more, its learning rate falling all along: nothing can be 1000 better."""
    text = """
    training(batch_size=8, learning_rate=0.01, schedule=polynomial_decay, end_learning_rate=0.005,
             early_stopping=true, monitor=accuracy, start_from_epoch=6, min_delta=1000, patience=1)
    input(shape=(8, 8, 3)) conv global_avg_pooling dense output
    """
    done = run(text, dataset=str(pictures), epochs=100, validation_split=0.0, inference_s=0.1)
    assert done.result["status"] == "done"
    assert (done.result["run"]["epochs_executed"], done.result["run"]["stopped_by"]) == (8, "early_stopping")
    assert {"event": "stopped", "by": "early_stopping"} in done.events
    assert len(done.result["inference"]) == 2  # a planned end, unlike that of a budget
    assert all(told["basis"].endswith("; at most, it may stop early") for told in done.result["forecast"])
    steps = -(-done.result["data"]["images_train"] // 8)
    rates = [row["learning_rate"] for row in done.result["history"]]
    expected = [0.005 + 0.005 * (1 - (epoch * steps - 1) / (100 * steps)) for epoch in range(1, 9)]
    assert rates == pytest.approx(expected)
    assert "brought nothing more (early stopping)" in done.text("report.md")
    assert "polynomial" in done.text("report.md")
    assert done.result["data"]["classes"] == 2
    assert done.result["history"][-1]["accuracy"] > 0.9
    assert done.result["history"][-1]["val_loss"] is None
    assert "validate" not in done.result["energy"]["phases"]


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
