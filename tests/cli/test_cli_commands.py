"""The commands as a shell sees them: output, exit codes, errors in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cnngen.cli.main import run

GOOD = "input conv max_pooling flatten dense output\n"
BAD = "input cnov max_pooling flatten dense output\n"
COMMAND = [sys.executable, "-m", "cnngen.cli"]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good and a bad program, where the command is run."""
    (tmp_path / "good.cnn").write_text(GOOD)
    (tmp_path / "bad.cnn").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CNNGEN_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def shell(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False, **more
    )


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence on standard error."""
    said = capsys.readouterr().err
    assert said.startswith("cnngen: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said
    return said


@pytest.mark.usefixtures("files")
class TestCheck:
    def test_exit_codes(self, capsys: pytest.CaptureFixture[str]) -> None:
        """0 without errors, 1 with errors in programs, 2 when a file could not be read, whatever else was found."""
        assert run(["check", "good.cnn"]) == 0
        assert run(["check", "good.cnn", "bad.cnn"]) == 1
        assert run(["check", "bad.cnn", "missing.cnn", "good.cnn"]) == 2
        assert "Found 1 error in 2 programs." in capsys.readouterr().out

    def test_a_warning_is_no_error(self, capsys: pytest.CaptureFixture[str], files: Path) -> None:
        (files / "features.cnn").write_text("input conv output")
        assert run(["check", "features.cnn"]) == 0
        assert "warning[CNN401]" in capsys.readouterr().out

    def test_text_is_rendered_with_place_and_carets(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(["check", "bad.cnn"])
        said = capsys.readouterr().out
        assert " --> bad.cnn:1:7\n" in said
        assert "1 | input cnov max_pooling" in said
        assert "  |       ^^^^\n" in said
        assert "= help: " in said

    def test_json_lists_all_findings_of_all_files(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["check", "--format", "json", "good.cnn", "bad.cnn"]) == 1
        (found,) = json.loads(capsys.readouterr().out)
        assert found.keys() == {"file", "code", "severity", "message", "range", "related", "fixes"}
        assert (found["file"], found["code"], found["severity"]) == ("bad.cnn", "CNN102", "error")
        assert found["range"] == {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 10}}
        assert found["fixes"][0]["edits"][0]["newText"] == "conv"

    def test_json_of_nothing_is_an_empty_list(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["check", "--format=json", "good.cnn"]) == 0
        assert json.loads(capsys.readouterr().out) == []

    def test_a_folder_means_the_programs_below_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("below/deeper").mkdir(parents=True)
        Path("below/one.cnn").write_text(GOOD)
        Path("below/deeper/two.cnn").write_text(BAD)
        assert run(["check", "below"]) == 1
        said = capsys.readouterr().out
        assert f"{Path('below/deeper/two.cnn')}:1:7" in said
        assert "in 2 programs" in said

    def test_one_program_is_asked_for_where_a_folder_means_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["describe", "."]) == 2
        assert ". is a folder; name one of the programs in it." in sentence(capsys)

    def test_a_dash_is_standard_input(self) -> None:
        done = shell("check", "-", input=BAD)
        assert done.returncode == 1
        assert "<stdin>:1:7" in done.stdout
        assert shell("check", "-", input=GOOD).returncode == 0

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("missing.cnn", None, "There is no file missing.cnn."),
            ("empty", None, "There are no .cnn files below empty"),
            ("good.cnn/x", None, "cannot be read: Not a directory"),
            ("latin.cnn", "input // Größe".encode("latin-1"), "is not UTF-8 text (byte 11); save it as UTF-8."),
            ("a\0b", None, "cannot be read"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_a_sentence(
        self, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, said: str
    ) -> None:
        if content is not None:
            Path(name).write_bytes(content)
        Path("empty").mkdir()
        assert run(["check", name]) == 2
        assert said in sentence(capsys)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_a_file_without_permission_is_a_sentence(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("good.cnn").chmod(0)
        assert run(["check", "good.cnn"]) == 2
        assert "may not be read; check its permissions" in sentence(capsys)

    def test_a_byte_order_mark_moves_no_position(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("bom.cnn").write_bytes(b"\xef\xbb\xbf" + BAD.encode())
        run(["check", "bom.cnn"])
        assert "bom.cnn:1:7" in capsys.readouterr().out

    def test_an_escape_sequence_in_a_program_does_not_reach_the_terminal(self, files: Path) -> None:
        (files / "evil\x1b[2J.cnn").write_bytes(b"input \x1b]0;owned\x07 c\xc2\x9bnov")
        for form in ("text", "json"):
            done = shell("check", "--format", form, "evil\x1b[2J.cnn")
            assert done.returncode == 1
            assert not {"\x1b", "\x07", "\x9b"} & set(done.stdout + done.stderr)

    def test_colours_are_for_terminals_and_never_with_no_color(self) -> None:
        assert "\x1b[" not in shell("check", "bad.cnn").stdout
        forced = {**os.environ, "FORCE_COLOR": "1"}
        assert "\x1b[1;31merror" in shell("check", "bad.cnn", env=forced).stdout
        assert "\x1b[" not in shell("check", "bad.cnn", env={**forced, "NO_COLOR": "1"}).stdout

    def test_a_terminal_without_unicode_is_no_reason_to_stop(self) -> None:
        env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
        done = shell("check", "-", input="input c\x1bnov", env=env)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr

    def test_a_reader_that_leaves_is_no_fault(self) -> None:
        for _ in range(3):
            with subprocess.Popen([*COMMAND, "check", *["bad.cnn"] * 500], stdout=-1, stderr=-1) as process:
                assert process.stdout and process.stderr
                process.stdout.readline()
                process.stdout.close()
                assert process.stderr.read() == b""

    def test_it_loads_nothing_that_is_slow(self) -> None:
        """Checking while typing in a shell must feel immediate."""
        code = (
            "import sys; from cnngen.cli.main import run; run(['check', 'bad.cnn']); "
            "print(*sys.modules, sep='\\n', file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        loaded = set(done.stderr.split())
        assert "cnngen.language" in loaded
        assert not {"pygls", "lsprotocol", "keras", "tensorflow", "numpy", "rich", "pydot", "codecarbon"} & loaded
        assert not {"cnngen.codegen", "cnngen.runtime", "cnngen.server"} & loaded


@pytest.mark.usefixtures("files")
class TestDescribe:
    def test_the_table_has_every_layer_and_the_totals(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["describe", "good.cnn"]) == 0
        said = capsys.readouterr().out
        assert [line.split()[0] for line in said.splitlines() if line and "-" not in line][:8] == [
            "good",
            "data",
            "12.3",
            "layer",
            "input",
            "conv_1",
            "max_pooling_1",
            "flatten_1",
        ]
        assert "8×8×32" in said
        assert said.splitlines()[-1].startswith("total: 5 layers")

    def test_a_join_tells_what_it_reads(self, capsys: pytest.CaptureFixture[str], files: Path) -> None:
        (files / "skip.cnn").write_text("input conv [ (conv, Empty) ] flatten dense output")
        assert run(["describe", "skip.cnn"]) == 0
        assert "conv_2, conv_1" in capsys.readouterr().out

    def test_json_is_the_network_with_its_diagnostics(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["describe", "good.cnn", "--format", "json"]) == 0
        network = json.loads(capsys.readouterr().out)
        assert network["schema"] == 1
        assert network["name"] == "good"
        assert network["totals"]["layers"] == len(network["nodes"]) == 5
        assert network["diagnostics"] == []

    def test_a_program_with_errors_is_described_as_far_as_it_is_sound(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["describe", "bad.cnn", "--format", "json"]) == 1
        network = json.loads(capsys.readouterr().out)
        assert network["nodes"]
        assert [found["code"] for found in network["diagnostics"]] == ["CNN102"]
        assert run(["describe", "bad.cnn"]) == 1
        said = capsys.readouterr()
        assert "total: " in said.out
        assert "CNN102" in said.err

    def test_a_program_without_layers_has_a_table_too(self, capsys: pytest.CaptureFixture[str], files: Path) -> None:
        (files / "empty.cnn").write_text("")
        assert run(["describe", "empty.cnn"]) == 1
        assert "total: " in capsys.readouterr().out


@pytest.mark.usefixtures("files")
class TestGenerate:
    def test_it_writes_the_files_and_names_them(self, capsys: pytest.CaptureFixture[str], files: Path) -> None:
        assert run(["generate", "good.cnn", "-o", "out"]) == 0
        named = [files / line for line in capsys.readouterr().out.splitlines()]
        assert files / "out" / "good.py" in named
        assert files / "out" / "good.json" in named
        assert all(path.exists() for path in named)
        assert sorted(named) == sorted((files / "out").iterdir())

    def test_a_program_with_errors_generates_nothing(self, capsys: pytest.CaptureFixture[str], files: Path) -> None:
        assert run(["generate", "bad.cnn", "-o", "out"]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "CNN102" in said.err
        assert "cnngen: bad.cnn has errors, so nothing was generated." in said.err
        assert not (files / "out").exists()

    def test_a_folder_that_cannot_be_written_is_a_sentence(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["generate", "good.cnn", "-o", "good.cnn"]) == 2
        assert "good.cnn cannot be written: File exists." in sentence(capsys)


@pytest.mark.usefixtures("files")
class TestMain:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["chekc"], "Try 'cnngen --help'."),
            (["check"], "Missing argument 'FILE...'. Try 'cnngen check --help'."),
            (["check", "--fast", "good.cnn"], "No such option: --fast"),
            (["check", "--format", "xml", "good.cnn"], "'xml' is not one of 'text', 'json'. Try"),
            (["train", "good.cnn", "--epochs", "0"], "'--epochs'"),
            (["train", "good.cnn", "--epochs", "many"], "'--epochs'"),
            (["describe", "good.cnn", "bad.cnn"], "Try 'cnngen describe --help'."),
            (["serve", "--tcp", "--stdio"], "--tcp and --stdio exclude each other"),
        ],
    )
    def test_a_bad_command_line_is_a_sentence(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
    ) -> None:
        assert run(arguments) == 2
        assert said in sentence(capsys)

    def test_an_internal_error_asks_to_be_reported(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No traceback reaches a user who did not ask for one."""
        import cnngen.language

        def broken(*_: object, **__: object) -> None:
            raise KeyError("gone")

        monkeypatch.setattr(cnngen.language, "analyse", broken)
        assert run(["check", "good.cnn"]) == 2
        said = sentence(capsys)
        assert "KeyError: 'gone'" in said
        assert "please report it" in said
        monkeypatch.setenv("CNNGEN_DEBUG", "1")
        assert run(["check", "good.cnn"]) == 2
        assert "Traceback" in capsys.readouterr().err

    def test_version_help_and_nothing(self) -> None:
        assert shell("--version").stdout.startswith("cnngen 0.")
        for arguments in ([], ["--help"], ["-h"]):
            done = shell(*arguments)
            assert done.returncode == 0
            for command in ("check", "fmt", "describe", "generate", "train", "doctor", "serve"):
                assert command in done.stdout

    def test_shells_can_complete_it(self) -> None:
        env = {**os.environ, "_CNNGEN_COMPLETE": "complete_bash", "COMP_WORDS": "cnngen des", "COMP_CWORD": "1"}
        assert "describe" in shell(env=env).stdout


MODEL = {
    "class_name": "Sequential",
    "config": {
        "build_input_shape": [None, 8, 8, 3],
        "layers": [
            {
                "class_name": "MaxPooling2D",
                "config": {"name": "p", "pool_size": [2, 2], "strides": [2, 2], "padding": "same"},
            },
        ],
    },
}


@pytest.mark.usefixtures("files")
class TestImport:
    def test_a_model_becomes_a_program(self, capsys: pytest.CaptureFixture[str], files: Path) -> None:
        conv = {
            "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "activation": "relu",
            "use_bias": True, "kernel_initializer": "he_normal", "name": "c",
        }  # fmt: skip
        model = json.loads(json.dumps(MODEL))
        model["config"]["layers"].insert(0, {"class_name": "Conv2D", "config": conv})
        (files / "model.json").write_text(json.dumps(model))
        with zipfile.ZipFile(files / "model.keras", "w") as archive:
            archive.writestr("config.json", json.dumps(model))
        assert run(["import", "model.json", "-o", "one.cnn"]) == 0
        assert run(["import", "model.keras", "-o", "other.cnn"]) == 0
        assert (files / "one.cnn").read_text() == (files / "other.cnn").read_text()
        assert run(["check", "one.cnn"]) == 0
        assert "filters=4, kernel_size=(3, 3)" in (files / "one.cnn").read_text()

    def test_what_is_no_model_or_has_no_program_is_a_sentence(
        self, capsys: pytest.CaptureFixture[str], files: Path
    ) -> None:
        assert run(["import", "missing.keras"]) == 2
        assert "cannot be read" in sentence(capsys)
        assert run(["import", "good.cnn"]) == 2
        assert "is no model of Keras 3" in sentence(capsys)
        (files / "odd.json").write_text(
            json.dumps(
                MODEL
                | {
                    "config": {
                        "layers": [
                            {"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [None, 4, 4, 1]}},
                            {"class_name": "LSTM", "config": {"name": "m"}},
                        ]
                    }
                }
            )
        )
        assert run(["import", "odd.json"]) == 2
        assert 'The language has no word for the layer "m"' in sentence(capsys)


@pytest.mark.usefixtures("files")
def test_generate_all_writes_a_folder_with_a_manifest_and_notes_what_is_missing(
    capsys: pytest.CaptureFixture[str], files: Path
) -> None:
    assert run(["generate", "good.cnn", "--all", "-o", "out", "--interpreter", "/no/such/python"]) == 0
    said = capsys.readouterr()
    assert "There is no ONNX file" in said.err
    listed = json.loads((files / "out" / "good" / "manifest.json").read_text())
    assert {entry["file"] for entry in listed["files"]} | {"manifest.json"} == {
        path.name for path in (files / "out" / "good").iterdir()
    }
    assert "good.onnx" not in said.out
