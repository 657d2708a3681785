"""`cnngen fmt` as a shell sees it: what it writes where, what it leaves alone, exit codes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnngen.cli.main import run

GOOD = "input\nconv max_pooling\nflatten\ndense\noutput\n"
LOOSE = "input conv max_pooling flatten dense output // ten\n"
TIDY = "input\nconv max_pooling\nflatten\ndense\noutput  // ten\n"
BAD = "input  cnov output"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a tidy, a loose and an unsound program, where the command is run."""
    for name, text in (("good", GOOD), ("loose", LOOSE), ("bad", BAD)):
        (tmp_path / f"{name}.cnn").write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def shell(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cnngen.cli", "fmt", *arguments], capture_output=True, timeout=120, check=False, **more
    )


def test_programs_are_laid_out_in_their_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "good.cnn", "loose.cnn"]) == 0
    assert (folder / "loose.cnn").read_text() == TIDY
    assert capsys.readouterr().out.splitlines() == ["changed: loose.cnn", "Laid out 2 programs: 1 changed."]
    assert run(["fmt", "loose.cnn"]) == 0
    assert capsys.readouterr().out == "Laid out 1 program: none changed.\n"


def test_a_program_that_is_tidy_is_not_written(folder: Path) -> None:
    before = (folder / "good.cnn").stat()
    assert run(["fmt", "good.cnn"]) == 0
    after = (folder / "good.cnn").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_check_names_what_would_change_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "--check", "good.cnn"]) == 0
    assert run(["fmt", "--check", "good.cnn", "loose.cnn"]) == 1
    assert "would change: loose.cnn\n" in capsys.readouterr().out
    assert (folder / "loose.cnn").read_text() == LOOSE


def test_diff_shows_the_change_and_writes_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "loose.cnn").write_bytes(LOOSE.rstrip("\n").encode())
    assert run(["fmt", "--diff", "loose.cnn", "good.cnn"]) == 0
    said = capfd.readouterr()
    assert said.out.splitlines()[:5] == [
        "--- loose.cnn",
        "+++ loose.cnn (laid out)",
        "@@ -1 +1,5 @@",
        f"-{LOOSE.strip()}",
        "\\ No newline at end of file",
    ]
    assert said.out.splitlines()[5:] == [f"+{line}" for line in TIDY.splitlines()]
    assert "1 would change" in said.err
    assert (folder / "loose.cnn").read_bytes() == LOOSE.rstrip("\n").encode()
    assert run(["fmt", "--diff", "--check", "loose.cnn"]) == 1


def test_a_program_with_syntax_errors_stays_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "bad.cnn", "loose.cnn"]) == 1
    said = capsys.readouterr()
    assert "error[CNN102]" in said.err
    assert "cnngen: bad.cnn has syntax errors, so it stays as it is." in said.err
    assert (folder / "bad.cnn").read_text() == BAD
    assert (folder / "loose.cnn").read_text() == TIDY


def test_a_dash_lays_out_standard_input_to_standard_output() -> None:
    done = shell("-", input=LOOSE.replace("\n", "\r\n").encode())
    assert (done.returncode, done.stdout) == (0, TIDY.replace("\n", "\r\n").encode())
    assert b"Laid out 1 program: 1 changed." in done.stderr
    assert shell("-", input=b"\xef\xbb\xbf" + GOOD.encode()).stdout == b"\xef\xbb\xbf" + GOOD.encode()
    unsound = shell("-", input=BAD.encode())
    assert (unsound.returncode, unsound.stdout) == (1, BAD.encode())
    checked = shell("--check", "-", input=LOOSE.encode())
    assert (checked.returncode, checked.stdout) == (1, b"")


def test_a_folder_means_all_programs_below_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.cnn").unlink()
    (folder / "deep" / "down").mkdir(parents=True)
    (folder / "deep" / "down" / "net.cnn").write_text(LOOSE)
    (folder / "deep" / "note.txt").write_text("input  conv")
    assert run(["fmt", "."]) == 0
    assert (folder / "deep" / "down" / "net.cnn").read_text() == TIDY
    assert (folder / "deep" / "note.txt").read_text() == "input  conv"
    assert "Laid out 3 programs: 2 changed." in capsys.readouterr().out
    (folder / "empty").mkdir()
    assert run(["fmt", "empty"]) == 2
    assert "There are no .cnn files below empty" in capsys.readouterr().err


def test_mode_line_ends_and_byte_order_mark_stay(folder: Path) -> None:
    path = folder / "loose.cnn"
    path.write_bytes(b"\xef\xbb\xbf" + LOOSE.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    (folder / "link.cnn").symlink_to(path)
    assert run(["fmt", "link.cnn"]) == 0
    assert (folder / "link.cnn").is_symlink()
    assert path.read_bytes() == b"\xef\xbb\xbf" + TIDY.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(found.name for found in folder.iterdir()) == ["bad.cnn", "good.cnn", "link.cnn", "loose.cnn"]


def test_what_cannot_be_read_or_written_is_a_sentence_and_the_rest_is_laid_out(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["fmt", "missing.cnn", "bad.cnn", "a\0b", "loose.cnn"]) == 2
    assert "cnngen: There is no file missing.cnn.\n" in capsys.readouterr().err
    assert (folder / "loose.cnn").read_text() == TIDY

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    (folder / "loose.cnn").write_text(LOOSE)
    monkeypatch.setattr(os, "fsync", full)
    assert run(["fmt", "loose.cnn"]) == 2
    assert capsys.readouterr().err == "cnngen: loose.cnn cannot be written: No space left on device.\n"
    assert (folder / "loose.cnn").read_text() == LOOSE
    assert len(list(folder.iterdir())) == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_only_be_read_is_not_replaced(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loose.cnn").chmod(0o444)
    assert run(["fmt", "loose.cnn"]) == 2
    assert "loose.cnn may not be written; check its permissions." in capsys.readouterr().err
