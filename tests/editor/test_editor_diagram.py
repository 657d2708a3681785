"""The diagram beside the text, in the real VS Code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import StartEditor
from editor_window import EditorWindow
from page_policy import runs_and_loads_nothing_else
from playwright.sync_api import Locator, expect
from quick_input import SOON, until_done

pytestmark = pytest.mark.editor

PROGRAM = """input(dataset=digits)
conv(filters=8)
add [ (convbn convbn, Empty) ]
flatten
dense
output
"""
LAYERS = ["input", "conv_1", "conv_2", "batch_norm_1", "conv_3", "batch_norm_2", "add_1", "flatten_1", "dense_1"]


def layers(editor: EditorWindow) -> Locator:
    return editor.webview.locator(".node")


def layer(editor: EditorWindow, name: str) -> Locator:
    return editor.webview.get_by_role("button", name=re.compile(rf"^{name},"))


def marked(editor: EditorWindow) -> Locator:
    return editor.webview.locator(".node[aria-current]")


def selected(editor: EditorWindow) -> Locator:
    """The status bar's word on the selection."""
    return editor.page.locator("#status\\.editor\\.selection")


@pytest.fixture
def shown(editor: EditorWindow, request: pytest.FixtureRequest) -> EditorWindow:
    """A window with a program, beside it its diagram."""
    editor.open(f"{request.node.originalname}.cnn", PROGRAM)
    editor.lens("Generate Keras").wait_for()
    editor.run("CNNGen: Show Diagram")
    expect(layers(editor)).to_have_count(len(LAYERS))
    return editor


def put_caret(editor: EditorWindow, line: int) -> None:
    editor.text.locator(".view-line", has_text=PROGRAM.splitlines()[line - 1].replace(" ", "\xa0")).click()


def test_the_command_shows_every_layer_of_the_program_and_its_lanes(shown: EditorWindow) -> None:
    for name, element in zip(LAYERS, layers(shown).all(), strict=True):
        expect(element).to_contain_text(name)
    expect(shown.webview.locator(".lane")).to_have_count(1)
    expect(shown.webview.locator("#legend")).to_contain_text("convolution")
    expect(shown.webview.locator("#prediction")).to_contain_text(
        re.compile(r"Predicted:.+\sfor\sCIFAR-10\sat\s16\spx")  # some blanks are no-break spaces
    )


def test_the_page_runs_its_own_script_alone_and_loads_nothing_from_elsewhere(shown: EditorWindow) -> None:
    runs_and_loads_nothing_else(shown)


def test_the_diagram_follows_the_text(shown: EditorWindow) -> None:
    shown.write(PROGRAM.replace("flatten", "max_pooling flatten"))
    expect(layer(shown, "max_pooling_1")).to_be_visible()
    expect(layers(shown)).to_have_count(len(LAYERS) + 1)


#: The texts of a layer that reach beyond its border, or into the next one of their line; how many texts there are.
UNFIT = """svg => {
  const all = [...svg.querySelectorAll(".node")].flatMap((node) => {
    const { right } = node.querySelector("path, ellipse").getBoundingClientRect();
    const texts = [...node.querySelectorAll("text")].map((text) => [text.getBoundingClientRect(), text.getAttribute("y"), text]);
    return texts.map(([box, y, { textContent: words }]) => {
      const next = texts.filter(([other, line]) => line === y && other.left > box.left);
      return [words, box.right > Math.min(right, ...next.map(([other]) => other.left)) + 1];
    });
  });
  return [all.length, all.filter(([, unfit]) => unfit).map(([words]) => words)];
}"""


def test_with_letters_wider_than_graphviz_reckoned_with_the_texts_still_fit(shown: EditorWindow) -> None:
    body = shown.webview.locator("body")
    body.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("svg text { letter-spacing: 2px }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    picture = shown.webview.locator("#stage > svg")
    assert picture.evaluate(UNFIT)[1]
    shown.write(PROGRAM.replace("flatten", "max_pooling flatten"))
    expect(layer(shown, "max_pooling_1")).to_be_visible()
    number, unfit = picture.evaluate(UNFIT)
    assert number > len(LAYERS) and not unfit


def test_with_errors_the_last_picture_stays_and_a_sentence_says_why(shown: EditorWindow) -> None:
    shown.write(PROGRAM.replace("flatten", "flaten"))
    message = shown.webview.get_by_role("status")
    expect(message).to_have_text("The program has an error in line 4: correct it, and the picture follows.")
    expect(layers(shown)).to_have_count(len(LAYERS))
    expect(shown.webview.locator("#stage")).to_have_class("stale")
    expect(shown.webview.locator("#prediction")).to_be_hidden()
    shown.write(PROGRAM)
    expect(message).to_be_hidden()
    expect(shown.webview.locator("#stage")).not_to_have_class("stale")


def test_a_click_on_a_layer_selects_its_text_and_marks_all_that_it_became(shown: EditorWindow) -> None:
    layer(shown, "conv_2").click()
    expect(selected(shown)).to_have_text("Ln 3, Col 14 (6 selected)")
    expect(marked(shown)).to_have_count(2)
    expect(marked(shown).first).to_contain_text("conv_2")
    expect(marked(shown).last).to_contain_text("batch_norm_1")


def test_the_layer_of_the_caret_is_marked_and_in_sight(shown: EditorWindow) -> None:
    put_caret(shown, 5)
    expect(marked(shown)).to_have_count(1)
    expect(marked(shown)).to_contain_text("dense_1")
    expect(marked(shown)).to_be_in_viewport()
    put_caret(shown, 2)
    expect(marked(shown)).to_contain_text("conv_1")
    expect(marked(shown)).to_be_in_viewport()


def test_a_layer_s_text_is_found_after_an_edit_that_is_not_drawn(shown: EditorWindow) -> None:
    """An error keeps the picture of the text before; its layers are found in the text of now."""
    put_caret(shown, 1)
    shown.page.keyboard.press("Control+Home")
    shown.page.keyboard.insert_text("nonsense\n")
    expect(shown.webview.get_by_role("status")).to_contain_text("in line 1")
    layer(shown, "flatten_1").click()
    expect(selected(shown)).to_have_text("Ln 5, Col 8 (7 selected)")


def test_the_keys_alone_lead_into_the_panel_walk_through_the_layers_zoom_save_and_choose_one(
    shown: EditorWindow,
) -> None:
    page, keys = shown.webview, shown.page.keyboard

    def entered() -> None:
        shown.run("View: Focus Right Editor Group")
        expect(shown.page.locator("iframe.webview")).to_be_focused(timeout=SOON)
        keys.press("Tab")
        expect(page.get_by_label("Colour by")).to_be_focused(timeout=SOON)

    until_done(entered)
    layer(shown, "input").focus()
    for _ in range(2):
        keys.press("ArrowDown")
    expect(layer(shown, "conv_2")).to_be_focused()
    size = page.locator("#zoom").inner_text()
    keys.press("+")
    expect(page.locator("#zoom")).not_to_have_text(size)
    keys.press("0")
    for button in ("Save PNG", "Save SVG"):
        keys.press("Shift+Tab")
        expect(page.get_by_role("button", name=button)).to_be_focused()
    keys.press("Enter")
    expect(shown.quick_input.box).to_have_value(re.compile(r"\.svg$"))
    keys.press("Escape")
    expect(shown.quick_input.widget).to_be_hidden()
    layer(shown, "conv_2").focus()
    keys.press("End")
    expect(layer(shown, "dense_1")).to_be_focused()
    keys.press("Enter")
    expect(selected(shown)).to_have_text("Ln 5, Col 6 (5 selected)")


def test_colours_by_cost_have_a_legend_and_stay_through_an_edit(shown: EditorWindow) -> None:
    shown.webview.get_by_label("Colour by").select_option("params")
    expect(shown.webview.locator("#legend")).to_contain_text(re.compile(r"Share of [\d,]+ parameters"))
    expect(layer(shown, "dense_1")).to_have_attribute("data-step", "4")
    expect(layer(shown, "flatten_1")).to_have_attribute("data-step", "0")
    shown.write(PROGRAM.replace("filters=8", "filters=9"))
    expect(layer(shown, "conv_1")).to_contain_text("90 parameters")
    expect(layer(shown, "dense_1")).to_have_attribute("data-step", "4")
    shown.webview.get_by_label("Colour by").select_option("kind")


def test_the_colours_are_at_first_those_of_the_setting(editor: EditorWindow) -> None:
    settings = editor.folder / ".vscode" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps({"cnngen.diagram.colourBy": "memory"}), "utf-8")
    editor.open("coloured.cnn", PROGRAM)
    editor.lens("Generate Keras").wait_for()
    editor.wait_until(lambda: colouring(editor) == "memory", "a diagram as the setting says")
    expect(editor.webview.locator("#legend")).to_contain_text("Share of")
    settings.unlink()


def colouring(editor: EditorWindow) -> str:
    """That of a panel opened anew: a window takes a moment to see that its settings have changed."""
    editor.close_editors()
    editor.open("coloured.cnn")
    editor.run("CNNGen: Show Diagram")
    expect(layers(editor)).to_have_count(len(LAYERS))
    return editor.webview.get_by_label("Colour by").input_value()


def test_zoom_changes_the_size_and_fit_shows_the_whole(shown: EditorWindow) -> None:
    picture = shown.webview.locator("#stage > svg")
    shown.webview.get_by_role("button", name="Fit").click()
    stage = shown.webview.locator("#stage").bounding_box()
    small = picture.bounding_box()
    assert stage and small
    assert small["height"] <= stage["height"]
    assert small["width"] <= stage["width"]
    shown.webview.get_by_role("button", name="Zoom in").click()
    larger = picture.bounding_box()
    assert larger
    assert larger["height"] > small["height"]


def test_the_picture_is_saved_as_svg_and_as_png_in_the_colours_that_it_has(shown: EditorWindow) -> None:
    shown.webview.get_by_label("Colour by").select_option("macs")
    name = "test_the_picture_is_saved_as_svg_and_as_png_in_the_colours_that_it_has"
    svg = shown.saved("Save SVG", shown.folder / f"{name}.svg", f"{name}.svg").decode()
    assert svg.startswith("<svg")
    assert "Share of" in svg
    assert all(layer in svg for layer in LAYERS)
    png = shown.saved("Save PNG", shown.folder / f"{name}.png", f"{name}.png")
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) > 500
    shown.webview.get_by_label("Colour by").select_option("kind")


def test_the_diagram_is_that_of_the_program_looked_at_last(shown: EditorWindow) -> None:
    put_caret(shown, 1)
    shown.open("another.cnn", PROGRAM.replace("add [ (convbn convbn, Empty) ]\n", ""))
    expect(layers(shown)).to_have_count(4)
    expect(shown.page.locator(".tab", has_text="Diagram another.cnn")).to_be_visible()


@pytest.mark.parametrize("theme", ["Dark Modern", "Light Modern", "High Contrast", "High Contrast Light"])
def test_the_panel_is_legible_in_the_theme(shown: EditorWindow, screenshots: Path, theme: str) -> None:
    """Texts have another colour than their boxes. The pictures are for people to look at."""
    settings = shown.folder / ".vscode" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps({"workbench.colorTheme": f"Default {theme}"}), "utf-8")
    kind = "vscode-high-contrast" if "Contrast" in theme else f"vscode-{theme.split()[0].lower()}"
    expect(shown.webview.locator("body")).to_have_class(re.compile(kind))
    put_caret(shown, 2)
    expect(marked(shown)).to_have_count(1)
    text, fill = (
        layer(shown, "conv_1")
        .locator(part)
        .first.evaluate("element => [getComputedStyle(element).fill, element.getBoundingClientRect().width]")
        for part in ("text", "path")
    )
    assert text[0] != fill[0]
    assert text[1] < fill[1]
    shown.screenshot(screenshots / f"diagram-{theme.lower().replace(' ', '-')}.png")
    settings.unlink()


@pytest.fixture
def without_graphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A machine with all its programs but Graphviz, and a Python without any package: its path."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
        for program in folder.iterdir() if folder.is_dir() and folder != Path(sys.executable).parent else ():
            link = programs / program.name
            if program.name not in ("dot", "graphviz-pure") and not link.exists() and not link.is_symlink():
                link.symlink_to(program)
    monkeypatch.setenv("PATH", str(programs))
    assert not shutil.which("dot")
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    return str(tmp_path / "bare" / "bin" / "python")


def test_on_a_machine_without_graphviz_the_extension_draws_by_itself(
    without_graphviz: str, start_editor: StartEditor, screenshots: Path
) -> None:
    _, editor = start_editor({"cnngen.interpreter": without_graphviz})
    editor.open("alone.cnn", PROGRAM)
    editor.lens("Generate Keras").wait_for()
    editor.run("CNNGen: Show Diagram")
    expect(layers(editor)).to_have_count(len(LAYERS))
    for name, element in zip(LAYERS, layers(editor).all(), strict=True):
        expect(element).to_contain_text(name)
    expect(editor.webview.locator(".lane")).to_have_count(1)
    layer(editor, "conv_2").click()
    expect(selected(editor)).to_have_text("Ln 3, Col 14 (6 selected)")
    editor.screenshot(screenshots / "diagram-without-graphviz.png")
    editor.write(PROGRAM.replace("flatten", "max_pooling flatten"))
    expect(layer(editor, "max_pooling_1")).to_be_visible()


def test_what_the_extension_computes_by_itself_is_right() -> None:
    """The unit tests of its TypeScript."""
    extension = Path(__file__).resolve().parents[2] / "vscode-extension"
    done = subprocess.run(["npm", "test", "--silent"], cwd=extension, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
