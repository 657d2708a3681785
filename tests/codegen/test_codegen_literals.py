"""Values of a program as Python source."""

import ast
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngen.codegen.keras.literals import WIDTH, call, literal

plain = st.one_of(
    st.text(st.characters()), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)
)


@given(st.one_of(plain, st.lists(plain).map(tuple)))
def test_a_literal_means_the_value_it_was_made_from(value):
    assert ast.literal_eval(literal(value)) == value


@given(st.text(st.characters()))
def test_a_text_is_one_line_and_can_be_encoded(value):
    written = literal(value)
    assert len(written.splitlines()) == 1
    written.encode("utf-8")


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, object(), ["list"], {}, b"bytes", print])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(TypeError, match="cannot be written"):
        literal(value)


def test_a_formatter_leaves_literals_and_calls_as_they_are(tmp_path: Path):
    quotes = ["", "'", '"', "'\"", "''\"", '\'""', '"""', "'''", "\\", "\\'", '\\"', "a\nb\t\0\x1b", "é‖\u2028\ud800"]
    lines = [f"value = {literal(text)}" for text in quotes]
    lines += [f"value = {literal(number)}" for number in (0, -1, 1.0, 1e-05, 1e22, True, None, (), (1,), (1, 2))]
    for length in range(1, 2 * WIDTH):
        name = literal("n" * length)
        lines.append(call("x = layers.Dense", [f"name={name}"], "(x)", indent=""))
        lines.append(call("x = layers.Dense", ["10", f"name={name}"], "(x)", indent=""))
        lines.append(call("x = layers.Add", [f"name={name}"], "([x, shortcut])", indent=""))
        lines.append(call("call", ["argument=1"] * (length // 5), "", indent=""))
    file = tmp_path / "literals.py"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={WIDTH}", "--diff", str(file)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
