"""Published tables, as architectures, say what their authors say of them."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kendalltau

from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.tables import nasbench101 as nb101
from cnngen.search.predictors.tables import nasbench201 as nb201
from cnngen.search.predictors.tables.table import NoTable, Table, file


def table(loaded: str) -> Table:
    try:
        return {"101": nb101.nasbench101, "ecnas": nb101.ecnas, "201": nb201.nasbench201}[loaded]()
    except NoTable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def cells101() -> Table:
    return table("101")


@pytest.fixture(scope="module")
def energies() -> Table:
    return table("ecnas")


@pytest.fixture(scope="module")
def cells201() -> Table:
    return table("201")


def raw(name: str) -> dict[str, np.ndarray]:
    with np.load(file(name), allow_pickle=False) as data:
        return dict(data)


def test_a_table_that_is_not_here_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNGEN_DATA", str(tmp_path))
    with pytest.raises(NoTable, match=r"nb101_20k.npz is not in .*: let CNNGEN_DATA name the folder"):
        nb101.nasbench101()


def test_parameters_counted_from_a_cell_are_the_published_ones(cells101: Table) -> None:
    data = raw("nb101_20k.npz")
    differ = unlike = 0
    for row in range(0, len(cells101), 10):
        count = int(data["num_vertices"][row])
        matrix = data["adjacency"][row, :count, :count].tolist()
        counted = nb101.cell(matrix, data["ops"][row, :count].tolist()).costs["parameters"]
        published = int(data["params"][row])
        if counted != published:
            differ += 1
            unlike += nb101.STEM % sum(line[-1] for line in matrix[1:-1]) == 0
            assert abs(counted - published) < 0.02 * published
    assert unlike == 0, "only where channels cannot be shared equally"
    assert differ < 0.06 * len(range(0, len(cells101), 10))


def test_nasbench101_says_what_its_readers_know_of_it(cells101: Table) -> None:
    accuracy = cells101.columns["val_acc_108ep"].values
    assert len(cells101) == 20_001
    assert accuracy.mean() == pytest.approx(0.91041, abs=1e-5)
    assert accuracy.max() == pytest.approx(0.94912, abs=1e-5)
    parameters = raw("nb101_20k.npz")["params"].tolist()
    assert cells101.architectures[7].costs["parameters"] == parameters[7]
    assert (min(parameters), max(parameters)) == (227_274, 49_979_274)
    assert kendalltau(parameters, accuracy).statistic == pytest.approx(0.314, abs=0.005)


def test_published_hashes_and_ours_tell_the_same_cells_apart(cells101: Table, energies: Table) -> None:
    rows = {published: row for row, published in enumerate(raw("nb101_20k.npz")["module_hash"].tolist())}
    hashes = raw("ecnas_7v_energy.npz")["module_hash"].tolist()
    places = range(0, len(hashes), 5)
    ours = [energies.architectures[place].identity for place in places]
    assert len(set(ours)) == len(ours)
    assert ours == [cells101.architectures[rows[hashes[place]]].identity for place in places]


def test_energy_follows_parameters_as_published(energies: Table) -> None:
    parameters = [cell.costs["parameters"] for cell in energies.architectures]
    assert parameters == raw("ecnas_7v_energy.npz")["params"].tolist()
    assert kendalltau(parameters, energies.columns["energy_kwh"].values).statistic == pytest.approx(0.810, abs=5e-4)


def test_a_cell_with_its_vertices_in_another_order_is_the_same() -> None:
    chance = random.Random(0)
    codes = [-1, 0, 1, 2, 0, 1, -2]
    matrix = [[int(a < b and (a == 0 or b == 6 or chance.random() < 0.3)) for b in range(7)] for a in range(7)]
    first = nb101.cell(matrix, codes)
    seen = 0
    for _ in range(300):
        order = [0, *chance.sample(range(1, 6), 5), 6]
        moved = [[matrix[a][b] for b in order] for a in order]
        if any(moved[a][b] for a in range(7) for b in range(a + 1)):
            continue  # not in the order of the data's way
        seen += order != sorted(order)
        assert nb101.cell(moved, [codes[a] for a in order]).identity == first.identity
        other = [codes[a] for a in order]
        other[1] = 2 if other[1] == 0 else 0
        assert nb101.cell(moved, other).identity != first.identity
    assert seen


def test_nasbench201_says_what_its_readers_know_of_it(cells201: Table) -> None:
    best = {"c10_test_200ep": (6111, 0.943733), "c10_val_200ep": (6111, 0.916067), "c100_test_200ep": (9930, 0.735133),
            "in16_test_200ep": (857, 0.473111)}  # fmt: skip
    for column, (row, accuracy) in best.items():
        values = cells201.columns[column].values
        assert (values.argmax(), round(values.max(), 6)) == (row, pytest.approx(accuracy, abs=1e-6))
    means = [cells201.columns[f"{images}_test_200ep"].values.mean() for images in ("c10", "c100", "in16")]
    assert means == pytest.approx([0.8706, 0.6139, 0.3357], abs=5e-5)
    columns = cells201.columns
    ceiling = kendalltau(columns["c10_val_200ep"].values, columns["c10_test_200ep"].values).statistic
    assert ceiling == pytest.approx(0.891, abs=5e-4)
    assert sum(name.startswith("latency_") for name in columns) == 27


def test_multiply_accumulates_counted_from_a_cell_are_the_published_ones(cells201: Table) -> None:
    published = [float(line.rsplit(",", 1)[1]) for line in file("nb201_accuracy.csv").read_text().splitlines()[1:]]
    counted = [cell.costs["macs"] / 1e6 for cell in cells201.architectures]
    differ = [ours - theirs for ours, theirs in zip(counted, published, strict=True) if abs(ours - theirs) > 2e-5]
    assert len(differ) == 204
    assert max(counted) == pytest.approx(220.11968), "the published 220.12 without the last bias"
    assert max(cell.costs["parameters"] for cell in cells201.architectures) == 1_531_546


def test_what_leads_nowhere_makes_no_other_network() -> None:
    plain = nb201.cell("|nor_conv_3x3~0|+|none~0|none~1|+|none~0|nor_conv_1x1~1|none~2|")
    for same in (
        "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|none~0|nor_conv_1x1~1|none~2|",  # read by nobody
        "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|nor_conv_1x1~2|",  # through an identity
        "|none~0|+|nor_conv_3x3~0|none~1|+|none~0|none~1|nor_conv_1x1~2|",  # on the other node
    ):
        assert nb201.cell(same).identity == plain.identity
    twice = nb201.cell("|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|nor_conv_1x1~1|nor_conv_1x1~2|")
    assert twice.identity != plain.identity
    nothing = nb201.cell("|none~0|+|nor_conv_3x3~0|none~1|+|none~0|none~1|none~2|")
    assert [layer.operation for layer in nothing.effective] == ["input", "output"]
    assert nothing.effective[-1].inputs == ()


def test_cells_of_nasbench201_with_one_identity_come_to_about_the_same(cells201: Table) -> None:
    groups: dict[str, list[float]] = {}
    for cell, accuracy in zip(cells201.architectures, cells201.columns["c10_test_200ep"].values, strict=True):
        groups.setdefault(cell.identity, []).append(float(accuracy))
    assert len(groups) == 5_425
    within = np.sqrt(np.mean([np.var(values) for values in groups.values() if len(values) > 1]))
    assert within < 0.1 * np.std(cells201.columns["c10_test_200ep"].values)


def test_a_word_that_is_no_operation_is_refused() -> None:
    with pytest.raises(ValueError, match="dil_conv_3x3"):
        nb201.cell("|dil_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|")


def test_the_data_are_looked_for_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nas").mkdir()
    (tmp_path / "nas" / "x.csv").write_text("")
    monkeypatch.setenv("CNNGEN_DATA", str(tmp_path))
    assert file("x.csv") == tmp_path / "nas" / "x.csv"
    assert os.environ["CNNGEN_DATA"]


def test_costs_of_a_known_cell() -> None:
    """A cell with one operation, counted by hand."""
    one = nb101.cell([[0, 1, 0], [0, 0, 1], [0, 0, 0]], [-1, 1, -2])
    stem = 3 * 9 * 128 + 256
    cells = 0
    for given, wide, times in ((128, 128, 3), (128, 256, 1), (256, 256, 2), (256, 512, 1), (512, 512, 2)):
        cells += times * (given * wide + 2 * wide + wide * wide + 2 * wide)
    assert one.costs["parameters"] == stem + cells + 512 * 10 + 10
    assert isinstance(one, Architecture)
