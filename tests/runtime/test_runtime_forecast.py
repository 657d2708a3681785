"""Forecasts: by rule of thumb, corrected by earlier runs, and from the epochs that are over."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.runtime import forecast
from cnngen.runtime.forecast import Past, Work
from cnngen.runtime.worker import xla
from cnngen.runtime.worker.executions import MOST, SECONDS, steps_per_execution

WORK = Work("a" * 64, 9, 66_600, 1150, 288, 359, 20, 128, 2, "cpu", False, 10.0, 2**20, 2**19)
MACHINE = {"processor": "cpu x", "cores_usable": 2, "device": "CPU"}
EXAMPLE = Path(__file__).parent / "example_run" / "result.json"


def past(**changes: Any) -> Past:
    return replace(Past("b" * 64, "cpu", False, 10.0, 30.0, 25.0, 12.0), **changes)


def test_more_work_takes_longer() -> None:
    least = forecast.seconds_of_training(WORK)
    for change in ({"epochs": 40}, {"images_train": 5000}, {"macs": 10**9}, {"layers": 300}, {"batch_size": 16}):
        assert forecast.seconds_of_training(replace(WORK, **change)) > least
    assert forecast.seconds_of_training(replace(WORK, threads=64)) < least


def test_without_earlier_runs_the_basis_is_a_rule_of_thumb() -> None:
    ahead = forecast.beforehand(WORK, [], 18.0)
    assert (ahead.basis, ahead.runs, ahead.after_epoch) == ("a rule of thumb", 0, 0)
    assert ahead.energy_wh == pytest.approx(18.0 * ahead.duration_s / 3600)
    assert ahead.memory_bytes is not None and ahead.memory_bytes > forecast.BYTES_OF_TENSORFLOW
    assert forecast.beforehand(WORK, [], None).energy_wh is None


def test_earlier_runs_on_this_machine_correct_the_rule() -> None:
    plain = forecast.beforehand(WORK, [], 18.0)
    ahead = forecast.beforehand(WORK, [past(), past(seconds=50.0), past(seconds=20.0)], 18.0)
    assert "3 earlier runs on this machine" in ahead.basis
    training = (plain.duration_s - ahead.duration_s) / (1 - 3.0)  # three times as slow as the rule says
    assert training > 0
    assert ahead.energy_wh == pytest.approx(25.0 * ahead.duration_s / 3600)


def test_runs_of_the_same_network_count_alone_and_those_of_another_kind_not_at_all() -> None:
    same, other = past(hash=WORK.hash, seconds=10.0), past(seconds=99.0)
    assert forecast.beforehand(WORK, [same, other], 1.0).basis == "1 earlier run of this network"
    for kind in (past(device="gpu"), past(jit=True)):
        assert forecast.beforehand(WORK, [kind], 1.0).basis == "a rule of thumb"


def test_starting_is_what_this_run_took_and_not_what_others_did() -> None:
    same = past(hash=WORK.hash)
    started, forked = (forecast.beforehand(replace(WORK, import_s=s), [same], 1.0).duration_s for s in (20.0, 0.1))
    assert started - forked == pytest.approx(19.9)
    result = json.loads(EXAMPLE.read_text())
    (learned,) = forecast.earlier([(result, {"machine": MACHINE})], MACHINE)
    phases = result["energy"]["phases"]
    assert learned.others_s == pytest.approx(sum(phases[one]["duration_s"] for one in ("data", "build", "compile")))


def test_underway_the_epochs_left_cost_what_those_before_did() -> None:
    ahead = forecast.underway(10, 2, spent_s=50.0, spent_wh=1.0, epochs_s=30.0, epochs_wh=0.6, rest_s=10.0)
    assert ahead.duration_s == pytest.approx(50 + 4 * 30 + 10)
    assert ahead.energy_wh == pytest.approx(1.0 + 4 * 0.6 + 0.6 / 30 * 10)
    last = forecast.underway(10, 10, 300.0, 6.0, 250.0, 5.0, 0.0)
    assert (last.duration_s, last.energy_wh) == (300.0, 6.0)


def test_what_is_learned_from_records_leaves_out_other_machines_and_what_is_no_record() -> None:
    result = json.loads(EXAMPLE.read_text())
    here, there = {"machine": MACHINE}, {"machine": {**MACHINE, "processor": "cpu y"}}
    broken = {**result, "energy": None}
    stopped = {**result, "status": "cancelled"}
    found = forecast.earlier([(result, here), (result, there), (broken, here), (stopped, here), ({}, {})], MACHINE)
    (run,) = found
    assert run.hash == result["program"]["hash"]
    assert run.seconds == result["energy"]["training"]["duration_s"]
    assert run.seconds_of_rule > 0


def test_xla_is_for_long_trainings_on_a_gpu_and_the_answer_depends_on_the_work_alone() -> None:
    long = replace(WORK, device="gpu", images_train=40_000, macs=30_000_000, epochs=36)
    assert xla.pays(long)
    assert not xla.pays(replace(long, device="cpu"))
    assert not xla.pays(replace(long, images_train=1000, epochs=1, layers=300))


@given(
    images=st.integers(1, 60_000),
    validation=st.integers(0, 20_000),
    batch=st.integers(1, 512),
    macs=st.integers(0, 10**9),
    layers=st.integers(3, 300),
)
def test_batches_given_to_keras_at_once_end_with_the_epoch_and_let_nobody_wait_long(
    images: int, validation: int, batch: int, macs: int, layers: int
) -> None:
    work = replace(WORK, images_train=images, images_validation=validation, batch_size=batch, macs=macs, layers=layers)
    at_once, steps = steps_per_execution(work), math.ceil(images / batch)
    assert 1 <= at_once <= MOST
    assert steps % at_once == 0 and math.ceil(validation / batch) % at_once == 0
    assert at_once == 1 or at_once * forecast.seconds_of_training(work) <= SECONDS * work.epochs * steps


def test_small_batches_are_given_to_keras_several_at_once_and_large_ones_one_by_one() -> None:
    lenet = replace(WORK, images_train=38_400, images_validation=9_600, macs=890_000)
    assert steps_per_execution(lenet) == 5
    assert steps_per_execution(replace(lenet, macs=100_000_000)) == 1
    assert steps_per_execution(replace(lenet, images_validation=0, macs=0)) > 5
