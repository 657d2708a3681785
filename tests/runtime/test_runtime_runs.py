"""The names of runs' folders, and how a program's runs are found by them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.runtime import runs_of
from cnngen.runtime.runs import folder_name

NOON = datetime(2026, 11, 22, 12, 0)
HASH = "0123456789abcdef"


def test_a_folder_is_named_by_program_time_and_network() -> None:
    assert folder_name("lenet5", HASH, NOON) == "lenet5-20261122-120000-01234567"
    assert folder_name("lenet5", HASH, NOON, 2) == "lenet5-20261122-120000-01234567-2"


@given(st.text())
def test_any_program_has_a_name_that_every_file_system_takes(program: str) -> None:
    name = folder_name(program, HASH, NOON)
    assert name.isascii()
    assert len(name) < 100
    assert not set(name) & set('/\\:*?"<>|\n. ')


def test_the_runs_of_a_program_come_newest_first_and_those_of_others_not_at_all(tmp_path: Path) -> None:
    later = NOON + timedelta(days=40)
    names = [folder_name("my net", HASH, when, number) for when, number in ((later, 2), (later, 1), (NOON, 1))]
    others = [folder_name("my", HASH, NOON), folder_name("my net-b", HASH, NOON), "my_net", "my_net-1-2"]
    for name in reversed([*names, *others]):
        (tmp_path / name).mkdir()
    assert [run.path.name for run in runs_of("my net", tmp_path)] == names


def test_the_tenth_run_of_a_second_is_newer_than_the_ninth(tmp_path: Path) -> None:
    for number in (9, 10):
        (tmp_path / folder_name("net", HASH, NOON, number)).mkdir()
    assert [run.number for run in runs_of("net", tmp_path)] == [10, 9]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        runs_of("net", tmp_path / "nowhere")
