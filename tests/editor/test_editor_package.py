"""What the extension's package holds, and that its colouring knows the language."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cnngen.language.words.catalogue import WORDS

EXTENSION = Path(__file__).resolve().parents[2] / "vscode-extension"


def test_the_grammar_colours_every_word_of_the_language_and_no_other() -> None:
    grammar = json.loads((EXTENSION / "syntaxes/cnn.tmLanguage.json").read_text("utf-8"))
    patterns = [entry["match"] for entry in grammar["repository"]["word"]["patterns"]]
    coloured = {word for pattern in patterns for word in re.findall(r"\w+", pattern.replace(r"\b", " "))}
    assert coloured == set(WORDS)


@pytest.mark.editor
def test_the_package_is_small_and_runs_on_every_platform(vsix: Path) -> None:
    """It holds no compiled code, and of Python nothing but what the server imports."""
    with zipfile.ZipFile(vsix) as package:
        names = package.namelist()
    assert vsix.stat().st_size < 2_500_000
    assert not [name for name in names if re.search(r"\.(so|pyd|dylib|dll|node|pyc|exe)$", name)]
    tops = {name.split("/")[1] for name in names if name.startswith("extension/")}
    assert tops >= {"package.json", "dist", "bundled", "launch_server.py", "syntaxes", "icons"}
    assert tops.isdisjoint({"src", "node_modules"})
    assert [name for name in names if name.endswith("/search/predictors/compact/shipped.json")], "the predictor's model"
    worker_path = {name.split("/")[3] for name in names if name.startswith("extension/bundled/cnngen/")}
    assert {name for name in worker_path if not name.endswith(".dist-info")} == {"cnngen"}
    rooms = {tuple(name.split("/")[4:6]) for name in names if name.startswith("extension/bundled/cnngen/cnngen/")}
    assert {room[0] for room in rooms} >= {"language", "codegen", "runtime", "search", "server"}
    assert ("cli", "main.py") not in rooms and ("search", "benchmark") not in rooms


@pytest.mark.editor
def test_each_package_that_is_carried_has_its_notice(vsix: Path) -> None:
    """Those in the bundles of JavaScript, as the bundler tells them, and those of Python."""
    with zipfile.ZipFile(vsix) as package:
        notices = package.read("extension/THIRD-PARTY-NOTICES.txt").decode()
        libraries = {name.split("/")[3] for name in package.namelist() if name.endswith(".dist-info/METADATA")}
    told = set(re.findall(r"^-{100}\n\n(\S+) \S+", notices, re.MULTILINE))
    metadata = [json.loads(path.read_text("utf-8")) for path in (EXTENSION / "dist").glob("*.meta.json")]
    files = [file for each in metadata for file in each["inputs"]]
    scripts = {found for file in files for found in re.findall(r".*node_modules/((?:@[^/]+/)?[^/]+)", file)}
    assert scripts >= {"vscode-languageclient", "@observablehq/plot", "d3-scale", "@hpcc-js/wasm-graphviz"}
    libraries = {name.split("-")[0] for name in libraries if name != "cnngen"}
    assert {name.replace("-", "_") for name in told} == {name.replace("-", "_") for name in scripts | libraries} - {
        "cnngen"
    }
    for licence in ("Apache License", "Eclipse Public License", "MIT", "ISC"):
        assert licence in notices


@pytest.mark.editor
def test_the_carried_server_starts_alone_and_leaves_the_module_path_to_the_worker(vsix: Path, tmp_path: Path) -> None:
    """A Python without any package can start it, and the environment that the worker inherits stays as it was."""
    with zipfile.ZipFile(vsix) as package:
        package.extractall(tmp_path)
    launcher = tmp_path / "extension" / "launch_server.py"
    start = f"""if True:
        import os, runpy, sys
        sys.argv = ["launch_server.py", "--help"]
        try:
            runpy.run_path({str(launcher)!r}, run_name="__main__")
        finally:
            print("PYTHONPATH:", os.environ.get("PYTHONPATH"))
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    python = [sys.executable, "-I", "-S", "-c", start]  # -S: without site-packages
    done = subprocess.run(python, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "language server" in done.stdout
    assert "PYTHONPATH: None" in done.stdout


@pytest.mark.editor
def test_what_the_editor_asks_for_later_is_carried_too(vsix: Path, tmp_path: Path) -> None:
    """The predictor answers, and the process that repeats trainings needs no library: a worker's Python has none of ours."""
    with zipfile.ZipFile(vsix) as package:
        package.extractall(tmp_path)
    carried = tmp_path / "extension" / "bundled" / "cnngen"
    ask = f"""if True:
        import sys
        sys.path[:0] = [{str(carried)!r}]
        import cnngen.runtime.driving.repeater
        from cnngen.language import analyse
        from cnngen.search.predictors.compact.shipped import shipped
        program = open({str(carried.parent / "samples" / "lenet5.cnn")!r}).read()
        print(shipped().predict(analyse(program)))
    """
    done = subprocess.run([sys.executable, "-I", "-S", "-c", ask], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "accuracy" in done.stdout
