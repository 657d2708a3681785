"""Sampled networks: sound, different, as wanted, and the same on every machine."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import pytest
from search_counts import configured

from cnngen.language import analyse, costs
from cnngen.search.errors import ConfigurationError, SamplingError
from cnngen.search.sampling import population as populations
from cnngen.search.sampling.chance import Chance, Choice
from cnngen.search.sampling.configuration import PRESETS, as_text, configuration, preset, read_configuration
from cnngen.search.sampling.drawing import Draw
from cnngen.search.sampling.folder import SETTINGS, TABLE, open_folder, programs, read_settings, save
from cnngen.search.sampling.population import Population, Uniform, analysed_of, fault_of, spot_checked, verified

#: SHA-256 of the texts of the first hundred networks of seed 1: what every version of Python on every machine gives.
#: Whoever changes what is drawn changes these, and says so in CHANGELOG.md: the same seed then means other networks.
FIRST_HUNDRED = {
    "default": "b5b068b7fe4e69c25e41033e55436235aac3c9e320174acd612044ca66abc668",
    "paper": "a35426bb7ff6643029d24beb8c4b0f85d2673b7029feb5080ddd680c2f788d9f",
}


@pytest.mark.parametrize("name", PRESETS)
def test_every_network_is_sound_costs_what_was_counted_and_is_written_as_the_language_writes_it(name: str) -> None:
    for drawn in Population(preset(name), 80, 3):
        assert fault_of(drawn) is None, drawn.text
        assert costs(analyse(drawn.text).network).longest_path == drawn.depth


def test_a_fault_would_be_found() -> None:
    (drawn,) = Population(preset("default"), 1, 0)
    text = drawn.text.replace("output", "")
    assert "has a diagnostic" in str(fault_of(Draw(text, drawn.hash, 0, 0, 0, 0, 0)))
    wrong = Draw(drawn.text, drawn.hash, drawn.layers, drawn.depth, drawn.parameters + 1, drawn.macs, 0)
    assert "costs something else" in str(fault_of(wrong))
    assert "is not written as" in str(fault_of(Draw(drawn.text + " ", drawn.hash, 0, 0, 0, 0, 0)))
    with pytest.raises(SamplingError, match="please report it"):
        list(verified([wrong]))


def test_a_random_sample_is_analysed_which_follows_from_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    analysed: list[Draw] = []

    def fault(drawn: Draw) -> str | None:
        analysed.append(drawn)
        return fault_of(drawn)

    monkeypatch.setattr(populations, "fault_of", fault)
    assert [analysed_of(count) for count in (1, 30, 31, 6_000, 100_000)] == [1, 30, 30, 30, 500]
    drawn = list(Population(preset("paper"), 200, 5))

    def chosen(seed: int) -> list[int]:
        analysed.clear()
        assert list(spot_checked(drawn, 200, seed)) == drawn
        return [drawn.index(network) for network in analysed]

    assert len(chosen(5)) == 30
    assert chosen(5) == chosen(5) != chosen(6)
    places = [place for seed in range(8) for place in chosen(seed)]
    # Anywhere among them: of 240 places in quarters of 60 each a quarter less than 35 comes once in 10,000 times.
    assert min(Counter(place // 50 for place in places).values()) > 35


def test_what_is_unsound_stops_a_sample_when_it_is_among_the_analysed() -> None:
    drawn = [replace(network, macs=0) for network in Population(preset("paper"), 40, 5)]
    given = spot_checked(drawn, 40, 5)
    with pytest.raises(SamplingError, match="costs something else than was counted; please report it"):
        list(given)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", ["small, first half", "small, second half and large"])
def test_none_of_a_hundred_thousand_has_a_diagnostic_and_no_two_are_the_same(part: str) -> None:
    """Most of them small, so that this takes minutes: an analysis takes time in proportion to the layers.

    In two parts, which two processes of pytest can share. Of the second all are drawn, and half are analysed.
    """
    small = Population(configured(conditions={"layers": [0, 30]}), 90_000, 6)
    if "first" in part:
        assert len({network.hash for network in verified(islice(small, 45_000), jobs=2)}) == 45_000
        return
    drawn = list(small)
    assert len({network.hash for network in drawn}) == 90_000
    assert min(network.layers for network in drawn) < 9
    large = list(verified(chain(drawn[45_000:], Population(preset("default"), 10_000, 7)), jobs=2))[45_000:]
    assert len({network.hash for network in large}) == 10_000
    assert max(network.layers for network in large) > 272  # the paper's are from 9 to 272


@pytest.mark.parametrize("name", PRESETS)
def test_a_seed_gives_the_same_bytes_in_every_version_and_on_every_machine(name: str) -> None:
    texts = "".join(drawn.text for drawn in Population(preset(name), 100, 1))
    assert hashlib.sha256(texts.encode()).hexdigest() == FIRST_HUNDRED[name]


def test_chance_takes_nothing_of_the_random_module_but_numbers() -> None:
    """`random.random` is promised to stay as it is; these are the first numbers of a seed, by Python 3.11."""
    chance = Chance("a", 1)
    digest = hashlib.sha256(b"a/1").digest()
    numbers = random.Random(int.from_bytes(digest, "big"))
    assert [chance.pick(Choice(tuple(range(10**6)))) for _ in range(5)] == [
        int(numbers.random() * 10**6) for _ in "12345"
    ]
    assert Counter(chance.pick(Choice(("a", "b", "c"), (0.0, 1.0, 0.0))) for _ in range(50)) == {"b": 50}


def test_a_longer_sample_begins_with_the_shorter_one() -> None:
    short = [drawn.hash for drawn in Population(preset("default"), 20, 4)]
    assert [drawn.hash for drawn in Population(preset("default"), 60, 4)][:20] == short


def test_seeds_give_different_networks() -> None:
    drawn = [{drawn.hash for drawn in Population(preset("default"), 50, seed)} for seed in (1, 2)]
    assert len(drawn[0] & drawn[1]) <= 1


#: Fifteen networks at most.
FEW = configured(
    network={"features": {"min": 1, "max": 2}},
    feature={"merge": 0, "convolution": ["conv", "convbn"], "dropout": 0, "pooling": 0},
    convolution={
        "kernel_size": 3, "strides": 1, "padding": "same", "activation": "relu", "use_bias": True,
        "kernel_initializer": "he_normal", "epsilon": 0.001, "momentum": 0.9, "activate": "conv"},
    filters={"first": 8, "factor": 1},
    head={"bridge": "flatten", "hidden": 0, "dropout": 0},
)  # fmt: skip


def test_no_network_comes_twice_and_a_space_that_is_exhausted_says_so() -> None:
    assert len({drawn.hash for drawn in Population(FEW, 6, 0)}) == 6
    population = Population(FEW, 7, 0)
    with pytest.raises(SamplingError, match=r"nothing new after 6 of 7 networks; most are drawn before: widen") as told:
        list(population)
    assert str(told.value).count(".") == 1
    assert population.tally.duplicates == population.tally.draws - 6


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [
        ("layers", 20, 30),
        ("depth", 10, 12),
        ("parameters", 1e4, 2e4),
        ("macs", 1e6, 2e6),
        ("activation_bytes", 3e5, 4e5),
    ],
)
def test_conditions_hold(measure: str, low: float, high: float) -> None:
    rules = configured(conditions={measure: [low, high]})
    for drawn in Population(rules, 40, 2):
        assert low <= getattr(drawn, measure) <= high
        assert fault_of(drawn) is None


def test_conditions_that_nothing_holds_are_told() -> None:
    with pytest.raises(SamplingError, match=r"draws in a row gave nothing new after 0 of 1 networks; most are too "):
        list(Population(configured(conditions={"parameters": [1, 3]}), 1, 0))


@pytest.mark.parametrize(("measure", "low", "high"), [("layers", 10, 60), ("parameters", 1e4, 1e6)])
def test_uniform_sizes_are_equally_common(measure: str, low: float, high: float) -> None:
    rules = configured(conditions={measure: [low, high]})
    uniform = Uniform(measure, 5)
    edges = uniform.edges(rules)
    found = [getattr(drawn, measure) for drawn in Population(rules, 52, 1, uniform)]
    counts = [
        sum(below <= value < above for value in found)
        for below, above in zip(edges, [*edges[1:-1], 1e99], strict=False)
    ]
    assert counts == [11, 11, 10, 10, 10]


def test_a_uniform_measure_needs_both_ends() -> None:
    with pytest.raises(
        ConfigurationError, match=r"both ends of their range must be given: --activation-bytes 10e3:1e6"
    ):
        Population(preset("default"), 10, 0, Uniform("activation_bytes"))


# -- folders -----------------------------------------------------------------------------------------------------------


def written(folder: Path, jobs: int = 1, count: int = 70) -> dict[str, bytes]:
    rules = preset("default")
    open_folder(folder, rules, count, 9, None)
    assert sum(1 for _ in save(folder, verified(Population(rules, count, 9), jobs))) == count
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_files_with_any_number_of_processes(tmp_path: Path) -> None:
    files = written(tmp_path / "one")
    assert files == written(tmp_path / "two", jobs=2)
    assert files == written(tmp_path / "one")  # again, over what is there
    assert len(files) == 72
    table = files[TABLE].decode().splitlines()
    assert table[0] == "file,hash,layers,depth,parameters,macs,activation_bytes"
    for row, path in zip(table[1:], programs(tmp_path / "one"), strict=True):
        name, network_hash, layers, depth, parameters, macs, _ = row.split(",")
        network = analyse(path.read_text()).network
        assert (name, network_hash) == (path.name, network.hash)
        assert network.totals.layers == int(layers)
        assert (costs(network).longest_path, network.totals.params) == (int(depth), int(parameters))
        assert network.totals.macs == int(macs)


def test_a_folder_says_what_it_was_drawn_from(tmp_path: Path) -> None:
    rules = preset("paper")
    open_folder(tmp_path, rules, 7, 3, Uniform("layers", 4))
    settings = read_settings(tmp_path)
    assert settings
    assert (settings["count"], settings["seed"]) == (7, 3)
    assert settings["uniform"] == {"measure": "layers", "bins": 4}
    assert configuration(settings["configuration"], SETTINGS) == rules


def test_a_folder_of_other_networks_or_files_is_left_alone(tmp_path: Path) -> None:
    open_folder(tmp_path / "a", preset("default"), 7, 3, None)
    with pytest.raises(SamplingError, match="holds networks that were drawn otherwise; give another folder"):
        open_folder(tmp_path / "a", preset("default"), 7, 4, None)
    with pytest.raises(SamplingError, match="is not empty; give another folder"):
        open_folder(tmp_path, preset("default"), 7, 3, None)
    (tmp_path / "file").write_text("")
    with pytest.raises(SamplingError, match="cannot be written to"):
        open_folder(tmp_path / "file" / "below", preset("default"), 7, 3, None)


# -- configurations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_a_printed_configuration_reads_as_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / "sampler.toml"
    path.write_text(as_text(preset(name)))
    assert read_configuration(path) == preset(name)


def test_a_configuration_changes_its_preset_in_what_it_says() -> None:
    changed = configuration({"preset": "paper", "feature": {"dropout": 0.5}}, "x")
    assert (changed.feature.dropout, changed.feature.pooling) == (0.5, 0.66)
    assert changed.convolution == preset("paper").convolution
    weighted = configured(convolution={"kernel_size": {"3": 2, "1": 1}}).convolution.kernel_size
    assert weighted == Choice((3, 1), (2.0, 1.0))
    assert configured(head={"units": {"min": 3, "max": 5}}).head.units == Choice((3, 4, 5))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"preset": "papr"}, 'there is no preset "papr"; give default or paper.'),
        ({"featur": {}}, "there is no [featur]; did you mean feature?"),
        ({"feature": {"dropuot": 0.1}}, "there is no feature.dropuot; did you mean dropout?"),
        ({"feature": 3}, "feature is a section: write [feature] and its keys below."),
        ({"feature": {"dropout": 1.5}}, "feature.dropout must be a probability from 0 to 1; it is 1.5."),
        ({"feature": {"dropout": True}}, "feature.dropout must be a probability from 0 to 1; it is True."),
        ({"network": {"classes": 1}}, "network.classes must be a whole number from 2 to 65,536; it is 1."),
        ({"network": {"input": [32, 32]}}, "each a whole number from 1 to 4,096; it is [32, 32]."),
        ({"network": {"same": ["x"]}}, "kernel_initializer, epsilon, momentum, activate, join; it is ['x']."),
        (
            {"convolution": {"activation": ["relo"]}},
            "convolution.activation must be values that conv takes for activation",
        ),
        (
            {"convolution": {"kernel_size": []}},
            "convolution.kernel_size must be values that conv takes for kernel_size",
        ),
        (
            {"convolution": {"kernel_size": {3: 0}}},
            "a table with their weights, or a table with min and max; it is {3: 0}.",
        ),
        ({"dropout": {"rate": 1}}, "dropout.rate must be numbers from 0 to 0.99: one, a list of them"),
        (
            {"conditions": {"layers": [30, 20]}},
            "must be [smallest, largest], where inf means no limit; it is [30, 20].",
        ),
        ({"head": {"units": {"min": 1, "max": 10**9}}}, "head.units must be whole numbers from 1 to 65,536"),
    ],
)
def test_a_wrong_configuration_is_told_in_one_sentence(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        configuration(given, "sampler.toml")
    assert sentence in str(told.value)
    assert str(told.value).startswith("sampler.toml: ")


def test_a_file_that_is_no_configuration_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[feature\n")
    with pytest.raises(ConfigurationError, match=r"bad.toml is no TOML: "):
        read_configuration(tmp_path / "bad.toml")
    with pytest.raises(ConfigurationError, match=r"none.toml cannot be read: No such file or directory\."):
        read_configuration(tmp_path / "none.toml")


@pytest.mark.parametrize("input_shape", [(1, 1, 1), (7, 30, 2), (64, 3, 4)])
@pytest.mark.parametrize("name", PRESETS)
def test_images_of_any_shape_are_drawn_for(name: str, input_shape: tuple[int, int, int]) -> None:
    rules = configuration({"preset": name, "network": {"input": list(input_shape), "classes": 3}}, "x")
    for drawn in Population(rules, 60, 11):
        assert fault_of(drawn) is None, drawn.text
