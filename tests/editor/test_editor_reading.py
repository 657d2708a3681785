"""What one reads a program with, in the real VS Code: hover, parameter hints, inlay hints, the network's totals."""

from __future__ import annotations

from pathlib import Path

import pytest
from editor_window import EditorWindow
from playwright.sync_api import expect

pytestmark = pytest.mark.editor

PROGRAM = """\
// A residual block.
input(dataset=cifar10)
conv max_pooling
add(activation=relu) [
  (
    convbn(filters=64, strides=2) convbn(activation=linear),
    conv(activation=linear)
  )
]
flatten
dense
output
"""


def test_a_hover_over_a_word_tells_its_values_and_costs(editor: EditorWindow, screenshots: Path) -> None:
    editor.open("hover.cnn", PROGRAM)
    editor.lens("Train & Measure").wait_for()
    expect(editor.text).to_contain_text("(units=10)")  # from here on nothing moves
    editor.token("conv").first.hover()
    hover = editor.page.locator(".monaco-hover:visible")
    expect(hover).to_contain_text("A convolution.")
    expect(hover.locator("table")).to_contain_text("for nothing before reduces the image")
    expect(hover).to_contain_text("of the network")
    editor.screenshot(screenshots / "hover.png")


def test_hints_show_what_is_inferred_and_the_shapes_it_leads_to(editor: EditorWindow, screenshots: Path) -> None:
    editor.open("hints.cnn", PROGRAM)
    # Blanks on the screen are no-break spaces.
    expect(editor.text).to_contain_text("(filters=32)")
    expect(editor.text).to_contain_text("→\u00a016×16×32")
    expect(editor.text).to_contain_text(",\u00a0filters=128,\u00a0kernel_size=1,\u00a0strides=2)\u00a0→\u00a08×8×128")
    editor.screenshot(screenshots / "hints.png")


def test_the_hyper_parameters_are_shown_while_arguments_are_written(editor: EditorWindow, screenshots: Path) -> None:
    editor.open("arguments.cnn", "")
    editor.write("input conv")
    editor.page.keyboard.type("(filters=8, ")
    help_ = editor.page.locator(".parameter-hints-widget")
    expect(help_.locator(".parameter.active")).to_have_text("kernel_size=3")
    expect(help_).to_contain_text("window of the convolution", ignore_case=True)
    editor.screenshot(screenshots / "arguments.png")
    editor.page.keyboard.press("Escape")


def test_the_totals_stand_beside_the_lenses_and_are_no_link(editor: EditorWindow) -> None:
    editor.open("totals.cnn", PROGRAM)
    expect(editor.lenses).to_have_text(["Generate Keras", "Show Diagram", "Train & Measure"])
    expect(editor.page.locator(".codelens-decoration")).to_contain_text("11 layers")
    expect(editor.page.locator(".codelens-decoration")).to_contain_text("MACs")
