"""The page of each diagnostic tells the truth: its wrong examples report what stands under them, its right ones nothing."""

import re
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from cnngen.language import Analysis, Code, Diagnostic, analyse, applied, pages, working_fixes

SECTIONS = ["Why", "Wrong", "Right", "What to do"]


class Note(NamedTuple):
    """What stands under a line of a wrong example about one fault."""

    place: tuple[int, int]
    said: str
    fixes: list[str]


def section(code: Code, name: str) -> str:
    return pages.page(code).partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def examples(name: str) -> list[tuple[Code, str]]:
    return [
        (code, found) for code in Code for found in re.findall(r"```cnn\n(.*?)\n```", section(code, name), re.DOTALL)
    ]


def read_wrong(example: str) -> tuple[str, list[Note]]:
    """The program of an example, and the notes in it: carets, then the message, then the titles of the fixes."""
    program: list[str] = []
    notes: list[Note] = []
    for line in example.split("\n"):
        carets = re.fullmatch(r"// *(\^+)", line)
        if carets:
            before = len("\n".join(program)) - len(program[-1])
            notes.append(Note((before + carets.start(1), before + carets.end(1)), "", []))
        elif line.startswith("// fix: "):
            notes[-1].fixes.append(line.removeprefix("// fix: "))
        elif line.startswith("//"):
            notes[-1] = notes[-1]._replace(said=f"{notes[-1].said} {line[2:].strip()}".strip())
        else:
            program.append(line)
    return "\n".join(program), notes


def note(program: Analysis, found: Diagnostic) -> Note:
    place = found.span.start, max(found.span.end, found.span.start + 1)
    return Note(place, f"{found.severity}: {found.message}", [fix.title for fix in working_fixes(program, found)])


def test_a_newcomer_finds_where_each_code_is_found() -> None:
    """The table in CONTRIBUTING.md lists the modules that report it."""
    root = Path(__file__).parents[2]
    rows = re.findall(r"^\| (CNN\d+) \| (\w+) \| (.*) \|$", (root / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    reporting = defaultdict(set)
    for module in sorted((root / "language").rglob("*.py")):
        if module.parent.name != "formatting" and "Diagnostic(" in (source := module.read_text()):
            for name in re.findall(r"Code\.([A-Z_]+)\b", source):
                reporting[name].add(str(module.relative_to(root / "language")))
    assert [(code, name) for code, name, _ in rows] == [(code.value, code.name) for code in Code]
    assert {name: set(re.findall(r"`(.+?)`", modules)) for _, name, modules in rows} == reporting


def test_each_code_has_a_page_and_each_page_a_code() -> None:
    names = {entry.name.removesuffix(".md") for entry in files(pages).iterdir() if entry.name.endswith(".md")}
    assert names == set(Code)


@pytest.mark.parametrize("code", Code)
def test_each_page_says_what_why_wrong_right_and_what_to_do(code: Code) -> None:
    page = pages.page(code)
    assert page.startswith(f"# {code}: {pages.title(code)}\n\n")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == SECTIONS
    assert all(section(code, name).strip() for name in SECTIONS)
    assert {code} <= {wrong for wrong, _ in examples("Wrong")} & {right for right, _ in examples("Right")}


@pytest.mark.parametrize(("code", "example"), examples("Wrong"))
def test_each_wrong_example_reports_its_code_only_as_the_page_shows_it(code: Code, example: str) -> None:
    program, notes = read_wrong(example)
    found = analyse(program)
    assert {diagnostic.code for diagnostic in found.diagnostics} == {code}
    assert [note(found, diagnostic) for diagnostic in found.diagnostics] == notes


@pytest.mark.parametrize(("code", "example"), examples("Wrong"))
def test_each_fix_of_a_wrong_example_removes_its_diagnostic_and_brings_no_other(code: Code, example: str) -> None:
    program, _ = read_wrong(example)
    found = analyse(program).diagnostics
    for diagnostic in found:
        for fix in working_fixes(analyse(program), diagnostic):
            left = analyse(applied(program, fix.edits)).diagnostics
            assert len(left) < len(found), (fix, left)
            assert {other.message for other in left} <= {other.message for other in found}, fix


@pytest.mark.parametrize(("code", "example"), examples("Right"))
def test_each_right_example_is_without_any_diagnostic(code: Code, example: str) -> None:
    assert analyse(example).diagnostics == ()


def test_the_severities_of_the_pages_are_those_of_the_code() -> None:
    """A code that can be both says so in its examples."""
    severities = defaultdict(set)
    for code, example in examples("Wrong"):
        for found in analyse(read_wrong(example)[0]).diagnostics:
            severities[code].add(str(found.severity))
    assert {code for code in Code if severities[code] == {"warning"}} == {"CNN303", "CNN401", "CNN403", "CNN404"}
    assert {code for code in Code if severities[code] == {"warning", "error"}} == {"CNN405", "CNN501"}
