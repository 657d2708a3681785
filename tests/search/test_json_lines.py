"""Files of rows that grow while work goes on: what was cut short or is strange is left out, what cannot be done is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnngen.search.errors import SearchError
from cnngen.search.json_lines import append_rows, read_rows


def number(row: dict[str, Any]) -> int:
    return int(row.pop("number"))


def test_rows_come_back_in_the_order_in_which_they_were_added(tmp_path: Path) -> None:
    path = tmp_path / "a" / "folder" / "rows.jsonl"
    assert read_rows(path, number) == []
    append_rows(path, [{"number": 3}, {"number": 1}])
    append_rows(path, [])
    append_rows(path, [{"number": 2}])
    assert read_rows(path, number) == [3, 1, 2]
    assert path.read_bytes() == b'{"number": 3}\n{"number": 1}\n{"number": 2}\n'


@pytest.mark.parametrize("kept", range(1, len('{"number": 2}')))
def test_a_line_that_was_cut_short_costs_itself_alone(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "rows.jsonl"
    append_rows(path, [{"number": 1}])
    with path.open("a", encoding="utf-8") as file:
        file.write('{"number": 2}'[:kept])
    assert read_rows(path, number) == [1]
    append_rows(path, [{"number": 3}])
    assert read_rows(path, number) == [1, 3]


@pytest.mark.parametrize(
    "line", [b"", b"7", b"null", b"[]", b'"number"', b"{}", b'{"number": "x"}', b'{"number": "\xff"}']
)
def test_a_line_that_is_no_row_is_left_out(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"number": 1}\n' + line + b'\n{"number": 2}\n')
    assert read_rows(path, number) == [1, 2]


def test_what_cannot_be_read_or_written_is_told_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(SearchError, match=r"folder cannot be read: Is a directory\."):
        read_rows(folder, number)
    with pytest.raises(SearchError, match=r"folder cannot be written: Is a directory\."):
        append_rows(folder, [{"number": 1}])
