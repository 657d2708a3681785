"""The language server's life in the real VS Code: restarts, crashes, other Pythons, folders without trust."""

from __future__ import annotations

import json
import os
import signal
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import CodeServer, start_code_server, told
from editor_window import EditorWindow
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.editor

SOUND = "input(dataset=digits)\nconv(filters=8) max_pooling\nflatten\ndense\noutput\n"
BROKEN = SOUND.replace("flatten", "flaten")


def servers(window_folder: Path | None = None) -> dict[int, str]:
    """The language servers that run, each with its Python."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(part.endswith(b"launch_server.py") for part in command):
            found[int(process.name)] = os.fsdecode(command[0])
    return found


def works(editor: EditorWindow, name: str) -> None:
    """A broken program gets its squiggle, and the lenses work."""
    editor.open(name, BROKEN)
    editor.squiggles.first.wait_for(state="attached")
    editor.write(SOUND)
    expect(editor.squiggles).to_have_count(0)
    editor.lens("Generate Keras").click()
    expect(editor.tab(name.replace(".cnn", ".py"))).to_be_visible()


def test_a_restarted_server_works_like_the_first(editor: EditorWindow) -> None:
    works(editor, "before.cnn")
    before = set(servers())
    editor.run("CNNGen: Restart Language Server")
    works(editor, "after.cnn")
    assert set(servers()) != before
    assert len(servers()) == len(before)
    expect(editor.message("already exists")).to_have_count(0)


def test_a_server_that_dies_is_started_again(editor: EditorWindow) -> None:
    editor.open("survivor.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    before = set(servers())
    for server in before:
        os.kill(server, signal.SIGKILL)
    works(editor, "afterwards.cnn")
    assert before.isdisjoint(servers())


def test_editing_works_with_a_python_that_has_nothing_and_training_says_what_to_install(
    editor: EditorWindow,
) -> None:
    """The setting may be relative to the folder; a change of it takes effect at once."""
    venv.create(editor.folder / "bare", with_pip=False, symlinks=True)
    settings = editor.folder / ".vscode" / "settings.json"
    settings.parent.mkdir()
    editor.open("bare.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    settings.write_text(json.dumps({"cnngen.interpreter": "${workspaceFolder}/bare/bin/python"}), "utf-8")
    bare = str(editor.folder / "bare" / "bin" / "python")
    editor.page.wait_for_function("() => true")
    for _ in range(100):
        if bare in servers().values():
            break
        editor.page.wait_for_timeout(200)
    assert bare in servers().values()
    works(editor, "nothing.cnn")

    editor.open("bare.cnn")
    editor.lens("Train & Measure").click()
    message = editor.message("lacks")
    expect(message).to_contain_text(bare)
    expect(message).to_contain_text("pip install")
    settings.unlink()


def test_a_setting_that_is_no_python_is_named_and_another_one_is_used(editor: EditorWindow) -> None:
    settings = editor.folder / ".vscode" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    editor.open("passed_over.cnn", BROKEN)
    settings.write_text(json.dumps({"cnngen.interpreter": "./no-such-python"}), "utf-8")
    expect(editor.message("no-such-python")).to_contain_text("is no Python 3.11 or newer")
    editor.squiggles.first.wait_for(state="attached")
    settings.unlink()


@pytest.fixture
def distrustful(
    vsix: Path,
    browser: Browser,
    workspace: Path,
    screenshots: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[EditorWindow]:
    """A window of an editor that has not been told to trust the folder."""
    quiet = {"security.workspace.trust.startupPrompt": "never", "cnngen.interpreter": sys.executable}
    server: CodeServer = start_code_server(vsix, tmp_path / "profile", quiet, "--workspace-trust")
    window = EditorWindow(browser, server.url(workspace), workspace)
    yield window
    if told(request.node, window, screenshots):
        print(server.logs())
    window.close()
    server.stop()


def test_an_untrusted_folder_is_checked_but_not_trained_until_it_is_trusted(distrustful: EditorWindow) -> None:
    editor = distrustful
    editor.open("untrusted.cnn", SOUND)
    expect(editor.lenses).to_have_text(["Generate Keras"])
    editor.run("Workspaces: Manage Workspace Trust")
    editor.page.get_by_role("button", name="Trust", exact=True).click()
    editor.open("untrusted.cnn")
    expect(editor.lenses).to_have_text(["Generate Keras", "Train & Measure"])
