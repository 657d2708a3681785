"""The turn: one training at a time, in the order of asking, whichever processes ask and however they end."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from cnngen.runtime.driving.turn import Turn
from cnngen.runtime.places import cache_folder

HOLD = """
import sys
from pathlib import Path
from cnngen.runtime.driving.turn import Turn

turn = Turn(Path(sys.argv[1]))
turn.ask("other", int(sys.argv[2]))
print(turn.take(), flush=True)
sys.stdin.read()
"""


def asked(folder: Path, name: str, when: int) -> Turn:
    turn = Turn(folder)
    turn.ask(name, when)
    return turn


def hold(folder: Path, when: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", HOLD, str(folder), str(when)], stdin=-1, stdout=-1)


def test_only_one_has_the_turn_and_the_others_can_say_who(tmp_path: Path) -> None:
    one, two = asked(tmp_path / "a", "lenet5", 1), asked(tmp_path / "a", "vgg", 2)
    assert one.take()
    assert one.take()
    assert not two.take()
    assert two.ahead() == ("lenet5", 1)
    one.end()
    assert two.take()
    three = asked(tmp_path / "a", "resnet", 3)
    assert three.ahead() == ("vgg", 1)
    two.end()
    two.end()
    assert three.take()
    three.end()
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["training.lock"]


def test_the_turn_goes_round_in_the_order_of_asking(tmp_path: Path) -> None:
    turns = {when: asked(tmp_path, "net", when) for when in random.Random(7).sample(range(1, 9), 8)}
    order = []
    while turns:
        (when,) = [when for when, turn in turns.items() if turn.take()]
        turns.pop(when).end()
        order.append(when)
    assert order == list(range(1, 9))


def test_who_waits_is_told_who_is_next_before_it(tmp_path: Path) -> None:
    first, second, third = (asked(tmp_path, f"net{number}", number) for number in (1, 2, 3))
    assert first.take()
    assert third.ahead() == ("net2", 2)
    second.end()
    assert third.ahead() == ("net1", 1)


def test_a_process_that_is_killed_gives_its_turn_back(tmp_path: Path) -> None:
    with hold(tmp_path, 1) as other:
        assert other.stdout and other.stdout.readline() == b"True\n"
        turn = asked(tmp_path, "lenet5", 2)
        assert not turn.take()
        assert turn.ahead() == ("other", 1)
        other.kill()
        other.wait()
    assert turn.take()
    turn.end()


def test_a_process_that_is_killed_while_it_waits_holds_nobody_up(tmp_path: Path) -> None:
    first = asked(tmp_path, "first", 1)
    assert first.take()
    with hold(tmp_path, 2) as other:
        assert other.stdout and other.stdout.readline() == b"False\n"
        last = asked(tmp_path, "last", 3)
        assert last.ahead() == ("other", 2)
        other.kill()
        other.wait()
    assert last.ahead() == ("first", 1)
    first.end()
    assert last.take()
    # What the dead one has left is thrown away in time.
    (ticket,) = tmp_path.glob("*.ticket")
    os.utime(ticket, (1, 1))
    asked(tmp_path, "later", 4).take()
    assert not ticket.exists()


def test_where_no_lock_can_be_kept_trainings_run_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    turn = asked(tmp_path / "file" / "lock", "lenet5", 1)
    assert turn.take()
    turn.end()


@pytest.mark.skipif(sys.platform == "win32", reason="named otherwise there")
def test_the_lock_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "cnngen"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "cnngen"
