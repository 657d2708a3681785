"""What one reads a program with, in the real VS Code: hover, parameter hints, inlay hints, the network's totals."""

from __future__ import annotations

import re
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


def test_what_is_predicted_stands_above_input_on_it_and_in_the_diagram_and_nowhere_for_what_was_never_seen(
    editor: EditorWindow, screenshots: Path
) -> None:
    """Accuracy and energy with their intervals, said to be predicted; a network of 4,096 filters was never trained."""
    editor.open("predicted.cnn", PROGRAM)
    above = editor.page.locator(".codelens-decoration", has_text=re.compile(r"predicted:"))
    expect(above).to_contain_text(
        re.compile(r"predicted:\s\d+\s%\saccuracy\s\(.+%\)\s·\s.+Wh\s\(.+Wh\)\sfor\sCIFAR-10\sat\s16\spx,\s8\sepochs")
    )
    expect(editor.text).to_contain_text("(units=10)")  # from here on nothing moves
    editor.token("input").first.hover()
    hover = editor.page.locator(".monaco-hover:visible")
    expect(hover).to_contain_text("Predicted, not measured: after 8 epochs")
    expect(hover).to_contain_text(re.compile(r"test\saccuracy:\s\d+\s%\s\("))
    expect(hover).to_contain_text(re.compile(r"energy\sto\strain:\s.+Wh\s\(.+;\sthe\sprocessor's\salone,\smodelled"))
    hover.get_by_text("learned from").first.scroll_into_view_if_needed()
    editor.screenshot(screenshots / "predicted.png")
    editor.run("CNNGen: Show Diagram")
    expect(editor.webview.locator("#prediction")).to_contain_text(re.compile(r"CIFAR-10\sat\s16\spx"))
    editor.screenshot(screenshots / "predicted-diagram.png")
    editor.write(PROGRAM.replace("filters=64", "filters=4096"))
    expect(above).to_have_count(0)
    expect(editor.webview.locator("#prediction")).to_be_hidden()
    editor.screenshot(screenshots / "predicted-not.png")


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
    editor.lens("Generate Keras").wait_for()  # the language server is there
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


def test_the_outline_shows_the_layers_with_their_shapes(editor: EditorWindow) -> None:
    editor.open("outline.cnn", PROGRAM)
    editor.lens("Train & Measure").wait_for()
    editor.run("Explorer: Focus on Outline View")
    rows = editor.page.locator(".outline-pane .monaco-list-row")
    expect(rows.filter(has_text="max_pooling")).to_contain_text("16×16×32")
    expect(rows.filter(has_text="residual")).to_have_count(0)  # its right lane is no Empty one
    merge = rows.filter(has_text=re.compile("add"))
    expect(merge).to_contain_text("8×8×128")
    merge.dblclick()
    expect(editor.page.locator("#status\\.editor\\.selection")).to_have_text("Ln 9, Col 2 (121 selected)")


def test_merges_and_their_lanes_fold_and_the_closing_bracket_stays(editor: EditorWindow) -> None:
    editor.open("folding.cnn", PROGRAM)
    editor.lens("Train & Measure").wait_for()
    lines = editor.text.locator(".view-line")
    expect(lines.filter(has_text="convbn")).to_have_count(1)
    editor.run("Fold All")
    expect(lines.filter(has_text="convbn")).to_have_count(0)
    expect(lines.filter(has_text=re.compile(r"^\]"))).to_have_count(1)
    expect(lines.filter(has_text="flatten")).to_have_count(1)
    editor.run("Unfold All")
    expect(lines.filter(has_text="convbn")).to_have_count(1)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("conv", "function"),
        ("max_pooling", "macro"),
        ("flatten", "class"),
        ("add", "keyword"),
        ("strides", "parameter"),
    ],
)
def test_the_server_colours_a_word_by_what_it_is(editor: EditorWindow, word: str, kind: str) -> None:
    editor.open("colours.cnn", PROGRAM)
    editor.lens("Train & Measure").wait_for()
    editor.token(word).first.click()
    editor.run("Developer: Inspect Editor Tokens and Scopes")
    inspected = editor.page.locator(".token-inspect-widget")
    expect(inspected).to_contain_text(f"semantic token type{kind}")
    editor.page.keyboard.press("Escape")
    expect(inspected).to_be_hidden()
