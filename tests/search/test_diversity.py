"""What is told of a population's diversity."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnngen.cli.main import run
from cnngen.language import analyse
from cnngen.search.diversity import text
from cnngen.search.diversity.figures import MEASURES, percentiles, space
from cnngen.search.diversity.published import published_spaces
from cnngen.search.errors import SearchError

SMALL = "input(shape=(8, 8, 1)) conv(filters=4) max_pooling flatten dense output(classes=3)"
SKIP = "input(shape=(8, 8, 1)) conv(filters=6) [ (convbn, Empty) ] global_avg_pooling dense output(classes=3)"


def test_measures_are_those_of_the_networks() -> None:
    found = space("two", "here", [analyse(SMALL).network, analyse(SKIP).network])
    assert found.networks == 2
    assert [found.percentiles["layers"][at] for at in (0, 50, 100)] == [5, 6, 7]
    assert [found.percentiles["width"][at] for at in (0, 100)] == [4, 6]
    assert found.percentiles["depth"][100] == 7
    assert found.percentiles["parameters"][100] == max(analyse(t).network.totals.params for t in (SMALL, SKIP))
    assert found.percentiles["macs"][0] == min(analyse(t).network.totals.macs for t in (SMALL, SKIP))
    assert found.skip_share == 0.5
    assert found.kinds["conv"] == pytest.approx((1 / 5 + 2 / 7) / 2)
    assert sum(found.kinds.values()) == pytest.approx(1)


def test_percentiles_lie_on_straight_lines_between_values() -> None:
    assert percentiles([3.0]) == [3.0] * 101
    assert percentiles([10.0, 0.0])[25] == 2.5
    assert percentiles([float(n) for n in range(11)])[::10] == [float(n) for n in range(11)]


def test_published_spaces_have_every_measure_and_the_known_ranges() -> None:
    first, second = published_spaces()
    assert (first.name, second.name) == ("NAS-Bench-101", "NAS-Bench-201")
    assert second.networks == 15_625
    for told in (first, second):
        assert set(told.percentiles) == set(MEASURES)
        for values in told.percentiles.values():
            assert values == sorted(values)
            assert len(values) == 101
        assert sum(told.kinds.values()) == pytest.approx(1, abs=0.01)
    # The dearest of 201 is the one with four 3x3 convolutions or more: 220.12 million MACs in its authors' table.
    assert second.percentiles["macs"][100] == 220_119_680


def test_an_empty_population_is_told() -> None:
    with pytest.raises(SearchError, match="There are no networks"):
        space("none", "here", [])


@pytest.mark.parametrize(
    ("value", "shown"), [(12, "12"), (4310, "4,310"), (12345, "12.3 k"), (1_250_000, "1.25 M"), (7.3e9, "7.3 G")]
)
def test_counts_are_short(value: float, shown: str) -> None:
    assert text.short(value) == shown


def test_the_command_tells_of_the_networks_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "nets"
    assert run(["sample", "8", "-o", str(folder), "--report"]) == 0
    said = capsys.readouterr().out
    assert "NAS-Bench-201" in said
    page = (folder / "report.html").read_text()
    assert page.count("<svg") == 7
    assert "http://" not in page.replace("http://www.w3.org", "")
    (folder / "networks.csv").unlink()
    assert run(["sample", "-o", str(folder), "--report"]) == 0  # the .cnn files are enough
    assert run(["sample", "-o", str(tmp_path / "none"), "--report"]) == 2
    assert "There are no .cnn files in" in capsys.readouterr().err
