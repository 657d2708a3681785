"""The language server's life in the real VS Code: restarts, crashes, other Pythons, folders without trust."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import ROOT, CodeServer, StartEditor
from editor_window import EditorWindow
from playwright.sync_api import expect

pytestmark = pytest.mark.editor

SOUND = "input(dataset=digits)\nconv(filters=8) max_pooling\nflatten\ndense\noutput\n"
BROKEN = SOUND.replace("flatten", "flaten")


def servers(code_server: CodeServer) -> dict[int, str]:
    """The language servers that this editor runs, each with its Python."""
    launcher = os.fsencode(code_server.profile / "extensions")
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(part.startswith(launcher) and part.endswith(b"launch_server.py") for part in command):
            found[int(process.name)] = os.fsdecode(command[0])
    return found


def works(editor: EditorWindow, name: str) -> None:
    """A broken program gets its squiggle, and the lenses work."""
    editor.open(name, BROKEN)
    editor.squiggles.first.wait_for(state="attached")
    editor.write(SOUND)
    expect(editor.squiggles).to_have_count(0)
    editor.press("Generate Keras")
    expect(editor.tab(name.replace(".cnn", ".py"))).to_be_visible()


def test_a_restarted_server_works_like_the_first(editor: EditorWindow, code_server: CodeServer) -> None:
    works(editor, "before.cnn")
    before = set(servers(code_server))
    editor.run("CNNGen: Restart Language Server")
    works(editor, "after.cnn")
    assert set(servers(code_server)) != before
    assert len(servers(code_server)) == len(before)
    expect(editor.message("already exists")).to_have_count(0)


def test_a_server_that_dies_is_started_again(editor: EditorWindow, code_server: CodeServer) -> None:
    editor.open("survivor.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    before = set(servers(code_server))
    for server in before:
        os.kill(server, signal.SIGKILL)
    works(editor, "afterwards.cnn")
    assert before.isdisjoint(servers(code_server))


def test_a_server_that_dies_again_and_again_stays_off_until_somebody_restarts_it(
    editor: EditorWindow, code_server: CodeServer
) -> None:
    editor.open("mortal.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    given_up = editor.message("has ended by itself several times")
    runs = editor.status.get_by_label("CNNGen: The language server is running.", exact=True)
    killed: set[int] = set()
    for _ in range(6):  # more often than it is started again
        if given_up.is_visible():
            break
        editor.wait_until(lambda: bool(set(servers(code_server)) - killed) or given_up.is_visible(), "another server")
        expect(runs.or_(given_up).first).to_be_visible()
        for server in set(servers(code_server)) - killed:
            os.kill(server, signal.SIGKILL)
            killed.add(server)
        editor.page.wait_for_timeout(500)
    expect(given_up).to_have_count(1)
    expect(editor.status.locator("a")).to_have_attribute("aria-label", re.compile("is stopped. The CNNGen language"))
    assert not set(servers(code_server)) - killed
    editor.answer(given_up, "Restart")
    works(editor, "risen.cnn")
    expect(runs).to_be_visible()


def test_editing_works_with_a_python_that_has_nothing_and_training_says_what_to_install(
    editor: EditorWindow, code_server: CodeServer
) -> None:
    """The setting may be relative to the folder; a change of it takes effect at once."""
    venv.create(editor.folder / "bare", with_pip=False, symlinks=True)
    settings = editor.folder / ".vscode" / "settings.json"
    settings.parent.mkdir()
    editor.open("bare.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    settings.write_text(json.dumps({"cnngen.interpreter": "${workspaceFolder}/bare/bin/python"}), "utf-8")
    bare = str(editor.folder / "bare" / "bin" / "python")
    editor.wait_until(lambda: bare in servers(code_server).values(), "a server with the bare Python")
    works(editor, "nothing.cnn")

    editor.open("bare.cnn")
    editor.press("Train & Measure")
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


#: Stands in for the Python extension, which no registry of this project's has: the part of its interface that CNNGen uses.
PYTHON_EXTENSION = """
const { commands, EventEmitter, Uri } = require("vscode");
exports.activate = () => {
  let active = process.env.FIRST_PYTHON;
  const changed = new EventEmitter();
  commands.registerCommand("standIn.select", () => {
    active = process.env.SECOND_PYTHON;
    changed.fire({ path: active });
  });
  return {
    environments: {
      getActiveEnvironmentPath: () => ({ path: active }),
      resolveEnvironment: async ({ path }) => ({ executable: { uri: Uri.file(path) } }),
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
};
"""


@pytest.fixture
def python_extension(tmp_path: Path) -> Path:
    """The stand-in, packaged."""
    folder = tmp_path / "python-extension"
    folder.mkdir()
    (folder / "extension.js").write_text(PYTHON_EXTENSION, "utf-8")
    about = {
        "name": "python",
        "publisher": "ms-python",
        "version": "0.0.1",
        "engines": {"vscode": "^1.91.0"},
        "main": "./extension.js",
        "activationEvents": [],
        "contributes": {"commands": [{"command": "standIn.select", "title": "Python: Select the Second"}]},
    }
    (folder / "package.json").write_text(json.dumps(about), "utf-8")
    vsce = ROOT / "vscode-extension" / "node_modules" / ".bin" / "vsce"
    package = [str(vsce), "package", "--skip-license", "--allow-missing-repository", "--out", "python.vsix"]
    subprocess.run(package, cwd=folder, check=True, capture_output=True)
    return folder / "python.vsix"


def test_the_active_environment_of_the_python_extension_is_used(
    start_editor: StartEditor, python_extension: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And another one as soon as it is selected."""
    first, second = (str(tmp_path / name / "bin" / "python") for name in ("first", "second"))
    for python in (first, second):
        venv.create(Path(python).parents[1], with_pip=False, symlinks=True)
    monkeypatch.setenv("FIRST_PYTHON", first)
    monkeypatch.setenv("SECOND_PYTHON", second)
    server, editor = start_editor({}, "--vsix", str(python_extension))
    works(editor, "first.cnn")
    assert list(servers(server).values()) == [first]
    editor.run("Python: Select the Second")
    editor.wait_until(lambda: list(servers(server).values()) == [second], "a server with the second Python")
    works(editor, "second.cnn")


def test_an_untrusted_folder_is_checked_but_not_trained_until_it_is_trusted(start_editor: StartEditor) -> None:
    settings = {"security.workspace.trust.startupPrompt": "never", "cnngen.interpreter": sys.executable}
    _, editor = start_editor(settings, "--workspace-trust")
    editor.open("untrusted.cnn", SOUND)
    expect(editor.lenses).to_have_text(["Generate Keras", "Show Diagram"])
    editor.run("Workspaces: Manage Workspace Trust")
    editor.page.get_by_role("button", name="Trust", exact=True).click()
    editor.open("untrusted.cnn")
    expect(editor.lenses).to_have_text(["Generate Keras", "Show Diagram", "Train & Measure"])
