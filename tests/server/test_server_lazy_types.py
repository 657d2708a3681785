"""Classes of the protocol that are finished when they are first used are those that lsprotocol would have made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnngen.server import lazy_types

#: Prints what the classes are, after the server has loaded them or, with an argument, as their library does.
TELL = """
import json, sys
if len(sys.argv) == 1:
    from cnngen.server import lazy_types
    lazy_types.load()
from lsprotocol import types
from pygls.protocol import default_converter
finished = sum("__attrs_attrs__" in c.__dict__ and isinstance(c.__dict__["__attrs_attrs__"], tuple)
               for c in types.ALL_TYPES_MAP.values() if isinstance(c, type))
import attrs
default_converter()  # makes whole what the classes say of their fields
told = {n: [[f.name, str(f.type), str(f.default), bool(f.kw_only)] for f in attrs.fields(c)]
        for n, c in types.ALL_TYPES_MAP.items() if isinstance(c, type) and attrs.has(c)}
print(json.dumps([finished, told]))
"""


def _told(*arguments: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run([sys.executable, "-c", TELL, *arguments], capture_output=True, text=True, check=True)
    finished, told = json.loads(done.stdout)
    return finished, told


def test_each_class_has_the_fields_that_it_always_has_and_is_finished_when_it_is_asked_for() -> None:
    finished, told = _told()
    always, expected = _told("as always")
    assert told == expected
    assert len(told) > 500
    assert (finished, always) == (1, len(expected)), "the one that is tried"


def _in_fresh_process(code: str) -> str:
    begin = "from cnngen.server import lazy_types\nlazy_types.load()\nfrom lsprotocol import types\n"
    done = subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_threads_that_need_a_class_at_the_same_moment_both_get_it() -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import sys
sys.setswitchinterval(1e-6)
classes = [types.Hover, types.TextEdit, types.Location, types.CodeLens, types.SymbolInformation, types.FoldingRange]
def make(cls, meet=Barrier(8)):
    meet.wait()
    return cls.__init__.__name__, len(cls.__attrs_attrs__)
with ThreadPoolExecutor(8) as pool:
    for cls in classes:
        (found,) = set(pool.map(make, [cls] * 8))
        assert found == ("__init__", len(cls.__attrs_attrs__)), found
print("sound")
"""
    assert _in_fresh_process(code) == "sound"


def test_attrs_itself_is_left_as_it_was() -> None:
    code = """
import attrs
@attrs.define
class Point:
    x: int
assert Point(1) == Point(1) and repr(Point(1)) == "Point(x=1)"
print("sound")
"""
    assert _in_fresh_process(code) == "sound"


#: How another lsprotocol might define its classes, each such that it cannot be left for later.
OTHERS = {
    "with options": "import attrs\n@attrs.define(kw_only=True)\nclass Position:\n    line: int\n    character: int\n",
    "by another name": "from attr import define as d\n@d\nclass Position:\n    line: int\n    character: int\n",
    "as dataclasses": (
        "import dataclasses\n@dataclasses.dataclass\nclass Position:\n    line: int\n    character: int\n"
    ),
    "without a list": "import attrs\n@attrs.define\nclass Position:\n    line: int\n    character: int\n#",
}


@pytest.mark.parametrize("definition", OTHERS.values(), ids=OTHERS)
def test_another_lsprotocol_is_imported_as_it_always_is(definition: str, tmp_path: Path) -> None:
    package = tmp_path / "lsprotocol"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "_hooks.py").write_text("_resolved_forward_references = False\n")
    (package / "types.py").write_text(definition + "ALL_TYPES_MAP = {'Position': Position}\n")
    code = """
import lsprotocol._hooks
from lazy_types_of_house import load
load()
from lsprotocol import types
place = types.Position(line=1, character=2)
assert place == types.Position(line=1, character=2) and repr(place) == "Position(line=1, character=2)"
assert not lsprotocol._hooks._resolved_forward_references
print("sound")
"""
    (tmp_path / "lazy_types_of_house.py").write_text(Path(lazy_types.__file__).read_text())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() == "sound", done.stderr
