"""Reports: one file that opens anywhere, says what the overview says, and obeys nobody's text."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cnngen.runtime import record
from cnngen.runtime.overview import overview
from cnngen.runtime.overview.surroundings import DIGEST
from cnngen.runtime.report import charts, comparison, pictures, run
from cnngen.runtime.report.groups import grouped
from cnngen.runtime.report.html import Html, joined, tag

EVIL = '<img src=x onerror="alert(1)">&amp;|`[a](b)`$x_1$</script><script>alert(2)</script>'


class Page(HTMLParser):
    """The elements and texts of a page. It must be well formed: what is opened is closed, in order."""

    VOID = ("meta", "img", "br")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))
        if name not in self.VOID:
            self._open.append(name)

    def handle_startendtag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name: str) -> None:
        assert self._open.pop() == name

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == name]


@pytest.fixture(scope="module")
def page(recorded: Path) -> str:
    return run.compose(recorded, overview(recorded))


@pytest.fixture
def copy(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / recorded.name))


def rewrite(folder: Path, **changes: Any) -> Path:
    path = folder / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return folder


def test_a_page_loads_nothing_and_runs_nothing(page: str) -> None:
    found = Page(page)
    names = {name for name, _ in found.elements}
    assert not names & {"script", "link", "iframe", "object", "embed", "base"}
    for _, attributes in found.elements:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/svg+xml;base64,"))
    assert not re.search(r"url\((?!#)|@import", page)
    policies = [m for m in found.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policies and "default-src 'none'" in str(policies[0]["content"])


def test_a_page_says_every_figure_of_the_overview_with_its_source(page: str, recorded: Path) -> None:
    told, text = overview(recorded), Page(page).text
    for figure in told["figures"]:
        assert figure["label"] in text and figure["text"] in text
        assert not figure["how"] or figure["how"] in text
    for sentence in told["caveats"]:
        assert sentence in text
    for group in told["surroundings"]:
        for row in group["rows"]:
            assert row["text"] in text
    assert told["repeat_here"] in text and "conv(filters=6, kernel_size=5, activation=tanh)" in text


def test_a_page_can_be_read_without_seeing_it(page: str) -> None:
    found = Page(page)
    levels = [int(name[1]) for name, _ in found.elements if re.fullmatch(r"h\d", name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert len(found.all("caption")) == len(found.all("table")) > 4
    assert all(image["alt"] for image in found.all("img"))
    drawn = found.all("svg")
    assert len(drawn) == 4 and all(svg["role"] == "img" and svg["aria-label"] for svg in drawn)
    assert found.all("html")[0]["lang"] == "en"


def test_no_id_stands_twice_on_a_page(page: str) -> None:
    ids = [attributes["id"] for _, attributes in Page(page).elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_same_record_gives_the_same_bytes(page: str, recorded: Path) -> None:
    assert run.compose(recorded, overview(recorded)) == page


@pytest.mark.parametrize("charted", [True, False])
def test_markup_in_a_program_or_a_path_is_shown_and_never_obeyed(copy: Path, charted: bool) -> None:
    result = json.loads((copy / "result.json").read_text())
    network = json.loads((copy / "network.json").read_text())
    for node in network["nodes"]:
        node["name"] = EVIL
    (copy / "network.json").write_text(json.dumps(network))
    (copy / "program.cnn").write_text(EVIL)
    (copy / "diagram.svg").write_text(f"<svg xmlns='http://www.w3.org/2000/svg'>{EVIL}</svg>")
    data = result["data"] | {"name": EVIL, "source": f"/data/{EVIL}.npz"}
    error = {"stage": EVIL, "class": EVIL, "message": EVIL}
    folder = rewrite(copy, program={"name": EVIL, "hash": EVIL}, data=data, error=error, status="failed")
    told = overview(folder)
    for page in (run.compose(folder, told, charts=charted), comparison.compose([told, told], charts=charted)):
        found = Page(page)
        assert not found.all("script") and EVIL in found.text
        assert [image.get("onerror") for image in found.all("img")] in ([None], [])


def test_what_is_not_markup_is_escaped_whatever_it_is_put_into() -> None:
    assert tag("p", "<b>", Html("<i></i>"), title='"<') == '<p title="&quot;&lt;">&lt;b&gt;<i></i></p>'
    assert joined(["<", Html("<br>")], " & ") == "&lt; &amp; <br>"


def test_a_report_without_charts_says_so_and_loads_no_library_for_them(copy: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from cnngen.runtime import report;"
        "report.write(Path(sys.argv[1])); print('matplotlib' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, copy], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
    found = Page((copy / record.REPORT).read_text())
    assert not found.all("svg") and "The charts are missing." in found.text
    assert "91.09 %" in found.text


def test_a_machine_without_matplotlib_gets_a_report(copy: Path) -> None:
    script = (
        "import sys; from pathlib import Path; sys.modules['matplotlib'] = None; from cnngen.runtime import report;"
        "report.write(Path(sys.argv[1]), charts=True)"
    )
    subprocess.run([sys.executable, "-c", script, copy], check=True)
    found = Page((copy / record.REPORT).read_text())
    assert not found.all("svg") and "The charts are missing." in found.text


@pytest.mark.parametrize("status", ["unfinished", "failed", "cancelled"])
def test_a_run_without_epochs_or_energy_has_a_report(copy: Path, status: str) -> None:
    for name in ("power.csv", "provenance.json", "network.json", "diagram.svg", "program.cnn"):
        (copy / name).unlink()
    folder = rewrite(copy, status=status, history=[], energy=None, carbon=None, quality={}, run={})
    page = Page(run.compose(folder, overview(folder)))
    assert "lenet5" in page.text and not page.all("svg")


def test_a_chart_takes_its_colours_from_the_page() -> None:
    with charts.chart("Dollars $x_1$ & <b>", "A line.", x="x") as drawn:
        charts.lines(drawn, [charts.Line("$a_", [1, 2], [3, 4]), charts.Line("b", [1, 2], [4, 3], 1, 1)])
    assert "$x_1$" in drawn.svg and "&lt;b&gt;" in drawn.svg
    assert "var(--series-1, #2563a8)" in drawn.svg and "font-family" not in drawn.svg
    bare = re.sub(r"var\([^)]*\)", "", drawn.svg)
    assert not re.search(r"(fill|stroke): #(?!000000)", bare)


def test_every_kind_of_chart_draws_what_it_is_given() -> None:
    values = [float(n * n % 17) for n in range(40)]
    with charts.chart("Points", "Two groups of points.") as points:
        charts.scatter(points, [charts.Line("a", values, values, 0), charts.Line("b", values[:5], values[5:10], 1)])
    with charts.chart("Counts", "How often.") as counts:
        charts.histogram(counts, values, bins=7)
    with charts.chart("Boxes", "Quartiles.") as boxes:
        charts.boxes(boxes, [charts.Part("left", values), charts.Part("right", values[:9], 1)])
    assert points.svg.count("<use") >= 40 and ">b</text>" in points.svg
    assert counts.svg.count("var(--series-1") == 7
    assert ">left</text>" in boxes.svg and ">right</text>" in boxes.svg


def varied(folder: Path, to: Path, *, accuracy: float = 0.9, **training: Any) -> dict[str, Any]:
    """The overview of another run of the same program."""
    shutil.copytree(folder, to)
    result = json.loads((to / "result.json").read_text())
    rewrite(
        to,
        quality={"test_accuracy": accuracy, "test_loss": 1.0},
        training=result["training"] | training,
        run=result["run"] | {"id": to.name},
    )
    return overview(to)


def test_repetitions_are_one_row_with_median_and_interval(recorded: Path, tmp_path: Path) -> None:
    # Other seeds, however they were asked for, make repetitions; other settings do not.
    runs = [varied(recorded, tmp_path / "r0", accuracy=0.80, jit_compile_asked="auto", arguments=None)]
    for n in (1, 2):
        asked = {"seed": n, "arguments": f"seed={n}", "jit_compile_asked": False}
        runs.append(varied(recorded, tmp_path / f"r{n}", accuracy=0.80 + n / 100, **asked))
    runs.append(varied(recorded, tmp_path / "other", accuracy=0.5, batch_size=32))
    found = Page(comparison.compose(runs))
    assert "4 runs of 2 requests" in found.text
    # Student's t for two degrees of freedom, 4.303, times a deviation of one per cent over the root of three.
    assert "81.00 % 78.52 – 83.48 %" in found.text
    assert "lenet5, batch size 128" in found.text and "lenet5, batch size 32" in found.text
    assert "lenet5, batch size 32 was not repeated: a single run has no interval" in found.text
    assert "Student's for the mean" in found.text and len(found.all("svg")) == 3


def test_energies_of_a_comparison_say_their_sources(recorded: Path, tmp_path: Path) -> None:
    runs = [varied(recorded, tmp_path / f"r{n}", accuracy=0.8, seed=n) for n in (1, 2)]
    [group] = comparison.grouped(runs)
    for key, _ in comparison._COLUMNS:
        of_energy = key in {"training_energy", "mean_power", "carbon"}
        assert sum(group.shares(key).values()) == pytest.approx(float(of_energy))
        assert ("16 % modelled, 84 % constant" in comparison._cell(group, key)) == of_energy


def test_the_bar_of_a_group_is_as_long_as_its_median_says(recorded: Path, tmp_path: Path) -> None:
    runs = [overview(recorded), varied(recorded, tmp_path / "other", seed=5)]
    # The second took twice as much: the median lies between them.
    for row in runs[1]["phases"]:
        row |= {f"{part}_wh": 2 * row[f"{part}_wh"] for part in ("cpu", "gpu", "ram")}
    for figure in runs[1]["figures"]:
        if figure["key"] == "training_energy":
            figure["value"] *= 2
    (group,) = grouped(runs)
    median = group.spread("training_energy")
    assert median is not None
    assert sum(comparison._components(group).values()) == pytest.approx(median["median"], rel=0.02)


def test_a_chart_has_room_for_what_its_axis_names(recorded: Path) -> None:
    """The room was measured for shorter values than were drawn in the end."""
    told = overview(recorded)
    begun = told | {"history": told["history"][:4]}
    for loss in pictures.overlaid_curves([("a", [told]), ("b", [begun]), ("c", [begun])]):
        named = re.findall(r'text-anchor: end[^>]*?\bx="([\d.]+)"[^>]*>([\d.]+)<', loss)
        assert len(named) >= 4
        for end, text in named:
            assert float(end) >= 5.5 * len(text), "a character takes some six pixels"


def test_of_a_long_training_both_ends_are_in_the_table(copy: Path) -> None:
    row = json.loads((copy / "result.json").read_text())["history"][0]
    folder = rewrite(copy, history=[row | {"epoch": n} for n in range(1, 3001)])
    found = Page(run.compose(folder, overview(folder), charts=False))
    epochs = [text for text in found.texts if text.isdigit()]
    assert "Epochs (3,000)" in found.text and "100" in epochs and "2901" in epochs and "101" not in epochs


def test_runs_on_a_busy_machine_are_counted(recorded: Path, tmp_path: Path) -> None:
    runs = [varied(recorded, tmp_path / f"r{n}", seed=n) | {"contended": n > 0} for n in range(3)]
    text = Page(comparison.compose(runs, charts=False)).text
    assert "2 of 3 runs trained while other processes were at work" in text
    assert "90.00 % in every run" in text


def test_a_wide_diagram_stands_above_its_table_and_a_narrow_one_beside_it(copy: Path) -> None:
    told = overview(copy)
    assert 'class="network"' in run.compose(copy, told, charts=False)
    (copy / "diagram.svg").write_text('<svg width="2000pt" height="300pt" xmlns="http://www.w3.org/2000/svg"/>')
    wide = run.compose(copy, told, charts=False)
    assert 'class="network"' not in wide and 'class="diagram"' in wide


def test_an_interval_ends_where_a_figure_does(recorded: Path, tmp_path: Path) -> None:
    runs = [varied(recorded, tmp_path / f"r{n}", accuracy=accuracy, seed=n) for n, accuracy in enumerate((0.9, 1.0))]
    text = Page(comparison.compose(runs, charts=False)).text
    assert "95.00 % 31.47 – 100.00 %" in text


def test_a_single_run_is_said_to_be_without_interval(recorded: Path, tmp_path: Path) -> None:
    runs = [varied(recorded, tmp_path / name, batch_size=size) for name, size in (("a", 1), ("b", 2))]
    text = Page(comparison.compose(runs)).text
    assert "a single run has no interval" in text


def test_runs_of_different_machines_and_data_are_said_not_to_compare(recorded: Path, tmp_path: Path) -> None:
    one, other = (varied(recorded, tmp_path / name, batch_size=size) for name, size in (("a", 1), ("b", 2)))
    for group in other["surroundings"]:
        for row in group["rows"]:
            row["text"] = "another" if row["label"] in ("Processor", DIGEST) else row["text"]
    text = Page(comparison.compose([one, other])).text
    assert "different machines" in text and "different data sets" in text


def test_repetitions_have_the_same_images_whatever_lies_under_the_path(recorded: Path, tmp_path: Path) -> None:
    first, again, moved, changed = (varied(recorded, tmp_path / name, seed=n) for n, name in enumerate("abcd"))
    data = json.loads((recorded / "result.json").read_text())["data"]
    rewrite(tmp_path / "c", data=data | {"name": "elsewhere.npz"})
    rewrite(tmp_path / "d", data=data | {"sha256": "f00d" * 16})
    moved, changed = overview(tmp_path / "c"), overview(tmp_path / "d")
    assert first["request"] == again["request"] == moved["request"] != changed["request"]
    text = Page(comparison.compose([first, again, moved, changed])).text
    assert "4 runs of 2 requests" in text and "(f00df00d)" in text and "different data sets" in text
    assert "different data sets" not in Page(comparison.compose([first, again, moved])).text


def test_runs_that_have_not_ended_are_listed_and_not_compared(recorded: Path, tmp_path: Path) -> None:
    runs = [varied(recorded, tmp_path / name) for name in ("a", "b")]
    runs[1]["status"] = "running"
    text = Page(comparison.compose(runs)).text
    assert "1 run has not come to an end" in text and "running" in text
    assert "b" in text
