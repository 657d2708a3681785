"""The record: replaced as a whole, strict JSON, readable by everybody."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cnngen.runtime import load_result, record


def test_what_json_cannot_say_becomes_null(tmp_path: Path) -> None:
    record.write_json(tmp_path / "x.json", {"a": [float("nan"), float("inf"), 1.5], "b": ("ä", None)})
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"a": [None, None, 1.5], "b": ["ä", None]}


def test_writing_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    record.write_text(tmp_path / "x", "old")
    record.write_text(tmp_path / "x", "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x", "new")]


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files")
def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    """A file that cannot grow stands for a disk that is full."""
    script = """
        import resource, sys
        from pathlib import Path
        from cnngen.runtime import record
        path = Path(sys.argv[1])
        record.write_text(path, "old")
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        try:
            record.write_text(path, "new" * 1000)
        except OSError:
            print("refused")
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / "x"], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "refused\n"
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x", "old")]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"schema": 99}', '{"status": "done"}'])
def test_what_is_no_record_of_this_version_is_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / record.RESULT).write_text(content)
    with pytest.raises(ValueError, match=r"result\.json"):
        load_result(tmp_path)


def test_a_folder_without_a_record_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_result(tmp_path)
