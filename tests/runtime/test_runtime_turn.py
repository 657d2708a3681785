"""The turn: one training at a time, whichever process began it and however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnngen.runtime.turn import Turn, cache_folder

HOLD = """
import sys
from pathlib import Path
from cnngen.runtime.turn import Turn

turn = Turn(Path(sys.argv[1]))
print(turn.take("other.cnn"), flush=True)
sys.stdin.read()
"""


def test_only_one_has_the_turn_and_the_others_can_say_who(tmp_path: Path) -> None:
    one, two = Turn(tmp_path / "a" / "lock"), Turn(tmp_path / "a" / "lock")
    assert one.take("lenet5.cnn")
    assert not two.take("vgg.cnn")
    assert two.holder() == "lenet5.cnn"
    one.end()
    assert two.take("vgg.cnn")
    assert one.holder() == "vgg.cnn"
    two.end()
    two.end()


def test_a_process_that_is_killed_gives_its_turn_back(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "lock")
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdin=-1, stdout=-1) as other:
        assert other.stdout and other.stdout.readline() == b"True\n"
        assert not turn.take("lenet5.cnn")
        assert turn.holder() == "other.cnn"
        other.kill()
        other.wait()
    assert turn.take("lenet5.cnn")
    turn.end()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a lock is not inherited")
def test_a_worker_keeps_the_turn_of_a_parent_that_has_died(tmp_path: Path) -> None:
    mine, other = Turn(tmp_path / "lock"), Turn(tmp_path / "lock")
    assert mine.take("lenet5.cnn")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, pass_fds=mine.descriptors) as worker:
        mine.end()
        assert not other.take("vgg.cnn")
        worker.kill()
        worker.wait()
    assert other.take("vgg.cnn")
    other.end()


def test_where_no_lock_can_be_kept_trainings_run_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    turn = Turn(tmp_path / "file" / "lock")
    assert turn.take("lenet5.cnn")
    assert turn.descriptors == ()
    assert turn.holder() is None
    turn.end()


@pytest.mark.skipif(sys.platform == "win32", reason="named otherwise there")
def test_the_lock_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "cnngen"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "cnngen"
