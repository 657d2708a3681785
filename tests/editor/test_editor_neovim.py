"""Neovim, Debian's, with the configuration of docs/editors/neovim.md: the server serves any editor."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.editor

PAGE = Path(__file__).resolve().parents[2] / "docs" / "editors" / "neovim.md"
FAULTY = "input conv [ (conv(strides=2), Empty) ] flaten dense output\n"

#: Asks Neovim's own functions, and writes what they answer as JSON.
SCRIPT = """
vim.cmd("edit " .. vim.env.PROGRAM)
vim.wait(30000, function() return #vim.diagnostic.get(0) >= 2 end, 20)
local found = { diagnostics = vim.diagnostic.get(0) }
local document = vim.lsp.util.make_text_document_params()
local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000) or {}
  for _, answer in pairs(answers) do return answer.result end
end
local place = { textDocument = document, position = { line = 0, character = 7 } }
local misspelt = { start = { line = 0, character = 42 }, ["end"] = { line = 0, character = 42 } }
found.lenses = ask("textDocument/codeLens", { textDocument = document })
found.hover = ask("textDocument/hover", place)
found.actions = ask("textDocument/codeAction", {
  textDocument = document, range = misspelt, context = { diagnostics = {} },
})
for _, action in ipairs(found.actions) do
  if action.title == "Replace by flatten" then
    vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
  end
end
vim.wait(30000, function() return #vim.diagnostic.get(0) == 1 end, 20)
found.text = vim.api.nvim_buf_get_lines(0, 0, -1, false)
found.left = vim.diagnostic.get(0)
vim.fn.writefile({ vim.fn.json_encode(found) }, vim.env.FOUND)
vim.cmd("qall!")
"""


@pytest.fixture(scope="module")
def neovim(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Neovim shows of a faulty program, before and after a quick fix."""
    if shutil.which("nvim") is None:
        pytest.skip("Neovim is not installed: `make test` installs it")
    folder = tmp_path_factory.mktemp("neovim")
    blocks = re.findall(r"```lua\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "init.lua").write_text("\n".join(blocks), encoding="utf-8")
    (folder / "script.lua").write_text(SCRIPT, encoding="utf-8")
    (folder / "faulty.cnn").write_text(FAULTY, encoding="utf-8")
    # The page calls the command `cnngen`, as a user has it after installing.
    environment = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PROGRAM": str(folder / "faulty.cnn"), "FOUND": str(folder / "found.json"), "XDG_STATE_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
    }  # fmt: skip
    command = ["nvim", "--headless", "-n", "-i", "NONE", "-u", "init.lua", "-c", "luafile script.lua", "-c", "qall!"]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert (folder / "found.json").exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return found


def test_diagnostics_stand_at_their_places(neovim: dict[str, Any]) -> None:
    places = [(found["code"], found["col"]) for found in neovim["diagnostics"]]
    assert sorted(places) == [("CNN102", FAULTY.index("flaten")), ("CNN301", FAULTY.index("(conv"))]


def test_the_lenses_offer_to_generate_and_to_train(neovim: dict[str, Any]) -> None:
    titles = [lens["command"]["title"] for lens in neovim["lenses"]]
    assert {"Generate Keras", "Train & Measure"} <= set(titles)


def test_a_quick_fix_is_applied_and_its_diagnostic_goes(neovim: dict[str, Any]) -> None:
    assert "Replace by flatten" in [action["title"] for action in neovim["actions"]]
    assert neovim["text"] == [FAULTY.replace("flaten", "flatten").rstrip()]
    assert [found["code"] for found in neovim["left"]] == ["CNN301"]
