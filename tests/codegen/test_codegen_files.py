"""`generate`: a whole set of files, or what was there before."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from codegen_programs import program
from recorder import completed, expected, made_by

from cnngen.codegen import Generated, Unavailable, diagram, generate, generate_all, keras_code, network_json
from cnngen.codegen.artefacts import ALL
from cnngen.language import Analysis, analyse


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_code_pictures_and_data_are_written(tmp_path: Path):
    analysis = program("nested")
    generated = generate(analysis, tmp_path / "new" / "folder", "net")
    assert generated.notes == ()
    assert {kind: path.name for kind, path in generated.files.items()} == {
        "python": "net.py",
        "svg": "net.svg",
        "png": "net.png",
        "json": "net.json",
    }
    files = contents(tmp_path / "new" / "folder")
    assert set(files) == {"net.py", "net.svg", "net.png", "net.json"}
    assert files["net.py"].decode() == keras_code(analysis)
    assert files["net.svg"] == diagram(analysis.network, "svg")
    assert files["net.png"] == diagram(analysis.network, "png")
    assert json.loads(files["net.json"]) == network_json(analysis)


def test_the_json_is_the_network_with_its_diagnostics():
    analysis = analyse("input(dataset=mnist) conv output", name="net")
    data = json.loads(json.dumps(network_json(analysis)))
    assert data["schema"] == 1
    assert data["name"] == "net"
    assert [node["kind"] for node in data["nodes"]] == ["input", "conv"]
    assert data["totals"]["params"] == analysis.network.totals.params
    assert [found["code"] for found in data["diagnostics"]] == ["CNN401"]


def test_a_program_with_errors_has_json_too():
    data = network_json(analyse("input conv flatten dense", name="broken"))
    assert data["diagnostics"][0]["severity"] == "error"


def test_a_program_with_errors_generates_nothing(tmp_path: Path):
    with pytest.raises(ValueError, match="has errors"):
        generate(analyse("input conv flatten dense"), tmp_path / "out", "net")
    assert not (tmp_path / "out").exists()


def test_files_of_a_name_that_is_no_utf8_are_written(tmp_path: Path):
    """A folder may hold a file whose name no encoding knows; Python shows such bytes as lone surrogates."""
    analysis = analyse("input conv flatten dense output", name="caf\udce9")
    assert set(generate(analysis, tmp_path, "caf\udce9").files) == {"python", "svg", "png", "json"}


def test_without_graphviz_the_rest_is_written_and_no_old_picture_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    generate(program("ten_words"), tmp_path, "net")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    generated = generate(program("nested"), tmp_path, "net")
    assert set(generated.files) == {"python", "json"}
    assert len(generated.notes) == 1
    assert "cnngen[dot]" in generated.notes[0]
    assert set(contents(tmp_path)) == {"net.py", "net.json"}


def test_a_folder_that_cannot_be_made_is_an_oserror(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OSError, match="file"):
        generate(program("ten_words"), tmp_path / "file" / "out", "net")


def test_a_folder_in_the_place_of_a_file_leaves_everything_as_it_was(tmp_path: Path):
    (tmp_path / "net.json").mkdir()
    with pytest.raises(IsADirectoryError, match=r"net\.json"):
        generate(program("ten_words"), tmp_path, "net")
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]


def test_a_full_disk_leaves_the_old_set_and_nothing_else(tmp_path: Path):
    """A limit on the size of files stands in for the full disk: the code fits, the JSON does not."""
    generate(program("ten_words"), tmp_path, "net")
    before = contents(tmp_path)
    script = f"""
import resource, signal
from pathlib import Path
from cnngen.codegen import generate
from codegen_programs import program
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
analysis = program("highway")
resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))
try:
    generate(analysis, Path({str(tmp_path)!r}), "net")
except OSError as error:
    print("OSError", error.errno)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    assert "OSError" in done.stdout
    assert contents(tmp_path) == before


def everything(folder: Path, onnx: Callable[[Analysis], bytes] | None = None, name: str = "residual") -> Generated:
    return generate_all(program(name), folder, name, onnx)


def test_everything_is_written_into_one_folder_with_a_manifest(tmp_path: Path):
    analysis = program("residual")
    generated = everything(tmp_path, lambda found: b"model of " + found.network.hash.encode())
    assert generated.notes == ()
    assert {path.parent for path in generated.files.values()} == {tmp_path / "residual"}
    files = contents(tmp_path / "residual")
    listed = json.loads(files.pop("manifest.json"))
    assert listed["hash"] == analysis.network.hash
    assert {entry["file"] for entry in listed["files"]} == set(files) == {f"residual.{a.suffix}" for a in ALL.values()}
    for entry in listed["files"]:
        content = files[entry["file"]]
        assert (entry["bytes"], entry["sha256"]) == (len(content), sha256(content).hexdigest())
        assert entry["what"]


def test_every_file_says_the_same_network(tmp_path: Path):
    """Each form that can be read is read, and compared with the network layer by layer."""
    network = program("residual").network
    everything(tmp_path)
    files = {
        path.name.removeprefix("residual."): path.read_text("utf-8", "replace")
        for path in (tmp_path / "residual").iterdir()
    }
    edges = sorted((source, node.id) for node in network.nodes for source in node.inputs)
    for text in (files["cnn"], files["canonical.cnn"]):
        again = analyse(text).network
        assert again.hash == network.hash
        assert [node.shape for node in again.nodes] == [node.shape for node in network.nodes]
    nodes = json.loads(files["json"])["nodes"]
    assert [(n["kind"], n["name"], tuple(n["inputs"]), tuple(n["shape"]), n["params"], n["macs"]) for n in nodes] == [
        (n.kind, n.name, n.inputs, n.shape, n.params, n.macs) for n in network.nodes
    ]
    matrix = json.loads(files["adjacency.json"])
    assert matrix["labels"] == [node.kind for node in network.nodes]
    assert [(i, j) for i, row in enumerate(matrix["matrix"]) for j, one in enumerate(row) if one] == edges
    assert sorted((int(a), int(b)) for a, b in re.findall(r"^n(\d+) -> n(\d+)", files["dot"], re.MULTILINE)) == edges
    assert list(map(completed, made_by(files["py"]))) == expected(network)


def test_everything_is_the_same_bytes_each_time(tmp_path: Path):
    everything(tmp_path / "one")
    everything(tmp_path / "other")
    assert contents(tmp_path / "one" / "residual") == contents(tmp_path / "other" / "residual")


def test_what_cannot_be_made_is_a_note_and_an_older_one_goes(tmp_path: Path):
    def nothing(_: Analysis) -> bytes:
        raise Unavailable("There is no ONNX here.")

    everything(tmp_path, lambda _: b"model")
    assert (tmp_path / "residual" / "residual.onnx").exists()
    generated = everything(tmp_path, nothing)
    assert generated.notes == ("There is no ONNX here.",)
    assert not (tmp_path / "residual" / "residual.onnx").exists()
    listed = json.loads((tmp_path / "residual" / "manifest.json").read_text())
    assert "residual.onnx" not in [entry["file"] for entry in listed["files"]]
