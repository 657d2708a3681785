"""Errors while typing, in the real VS Code."""

from __future__ import annotations

import pytest
from editor_window import EditorWindow
from playwright.sync_api import expect

pytestmark = pytest.mark.editor

SOUND = "input(dataset=digits)\nconv(filters=8) max_pooling\nflatten\ndense\noutput\n"
BROKEN = SOUND.replace("flatten", "flaten")


def test_a_broken_program_has_a_squiggle_and_a_row_in_problems_and_a_fix_removes_both(editor: EditorWindow) -> None:
    editor.open("broken.cnn", BROKEN)
    editor.squiggles.first.wait_for(state="attached")
    editor.show_problems()
    row = editor.problems("flaten")
    expect(row.first).to_be_visible()
    expect(row.first).to_contain_text("[Ln 3, Col 1]")
    assert row.count() == 1

    editor.write(SOUND)
    expect(editor.squiggles).to_have_count(0)
    expect(row).to_have_count(0)


def test_the_lenses_stand_above_input(editor: EditorWindow) -> None:
    editor.open("lenses.cnn", f"// A comment comes first.\n{SOUND}")
    expect(editor.lenses).to_have_text(["Generate Keras", "Show Diagram", "Train & Measure"])
    expect(editor.text).to_contain_text("(units=10)")  # the hints are there: nothing moves any more
    places = (
        editor.token("// A comment comes first.").first,
        editor.lens("Train & Measure"),
        editor.token("input").first,
    )

    def stand_below_one_another() -> bool:
        boxes = [place.bounding_box() for place in places]  # None where VS Code draws it anew just now
        tops = [box["y"] for box in boxes if box]
        return len(tops) == 3 and tops[0] < tops[1] < tops[2]

    editor.wait_until(stand_below_one_another, "the lenses stand between the comment and input")


def test_a_cnn_file_is_recognised_and_coloured(editor: EditorWindow) -> None:
    """The kinds of words differ in their colour."""
    editor.open("colours.cnn", "input // a comment\n[ (conv(filters=3), Empty) ]\noutput\n")
    expect(editor.page.locator("#status\\.editor\\.mode")).to_contain_text("CNN")

    def colour(word: str) -> str:
        token = editor.token(word).first
        token.wait_for()
        return str(token.evaluate("element => getComputedStyle(element).color"))

    colours = [colour(word) for word in ("input", "// a comment", "conv", "filters", "3", "Empty")]
    assert len(set(colours)) >= 5, colours
