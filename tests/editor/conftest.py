"""A real VS Code for the tests: code-server with the packaged extension, driven through Debian's Chromium.

The editor starts once for all tests. Each test module has a window of its own on a folder of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from editor_window import EditorWindow
from playwright.sync_api import Browser, sync_playwright
from training_workers import end_workers

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OUTCOME = pytest.StashKey[dict[str, pytest.TestReport]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash.setdefault(OUTCOME, {})[report.when] = report
    return report


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: $CNNGEN_SCREENSHOTS, else a temporary folder."""
    named = os.environ.get("CNNGEN_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def vsix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as a user gets it, built from the sources."""
    output = tmp_path_factory.mktemp("vsix") / "cnngen.vsix"
    build = [sys.executable, str(SCRIPTS / "build-extension"), "--output", str(output)]
    done = subprocess.run(build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return output


#: A network that learns the digits in a few seconds.
PROGRAM = """training(epochs=3)
input(dataset=digits)
conv(filters=8) max_pooling
flatten
dense
output
"""


@pytest.fixture(scope="session")
def trained_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real run. It takes some fifteen seconds, once for all tests."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "trained.cnn").write_text(PROGRAM, "utf-8")
    command = [sys.executable, "-m", "cnngen.cli", "train", "trained.cnn", "--runs-dir", "runs"]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    (run,) = (folder / "runs").glob("trained-*")
    return run


@pytest.fixture(scope="session")
def copy_run(trained_run: Path) -> Callable[..., Path]:
    """Puts the run into a workspace as one of a program's name, begun at noon of a day in November 2026."""

    def copy(workspace: Path, *, day: int, name: str = "trained") -> Path:
        folder = workspace / "runs" / f"{name}-202611{day}-120000-{trained_run.name.rpartition('-')[2]}"
        shutil.copytree(trained_run, folder)
        record = json.loads((folder / "result.json").read_text("utf-8"))
        record["program"]["name"] = name
        record["run"] |= {"id": folder.name, "started_utc": f"2026-11-{day}T12:00:00+00:00"}
        (folder / "result.json").write_text(json.dumps(record), "utf-8")
        return folder

    return copy


class CodeServer:
    """A running code-server: its address and its profile."""

    def __init__(self, profile: Path, process: subprocess.Popen[str], address: str) -> None:
        self.profile, self.process, self.address = profile, process, address

    def url(self, folder: Path) -> str:
        return f"{self.address}?folder={quote(str(folder))}"

    def logs(self) -> str:
        """What the extension host, the language client and the language server have written."""
        wanted = re.compile(r"remoteexthost\.log|.*CNNGen.*\.log")
        found = [path for path in (self.profile / "data/logs").rglob("*.log") if wanted.fullmatch(path.name)]
        tails = [f"--- {path}\n{path.read_text('utf-8', 'replace')[-6000:]}" for path in sorted(found)]
        return "\n".join(tails)

    def stop(self) -> None:
        """End code-server with all that it has started: extension hosts, language servers, workers."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start_code_server(vsix: Path, profile: Path, settings: dict[str, Any], *options: str) -> CodeServer:
    """Start a code-server with a fresh profile, in a process group of its own."""
    command = [sys.executable, str(SCRIPTS / "start-code-server"), str(profile.parent)]
    command += ["--vsix", str(vsix), "--profile", str(profile), "--settings", json.dumps(settings), *options]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url, "code-server did not start; what it said stands above"
    return CodeServer(profile, process, url.partition("?")[0])


@pytest.fixture(scope="session")
def code_server(vsix: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    """The editor of most tests. Its Python is the one that runs the tests."""
    profile = tmp_path_factory.mktemp("editor") / "profile"
    server = start_code_server(vsix, profile, {"cnngen.interpreter": sys.executable})
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; it must not outlive the module, or tests with asyncio fail later.
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "no Chromium: scripts/apt-install chromium"
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that the window shows. A test puts its programs there. No training outlives the module."""
    folder = tmp_path_factory.mktemp("workspace")
    yield folder
    end_workers(folder)


@pytest.fixture(scope="module")
def window(code_server: CodeServer, browser: Browser, workspace: Path) -> Iterator[EditorWindow]:
    """A window on the workspace."""
    window = EditorWindow(browser, code_server.url(workspace), workspace)
    yield window
    window.close()
    assert not window.outside, "the editor asked for a host outside of this machine"


@pytest.fixture
def editor(
    window: EditorWindow, code_server: CodeServer, screenshots: Path, request: pytest.FixtureRequest
) -> Iterator[EditorWindow]:
    """The module's window, tidied up for this test. A test that fails leaves a picture and the logs, and no training."""
    window.tidy()
    yield window
    if told(request.node, window, screenshots):
        print(code_server.logs())
        end_workers(window.folder)


StartEditor = Callable[..., tuple[CodeServer, EditorWindow]]


@pytest.fixture
def start_editor(
    vsix: Path,
    browser: Browser,
    workspace: Path,
    screenshots: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[StartEditor]:
    """Starts an editor of the test's own on the workspace, with settings and options of start-code-server."""
    with contextlib.ExitStack() as stack:

        def start(settings: dict[str, Any], *options: str) -> tuple[CodeServer, EditorWindow]:
            server = start_code_server(vsix, tmp_path / "profile", settings, *options)
            stack.callback(server.stop)
            window = EditorWindow(browser, server.url(workspace), workspace)
            stack.callback(window.close)
            stack.callback(lambda: told(request.node, window, screenshots) and print(server.logs()))
            return server, window

        yield start


def told(item: pytest.Item, window: EditorWindow, screenshots: Path) -> bool:
    """Whether the test has failed; if so its last picture is kept."""
    report = item.stash.get(OUTCOME, {}).get("call")
    if report is None or not report.failed:
        return False
    picture = screenshots / f"failed-{item.name}.png"
    window.screenshot(picture)
    print(f"The window at the failure: {picture}")
    return True
