"""Emacs, Debian's, with the configuration of docs/editors/emacs.md: what Eglot shows of a faulty program."""

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

PAGE = Path(__file__).resolve().parents[2] / "docs" / "editors" / "emacs.md"
FAULTY = "input   conv [ (conv(strides=2), Empty) ] flaten dense output\n"

#: Asks Eglot's own functions, and writes what they answer as JSON.
SCRIPT = """
(defun wait-for (test)
  (let ((left 600))
    (while (and (not (funcall test)) (> left 0))
      (accept-process-output nil 0.05)
      (setq left (1- left)))))
(defun found-now ()
  (flymake-start)
  (mapcar (lambda (it) (list :text (flymake-diagnostic-text it) :at (flymake-diagnostic-beg it))) (flymake-diagnostics)))
(find-file (getenv "PROGRAM"))
(run-hooks 'post-command-hook)
(wait-for #'eglot-managed-p)
(wait-for (lambda () (= (length (found-now)) 2)))
(let ((before (found-now)) hover mended after)
  (goto-char 10)
  (setq hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams)))
  (search-forward "flaten")
  (setq mended (seq-find (lambda (it) (equal (plist-get it :title) "Replace by flatten"))
                         (eglot-code-actions (1- (point)) (1- (point)))))
  (eglot--apply-workspace-edit (plist-get mended :edit))
  (eglot--signal-textDocument/didChange) ; Eglot waits for a pause, which a batch never makes
  (wait-for (lambda () (= (length (found-now)) 1)))
  (setq after (found-now))
  (eglot-format)
  (with-temp-file (getenv "FOUND")
    (insert (json-serialize
             (list :before (vconcat before) :after (vconcat after) :hover (plist-get (plist-get hover :contents) :value)
                   :text (with-current-buffer (get-file-buffer (getenv "PROGRAM")) (buffer-string)))))))
(eglot-shutdown (eglot--current-server-or-lose))
"""


@pytest.fixture(scope="module")
def emacs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Emacs shows of a faulty program, before and after a quick fix, and how it formats it."""
    if shutil.which("emacs") is None:
        pytest.skip("Emacs is not installed: `make test` installs it")
    folder = tmp_path_factory.mktemp("emacs")
    (configuration,) = re.findall(r"```elisp\n(\(define.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "init.el").write_text(configuration, encoding="utf-8")
    (folder / "script.el").write_text(SCRIPT, encoding="utf-8")
    (folder / "faulty.cnn").write_text(FAULTY, encoding="utf-8")
    # The page calls the command `cnngen`, as a user has it after installing.
    environment = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PROGRAM": str(folder / "faulty.cnn"), "FOUND": str(folder / "found.json"), "HOME": str(folder),
    }  # fmt: skip
    command = ["emacs", "--batch", "-f", "package-initialize", "-l", "init.el", "-l", "script.el"]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert (folder / "found.json").exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return found


def test_diagnostics_stand_at_their_places(emacs: dict[str, Any]) -> None:
    places = [(re.findall(r"CNN\d+", found["text"]), found["at"] - 1) for found in emacs["before"]]
    assert sorted(places) == [(["CNN102"], FAULTY.index("flaten")), (["CNN301"], FAULTY.index("(conv"))]


def test_a_quick_fix_is_applied_and_its_diagnostic_goes(emacs: dict[str, Any]) -> None:
    assert [re.findall(r"CNN\d+", found["text"]) for found in emacs["after"]] == [["CNN301"]]


def test_the_buffer_is_formatted(emacs: dict[str, Any]) -> None:
    assert emacs["text"].splitlines() == [
        "input", "conv", "[ (conv(strides=2), Empty) ]", "flatten", "dense", "output",
    ]  # fmt: skip


def test_a_hover_tells_what_the_word_does_and_costs(emacs: dict[str, Any]) -> None:
    assert emacs["hover"].startswith("conv – A convolution.")
    assert "MACs" in emacs["hover"]
