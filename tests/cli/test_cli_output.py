"""What is written fits the terminal: long texts go on under their own beginning, and nothing is lost."""

from __future__ import annotations

import io
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.cli.output import facts


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(rows: list[tuple[str, str]], width: int) -> str:
    """What a terminal of this width gets, without colours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", str(width))
        terminal = Terminal()
        patch.setattr(sys, "stdout", terminal)
        facts(rows)
        return terminal.getvalue()


words = st.lists(st.text("abcde.%0123456789", min_size=1, max_size=18), min_size=1, max_size=30).map(" ".join)


@given(
    rows=st.lists(st.tuples(st.sampled_from(["Status", "Training energy"]), words), min_size=1),
    width=st.integers(48, 120),
)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(rows: list[tuple[str, str]], width: int) -> None:
    lines = written(rows, width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(f"{label} {text}" for label, text in rows).split())


def test_a_path_is_left_whole_so_that_it_can_be_copied() -> None:
    path = f"{os.sep}a-long-folder" * 8
    assert f"{path}\n" in written([("Report", path)], 50)


def test_a_control_sequence_in_a_text_is_shown_and_not_obeyed() -> None:
    assert "\x1b" not in written([("Status", "\x1b[2Jfailed")], 80)
