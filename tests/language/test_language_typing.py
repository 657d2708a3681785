"""While somebody types a sound program, only what is not there yet is reported."""

import re
import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import sound_programs

from cnngen.language import Analyser, Code, Severity, analyse
from cnngen.language.syntax.tokens import tokenize

realistic = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "programs.py"))["realistic"]
JOIN_AT_THE_END = re.compile(r"\b(add|concat)\s*(\([^()]*\)?\s*)?$")
SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.cnn"))


def hold(begun: str, analyser: Analyser) -> None:
    """At most a report for each bracket that is open, one for the missing end, and one for the unfinished word.

    The word of a join has a bracket open that is not there yet.
    """
    found = analyser.analyse(begun)
    errors = [d for d in found.diagnostics if d.severity is Severity.ERROR]
    kinds = [token.kind for token in tokenize(begun)]
    brackets = kinds.count("(") + kinds.count("[") - kinds.count(")") - kinds.count("]")
    joins = JOIN_AT_THE_END.search(begun) is not None
    said = [(d.code, d.message) for d in errors]
    assert len(errors) <= brackets + joins + 2, said
    if "UNCLOSED_COMMENT" not in kinds:
        assert [d.code for d in errors].count(Code.UNCLOSED) == brackets, said
        assert [d.code for d in errors].count(Code.INCOMPLETE) <= 1, said


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_at_every_key_of_a_sample_only_what_is_not_there_yet_is_reported(sample: Path) -> None:
    text, analyser = sample.read_text(), Analyser()
    for end in range(len(text)):
        hold(text[:end], analyser)


@settings(max_examples=60)
@given(sound_programs(most=6), st.data())
def test_and_so_it_is_in_any_program(text: str, data: st.DataObject) -> None:
    for end in data.draw(st.lists(st.integers(0, len(text)), min_size=10, max_size=10)):
        hold(text[:end], Analyser())


TYPED = (
    " conv(filters=64)",
    " add [ (conv, conv(filters=8)) (conv, Empty) ]",
    " conv(kernel_size=(3, 3))",
)


@pytest.mark.parametrize("typed", TYPED)
def test_in_the_middle_of_a_program_nothing_typed_so_far_is_called_surplus(typed: str) -> None:
    """What is begun is told what it still needs; that there is too much of it, nobody wants to hear."""
    lines, analyser = realistic(45).splitlines(keepends=True), Analyser()
    words = [place for place in range(2, len(lines) - 1) if lines[place][0] != "["]  # two of them are one too many
    for place in words[::6]:
        before, behind = "".join(lines[:place]).rstrip(), "\n" + "".join(lines[place:])
        for end in range(1, len(typed)):
            said = [d.message for d in analyser.analyse(before + typed[:end] + behind).diagnostics]
            assert not [message for message in said if message.endswith("nothing: remove it.")], said


@pytest.mark.parametrize("typed", [" [ (conv conv, Empty)", " add(activation=relu) [ (conv convbn, conv) (conv, conv"])
def test_a_merge_that_somebody_writes_before_other_lines_leaves_them_alone(typed: str) -> None:
    """What stands at the beginning of a line is not part of it, though it would fit."""
    lines, analyser = realistic(60).splitlines(keepends=True), Analyser()
    for place in range(2, len(lines) - 1, 5):
        before, behind = "".join(lines[:place]).rstrip(), "\n" + "".join(lines[place:])
        sound = [node.kind for node in analyser.analyse(before + behind).network.nodes if node.span.start > len(before)]
        for end in range(typed.index("(conv") + 5, len(typed) + 1):
            if typed[:end].rstrip()[-1] in "([":
                continue  # what stands behind may well be the first of it
            found = analyser.analyse(before + typed[:end] + behind)
            errors = [d for d in found.diagnostics if d.severity is Severity.ERROR]
            brackets = sum(typed[:end].count(mark) for mark in "[(") - sum(typed[:end].count(mark) for mark in "])")
            assert len(errors) <= brackets + 2, [(d.code, d.message) for d in errors]
            after = [node.kind for node in found.network.nodes if node.span.start > len(before) + end]
            assert after == sound, (lines[place], typed[:end])


@pytest.mark.parametrize("missing", ["", "]", ")"])
def test_a_merge_whose_lines_are_not_indented_is_read_whole_all_the_same(missing: str) -> None:
    """Without a mark it is one report; with all of them it is none, though there is a fault before it."""
    merge = "[ (\n" + "conv\n" * 9 + ", Empty)\n(conv,\nconv)\n]\n"
    whole = merge.replace(missing, "", 1) if missing else "@\n" + merge
    (found,) = analyse(f"input conv\n{whole}flatten dense output").diagnostics
    assert (missing or "@") in found.message


@pytest.mark.parametrize(
    ("begun", "says"),
    [
        ("input conv flatten dense(uni", ["output is missing", "')' is missing", "write units=…"]),
        ("input conv(filters=3, k", ["output is missing", "')' is missing", "write kernel_size=…"]),
        ("input conv [ (", ["']' is missing", "output is missing", "')' is missing"]),
        ("input conv [ (conv(filters", ["']' is missing", "output is missing", "')' is", "')' is", "write filters=…"]),
        ("input conv flatten dense(units=120", ["output is missing", "')' is missing"]),
        ("training(epochs=3)", ["begins with input"]),
    ],
)
def test_what_people_type_is_called_by_its_name(begun: str, says: list[str]) -> None:
    found = analyse(begun).diagnostics
    assert len(found) == len(says)
    assert all(words in d.message for words, d in zip(says, found, strict=True)), [d.message for d in found]
