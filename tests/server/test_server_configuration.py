"""Settings: their one definition, and how they reach the server while it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from server_editor import Editor, until

from cnngen.runtime import TrainOptions
from cnngen.runtime.driving.options import MOST_SECONDS
from cnngen.server import settings_pages
from cnngen.server.settings import Settings, expanded, expanded_command, options
from cnngen.server.training import train_options

ROOT = Path(__file__).parent.parent.parent
GOOD = "input conv max_pooling flatten dense output"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner) | inner
)


def test_the_extension_and_the_docs_say_what_the_code_says() -> None:
    """scripts/write-reference was run after the last change."""
    package = (ROOT / "vscode-extension" / "package.json").read_text("utf-8")
    assert settings_pages.with_schema(package) == package
    assert json.loads(package)["contributes"]["configuration"]["properties"] == settings_pages.schema()
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == settings_pages.page()


def test_every_setting_is_explained_and_its_default_fits() -> None:
    for each, said in options():
        if not said.internal:
            assert said.text.endswith("."), said.name
            assert Settings().configured({said.name: settings_pages.default_of(each, said)})[1] == []


def test_a_value_that_does_not_fit_is_told_and_the_others_count() -> None:
    given = {"country": "France", "device": "tpu", "codeLens": {"enable": "no"}, "runsDirectory": " ~/runs "}
    settings, problems = Settings(country="DEU").configured(given)
    assert settings == Settings(country="DEU", runs_directory="~/runs")
    assert problems == [
        "The setting cnngen.country must be three letters (ISO 3166-1 alpha-3), such as FRA, not 'France': it is left out.",
        "The setting cnngen.device must be auto, cpu, gpu or gpu:N, not 'tpu': it is left out.",
        "The setting cnngen.codeLens.enable must be true or false, not 'no': it is left out.",
    ]


@pytest.mark.parametrize(
    ("value", "fits"),
    [(0, True), (2.5, True), (MOST_SECONDS, True), (MOST_SECONDS + 1, False), (-1, False), (True, False), ("3", False),
     (float("nan"), False), (float("inf"), False)],
)  # fmt: skip
def test_a_number_of_seconds_is_within_what_a_training_takes(value: Any, fits: bool) -> None:
    settings, problems = Settings().configured({"training": {"idleSeconds": value}})
    assert (settings.idle == value) is fits
    told = f"The setting cnngen.training.idleSeconds must be a number from 0 to 3600, not {value!r}: it is left out."
    assert problems == ([] if fits else [told])


def test_a_training_of_the_editor_measures_and_stops_as_the_settings_say(tmp_path: Path) -> None:
    given = {
        "training": {"idleSeconds": 0, "inferenceSeconds": 1, "maxEnergy": 2.5, "maxTime": "10m", "deterministic": True}
    }
    settings, problems = Settings().configured(given)
    assert problems == []
    asked = train_options(settings, tmp_path / "net.cnn", tmp_path)
    assert (asked.idle_s, asked.inference_s, asked.max_energy_wh, asked.max_time_s) == (0.0, 1.0, 2.5, 600.0)
    assert asked.deterministic
    default, unset = train_options(Settings(), tmp_path / "net.cnn", tmp_path), TrainOptions()
    for name in ("idle_s", "inference_s", "max_energy_wh", "max_time_s", "deterministic"):
        assert getattr(default, name) == getattr(unset, name), name


@pytest.mark.parametrize(
    "written, found",
    [("digits", "digits"), ("own.npz", "FOLDER/own.npz"), ("${workspaceFolder}/photos", "FOLDER/photos"), ("", None)],
)
def test_the_data_set_of_the_settings_is_that_of_programs_that_name_none(
    tmp_path: Path, written: str, found: str | None
) -> None:
    settings, problems = Settings().configured({"training": {"dataset": written}})
    assert problems == []
    program = tmp_path / "nets" / "net.cnn"
    assert train_options(settings, program, tmp_path).dataset == (found and found.replace("FOLDER", str(tmp_path)))
    assert train_options(settings, program, tmp_path, "mnist").dataset is None  # the program's own


def test_a_folder_cannot_trust_itself_nor_name_what_is_the_editors() -> None:
    asked = {"trusted": True, "workerPath": "/evil", "trainingFinished": True, "epochs": 5, "dataset": "mnist"}
    assert Settings(trusted=False).configured(asked) == (Settings(trusted=False), [])


@given(st.dictionaries(st.sampled_from([said.name for _, said in options()]) | st.text(max_size=3), JSON) | JSON)
def test_no_value_raises_and_what_is_taken_is_of_its_type(given: Any) -> None:
    settings, _ = Settings().configured(given)
    assert isinstance(settings.code_lens, bool)
    assert isinstance(settings.device, str)
    assert settings.country is None or len(settings.country) == 3


@pytest.mark.parametrize(
    ("written", "folder", "path"),
    [
        ("~/runs", None, Path.home() / "runs"),
        ("${userHome}/runs", "/programs", Path.home() / "runs"),
        ("${workspaceFolder}/runs", "/my work", Path("/my work/runs")),
        ("${workspaceFolder}/runs", None, None),
        ("runs", "/programs", Path("/programs/runs")),
        ("runs", None, None),
        ("/absolute", None, Path("/absolute")),
        ("~nobody-has-this-name/x", "/programs", None),
    ],
)
def test_paths_are_filled_in(written: str, folder: str | None, path: Path | None) -> None:
    assert expanded(written, Path(folder) if folder else None) == path


def test_an_interpreter_may_be_a_bare_name() -> None:
    assert expanded_command("python3.12", Path("/programs")) == "python3.12"
    assert expanded_command(".venv/bin/python", Path("/programs")) == "/programs/.venv/bin/python"
    assert expanded_command("~/venv/bin/python", None) == str(Path.home() / "venv/bin/python")


async def has_lenses(editor: Editor, uri: str) -> bool:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    return bool(await editor.text_document_code_lens_async(params))


@pytest.mark.asyncio
async def test_each_folder_has_its_own_settings_and_a_change_counts_at_once(editor: Editor, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    off = {"codeLens": {"enable": False}}
    await editor.begin(folders=[one, two], settings={two.as_uri(): off, "": {}})
    await until(lambda: len(editor.registered) == 2)
    (registered,) = [r for r in editor.registered if r.method == types.WORKSPACE_DID_CHANGE_CONFIGURATION]
    assert registered.register_options == {"section": "cnngen"}
    uris = [(folder / "net.cnn").as_uri() for folder in (one, two)]
    for uri in uris:
        editor.type_in(uri, GOOD)
    assert [await has_lenses(editor, uri) for uri in uris] == [True, False]
    editor.settings = {one.as_uri(): off, "": {}}
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await until(lambda: editor.asked_for_settings >= 2)
    assert [await has_lenses(editor, uri) for uri in uris] == [False, True]


@pytest.mark.asyncio
async def test_what_is_wrong_is_told_once_until_it_is_wrong_anew(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(folders=[tmp_path], settings={"": {"device": "tpu"}})
    await until(lambda: editor.messages)
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await until(lambda: editor.asked_for_settings >= 2)
    assert not await has_lenses(editor, "file:///nowhere.cnn")
    assert [message.type for message in editor.messages] == [types.MessageType.Warning]
    editor.settings = {"": {"device": "npu"}}
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await until(lambda: len(editor.messages) == 2)
    assert "'npu'" in editor.messages[1].message


@pytest.mark.asyncio
async def test_a_client_that_cannot_be_asked_sends_its_settings(editor: Editor) -> None:
    await editor.begin()
    editor.type_in("file:///net.cnn", GOOD)
    assert await has_lenses(editor, "file:///net.cnn")
    off = {"cnngen": {"codeLens": {"enable": False}}}
    editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=off))
    assert not await has_lenses(editor, "file:///net.cnn")


@pytest.mark.asyncio
async def test_the_workspace_is_checked_as_far_as_the_user_wants(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "net.cnn").write_text("input cnov")
    await editor.begin(pulls=True, folders=[tmp_path], settings={"": {"diagnostics": {"workspace": False}}})
    await until(lambda: len(editor.registered) == 2)
    assert await editor.pulled_all() == {}
    assert not (await editor.pulled((tmp_path / "net.cnn").as_uri())).items
