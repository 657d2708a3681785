"""*Generate Keras* in the real VS Code."""

from __future__ import annotations

import re

import pytest
from editor_window import EditorWindow
from playwright.sync_api import expect

pytestmark = pytest.mark.editor

PROGRAM = "input(dataset=digits)\nconv(filters=8) max_pooling\nflatten\ndense\noutput\n"


def opened_keras_file(editor: EditorWindow, name: str) -> None:
    """A Python file with the program's name is open, and it is the one with the model."""
    expect(editor.tab(f"{name}.py")).to_be_visible()
    expect(editor.text).to_contain_text("keras")
    assert "def build_model(" in (editor.folder / "generated" / f"{name}.py").read_text("utf-8")


def test_the_lens_opens_the_generated_python_file(editor: EditorWindow) -> None:
    editor.open("by_lens.cnn", PROGRAM)
    editor.press("Generate Keras")
    opened_keras_file(editor, "by_lens")


def test_the_palette_generates_from_the_active_program(editor: EditorWindow) -> None:
    editor.open("by_palette.cnn", PROGRAM)
    editor.lens("Generate Keras").wait_for()
    editor.run("CNNGen: Generate Keras")
    opened_keras_file(editor, "by_palette")


def test_the_button_of_the_editor_s_title_generates_too(editor: EditorWindow) -> None:
    editor.open("by_button.cnn", PROGRAM)
    editor.page.locator(".editor-actions").get_by_role("button", name=re.compile("Generate Keras")).click()
    opened_keras_file(editor, "by_button")


def test_what_counts_is_the_text_in_the_editor_not_the_one_on_disk(editor: EditorWindow) -> None:
    editor.open("unsaved.cnn", PROGRAM)
    editor.write(PROGRAM.replace("filters=8", "filters=21"))
    editor.press("Generate Keras")
    opened_keras_file(editor, "unsaved")
    assert "21" in (editor.folder / "generated" / "unsaved.py").read_text("utf-8")
    assert "21" not in (editor.folder / "unsaved.cnn").read_text("utf-8")


def test_a_program_with_errors_gives_one_sentence_and_no_file(editor: EditorWindow) -> None:
    editor.open("wrong.cnn", PROGRAM.replace("flatten", "flaten"))
    editor.press("Generate Keras")
    expect(editor.message("wrong.cnn has 1 error: correct the program first.")).to_have_count(1)
    assert not (editor.folder / "generated" / "wrong.py").exists()


def test_the_palette_offers_no_generation_without_a_program(editor: EditorWindow) -> None:
    rows = editor.palette("CNNGen: ")
    expect(rows.filter(has_text="Restart Language Server")).to_have_count(1)
    expect(rows.filter(has_text="Generate Keras")).to_have_count(0)
    editor.page.keyboard.press("Escape")
