"""The house stands as docs/architecture.md draws it: which room may import what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("language", "codegen", "runtime", "search", "server", "cli")
#: What each room may import besides the standard library. Rooms within a room are judged on their own.
MAY_IMPORT = {
    "language": {"cnngen.language", "lark"},
    "codegen": {"cnngen.codegen", "cnngen.language", "pydot"},
    "runtime": {"cnngen.runtime", "cnngen.language", "cnngen.codegen", "pyarrow", "mlflow"},
    "runtime/driving": {"cnngen.runtime", "cnngen.language", "cnngen.codegen"},
    "runtime/report": {"cnngen.runtime", "matplotlib"},
    "runtime/worker": {
        "cnngen.runtime", "keras", "tensorflow", "codecarbon", "numpy", "onnx", "tf2onnx", "sklearn", "psutil", "pynvml", "py3nvml",
    },
    "search": {
        "cnngen.search", "cnngen.language", "cnngen.codegen", "cnngen.runtime", "numpy", "pandas", "psutil", "pyarrow", "scipy", "sklearn", "matplotlib",
    },
    "search/benchmark/cluster": {"cnngen.search", "cnngen.runtime", "ray"},
    "search/predictors/deep": {
        "cnngen.search", "cnngen.language", "cnngen.codegen", "keras", "numpy", "tensorflow", "PIL",
    },
    "server": {
        "cnngen.server", "cnngen.language", "cnngen.codegen", "cnngen.runtime", "cnngen.search", "pygls", "lsprotocol", "attrs",
    },
    "cli": {
        "cnngen.cli", "cnngen.language", "cnngen.codegen", "cnngen.runtime", "cnngen.search", "cnngen.server",
        "typer", "click", "rich",
    },
}  # fmt: skip


def imports(path: Path) -> set[str]:
    """The modules that a file imports; `cnngen.room` for our own, the top-level name for others."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"cnngen.{a.name}" for a in node.names] if node.module == "cnngen" else [node.module]
        for name in names:
            parts = name.split(".")
            found.add(".".join(parts[:2]) if parts[0] == "cnngen" else parts[0])
    return {name for name in found if name not in sys.stdlib_module_names}


def files(room: str) -> list[Path]:
    inside = sorted((ROOT / room).rglob("*.py"))
    apart = [ROOT / other for other in MAY_IMPORT if other.startswith(f"{room}/")]
    return [path for path in inside if not any(path.is_relative_to(folder) for folder in apart)]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    assert files(room)
    for path in files(room):
        surplus = imports(path) - MAY_IMPORT[room]
        assert not surplus, f"{path.relative_to(ROOT)} imports {surplus}"


def test_language_reads_and_writes_no_files() -> None:
    for path in files("language"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert not names & {"open", "Path"}, path


@pytest.mark.parametrize("room", ["language", "codegen", "runtime", "search"])
def test_the_doors_of_the_inner_rooms_load_neither_keras_nor_the_protocol(room: str) -> None:
    doors = {"search": "cnngen.search, cnngen.search.predictors.predictor"}.get(room, f"cnngen.{room}")
    program = f"import sys, {doors}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"keras", "tensorflow", "numpy", "pygls", "lsprotocol", "codecarbon", "matplotlib", "sklearn"} & set(
        loaded
    )


def test_the_server_knows_of_the_search_only_the_predictor_that_it_carries_and_asks_it_without_any_library() -> None:
    for path in files("server"):
        named = [n.module or "" for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom)]
        assert {name for name in named if name.startswith("cnngen.search")} <= {
            "cnngen.search.predictors.compact.line", "cnngen.search.predictors.compact.shipped",
        }, path  # fmt: skip
    program = (
        "import sys; before = set(sys.modules)\n"
        "from cnngen.language import analyse; from cnngen.server.predictions import Predictions\n"
        "assert Predictions().of(analyse('input conv max_pooling flatten dense output'))\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) - set(sys.stdlib_module_names) == {"cnngen"}


def test_the_language_loads_without_lark() -> None:
    program = (
        "import sys, cnngen.language; cnngen.language.analyse('input ((cnov output'); print('lark' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "False"


def test_every_package_of_the_house_is_declared() -> None:
    declared = (ROOT / "pyproject.toml").read_text()
    for room in ROOMS:
        for folder in [ROOT / room, *(ROOT / room).rglob("*/")]:
            if (folder / "__init__.py").exists():
                name = "cnngen." + ".".join(folder.relative_to(ROOT).parts)
                assert f'"{name}"' in declared, name
