"""Every fault is told once: k slips of the pen make at least k reports and at most k + 1, each where its fault is."""

import dataclasses
import gc
import os
import runpy
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from faults import Slip, applied, draw_apart, errors, faulty, features, least, moved, slips, told, unclosed_comment
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from programs import features as any_features
from programs import merges, sound_programs, texts

from cnngen.language import Analyser, Analysis, Code, Diagnostic, Edit, Fix, Span, analyse
from cnngen.language.collector import paused_collector
from cnngen.language.syntax.memory import Memory
from cnngen.language.syntax.parser import parse
from cnngen.language.syntax.places import Place
from cnngen.language.syntax.repair import repair
from cnngen.language.syntax.tokens import Token, tokenize
from cnngen.language.syntax.tree import Merge

to_measure = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "programs.py"))
realistic, plain = to_measure["realistic"], to_measure["plain"]
seeds = st.integers(0, 10**6).map(Random)


def kinds(found: Analysis, start: int, end: int) -> list[str]:
    """The nodes that the text between two offsets became."""
    return [node.kind for node in found.network.nodes if start <= node.span.start < end and node.kind != "input"]


def hold_to_the_bound(text: str, count: int, random: Random) -> None:
    drawn = draw_apart(text, count, random)
    sound, spoilt = analyse(text), analyse(applied(text, list(drawn.values())))
    said = [(d.code, spoilt.text[slice(*d.span)], d.message) for d in errors(spoilt)]
    assert len(drawn) <= len(told(spoilt)) <= len(drawn) + 1, (drawn, said)
    faults = list(drawn.values())
    starts = [*features(sound.tree), len(text)]
    places = [*(moved(start, faults) for start in starts[:-1]), len(spoilt.text)]
    near = [  # the features that a report lies in, begins or stands right before, and their neighbours
        {
            beside
            for feature in range(len(starts) - 1)
            if d.span.start <= places[feature + 1] and d.span.end >= places[feature]
            for beside in (feature - 1, feature, feature + 1)
        }
        for d in told(spoilt)
    ]
    assert all(features_near & set(drawn) for features_near in near), (drawn, said)
    assert set(drawn) <= set().union(*near), (drawn, said)
    for feature in set(range(len(starts) - 1)) - set(drawn):
        was = kinds(sound, starts[feature], starts[feature + 1])
        assert was == kinds(spoilt, places[feature], places[feature + 1]), (feature, drawn, said)
    before = starts[min(drawn)] if drawn else len(text)
    shapes = [node.shape for node in sound.network.nodes if node.span.start < before]
    assert [node.shape for node in spoilt.network.nodes][: len(shapes)] == shapes, (drawn, said)


@settings(max_examples=100)
@given(sound_programs(most=24), st.integers(1, 10), seeds)
def test_k_faults_in_k_features_make_k_reports_or_one_more(text: str, count: int, random: Random) -> None:
    hold_to_the_bound(text, count, random)


@settings(max_examples=40)
@given(st.integers(30, 150), st.integers(1, 10), seeds)
def test_so_they_do_in_a_program_such_as_people_write(words: int, count: int, random: Random) -> None:
    hold_to_the_bound(realistic(words), count, random)


DRAWS = int(os.environ.get("CNNGEN_FAULT_DRAWS", "200"))


def place(slip: Slip) -> Span:
    return slip.span


#: Faults of which each may look like two.
DOUBLE = ("missing word", "swapped neighbours")


@settings(max_examples=100)
@given(sound_programs(most=4), seeds)
def test_one_fault_is_one_report(text: str, random: Random) -> None:
    offered = slips(text, random)
    for slip in random.sample(offered, min(20, len(offered))):
        found = told(analyse(applied(text, [slip])))
        assert len(found) <= 1 or slip.kind in DOUBLE, (slip, found)
        assert len(found) <= 2, (slip, found)


@settings(max_examples=150)
@given(merges(arguments=False), seeds)
def test_two_faults_in_one_merge_make_one_report_to_one_more_than_alone(merge: str, random: Random) -> None:
    """One may hide the other, as in a lane that lacks its comma and its layers; neither starts an avalanche."""
    before = "input conv(filters=8)\n"
    text = f"{before}{merge}\nconv flatten dense output"
    inside = [slip for slip in slips(text, random) if len(before) <= slip.span.start < len(before) + len(merge)]
    first, second = sorted(random.sample(inside, 2), key=lambda slip: slip.span)
    assume(first.span.end + 3 < second.span.start and faulty(text, first) and faulty(text, second))
    found = told(analyse(applied(text, [first, second])))
    alone = sum(2 if slip.kind in DOUBLE else 1 for slip in (first, second))
    assert 1 <= len(found) <= alone + 1, (first, second, found)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("input conv [ (conv, conv\nflatten dense output", [")", "]"]),
        ("input conv [ (conv convbn\nflatten dense output", [")", "]"]),
        ("input conv [ (conv, Empty)\nglobal_avg_pooling dense output", ["]"]),
        ("input conv [ (conv [ (conv, conv\nflatten dense output", [")", "]", ")", "]"]),
    ],
)
def test_a_merge_that_somebody_is_writing_costs_a_report_for_each_bracket_and_nothing_behind_it(
    text: str, missing: list[str]
) -> None:
    found = errors(analyse(text))
    assert [d.fixes[0].edits[0].text for d in found] == missing, found
    assert {d.span for d in found} == {Span(text.index("\n") + 1, text.index(" dense"))}


def test_a_size_of_zero_is_no_size_that_lacks_its_parentheses() -> None:
    (found,) = errors(analyse("input convbn(strides=1, 0) flatten dense output"))
    assert "lacks its name" in found.message


def hold_side_by_side(text: str, drawn: list[Slip], analyser: Analyser) -> bool:
    """k faults, however near one another, make k reports or one more; False where they are not k faults."""
    if any(one.span.end + 3 >= other.span.start for one, other in pairwise(drawn)):
        return False
    if not all(told(analyser.analyse(applied(text, [slip]))) for slip in drawn):
        return False
    found, count = told(analyser.analyse(applied(text, drawn))), least(text, drawn)
    assert count <= len(found) <= count + 1, (drawn, [(d.code, d.message) for d in found])
    return True


@settings(max_examples=150)
@given(st.integers(15, 45), st.integers(2, 3), seeds)
def test_k_faults_in_neighbouring_features_make_k_reports_or_one_more(words: int, count: int, random: Random) -> None:
    text = realistic(words)
    starts, offered = [*features(parse(text)[0]), len(text)], slips(text, random)
    first = random.randrange(1, max(2, len(starts) - 1 - count))
    rows = [
        [slip for slip in offered if begin <= slip.span.start and slip.span.end <= end]
        for begin, end in pairwise(starts[first : first + count + 1])
    ]
    assume(len(rows) == count and all(rows))
    drawn = [random.choice(row) for row in rows]
    hold_side_by_side(text, drawn, Analyser())


@pytest.mark.parametrize("words", [30, 45, 60])
def test_k_faults_in_one_merge_make_k_reports_or_one_more(words: int) -> None:
    """Of every draw; CNNGEN_FAULT_DRAWS=3000 asks of more."""
    text, analyser, random = realistic(words), Analyser(), Random(words)
    offered = slips(text, random)
    inside = [
        [slip for slip in offered if begin <= slip.span.start and slip.span.end <= end]
        for begin, end in (item.span for item in parse(text)[0].items if isinstance(item, Merge))
    ]
    draws = (sorted(random.sample(random.choice(inside), random.choice([2, 3])), key=place) for _ in range(DRAWS))
    assert sum(hold_side_by_side(text, drawn, analyser) for drawn in draws) > DRAWS / 3


@pytest.mark.parametrize("seed", range(5))
def test_the_ten_faults_of_which_langium_tells_nine_and_lark_fifty_seven_make_ten_or_eleven_reports(seed: int) -> None:
    """Five typos and five missing marks in a program of 3,000 words and marks, as the peers were given."""
    text, random = plain(3_000), Random(seed)
    drawn = []
    for kind in ("misspelt word", "missing mark"):
        offered = [slip for slip in slips(text, random) if slip.kind == kind]
        while len(drawn) < (5 if kind == "misspelt word" else 10):
            slip = random.choice(offered)
            if all(abs(slip.span.start - other.span.start) > 100 for other in drawn):
                drawn.append(slip)
    assert 10 <= len(errors(analyse(applied(text, drawn)))) <= 11


@settings(max_examples=60)
@given(sound_programs(most=6), seeds)
def test_a_comment_that_never_ends_is_one_report_whatever_it_swallows(text: str, random: Random) -> None:
    place = random.choice(tokenize(text)).start
    found = errors(analyse(applied(text, [unclosed_comment(text, place)])))
    assert [d.code for d in found if "never ends" in d.message] == [Code.UNKNOWN_TEXT]
    assert len(found) <= 2


def restarted(before: str, last: str, rest: str) -> tuple[list[Token], list[Diagnostic]]:
    """The repair of the last feature and the rest alone, with places as if `before` stood before them."""
    tokens, found = repair(tokenize(f"{last}\n{rest}"))
    shift = len(before) + 1
    moved_tokens = [token._replace(start=token.start + shift, end=token.end + shift) for token in tokens]
    return moved_tokens, [
        dataclasses.replace(
            d,
            span=Span(d.span.start + shift, d.span.end + shift),
            fixes=tuple(
                Fix(f.title, tuple(Edit(Span(e.span.start + shift, e.span.end + shift), e.text) for e in f.edits))
                for f in d.fixes
            ),
        )
        for d in found
    ]


@settings(max_examples=200)
@given(st.lists(any_features(True), min_size=1, max_size=4), any_features(True), texts())
def test_behind_sound_features_the_repair_needs_only_the_last_of_them(before: list[str], last: str, rest: str) -> None:
    prefix = "\n".join(before)
    whole, found = repair(tokenize(f"{prefix}\n{last}\n{rest}"))
    tokens, expected = restarted(prefix, last, rest)
    assert found == expected
    assert whole == tokenize(prefix) + tokens


@settings(max_examples=60)
@given(sound_programs(most=5), seeds, st.sampled_from([(150, 500), (5, 500), (5, 20)]))
def test_what_was_found_in_one_text_makes_no_difference_in_the_next(
    text: str, random: Random, most: tuple[int, int]
) -> None:
    """Faults come and go, as they do while somebody types; each text is repaired as if it were the first."""
    memory, offered = Memory(), slips(text, random)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in zip(("MOST", "MOST_PLACES"), most, strict=True):
            patch.setattr(f"cnngen.language.syntax.memory.{name}", value)
        for _ in range(6):
            drawn = sorted(random.sample(offered, min(3, len(offered))), key=place)
            if all(one.span.end < other.span.start for one, other in pairwise(drawn)):
                tokens = tokenize(applied(text, drawn))
                assert repair(tokens, memory) == repair(tokens)


def test_the_memory_of_repairs_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnngen.language.syntax.memory.MOST", 50)
    memory, counts = Memory(), []
    for number in range(100):
        repair(
            tokenize(f"input conv(filters={number} {'[ (' * (number % 20)} conv{number} @ ) , banana{number}"), memory
        )
        counts.append(memory.count)
    assert max(counts) < 500
    assert sum(after < before for before, after in pairwise(counts)) > 0


def test_what_the_last_text_needed_is_never_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnngen.language.syntax.memory.MOST", 5)
    memory, tokens = Memory(), tokenize("input conv(filters=3 [ ( conv @ ) , banana conv pool ] flatten")
    repair(tokens, memory)
    assert memory.count > 5
    monkeypatch.setattr("cnngen.language.syntax.memory.advance", pytest.fail)
    for _ in range(3):
        repair(tokens, memory)


def living() -> int:
    return sum(isinstance(one, Place) for one in gc.get_objects())


def test_what_repairs_forget_is_gone_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cycles would stay until Python's collector looks at the oldest of all objects, which is seldom."""
    monkeypatch.setattr("cnngen.language.syntax.memory.MOST", 5)
    monkeypatch.setattr("cnngen.language.syntax.memory.MOST_PLACES", 20)
    gc.collect()
    with paused_collector():
        before, memory = living(), Memory()
        for number in range(10):
            repair(tokenize(f"input {'[ (' * number} conv @ ) , banana{number}"), memory)
            assert living() - before == len(memory.outermost.all())


@settings(max_examples=60)
@given(sound_programs(most=8))
def test_a_sound_program_is_never_repaired(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnngen.language.syntax.repair.repair", pytest.fail)
        parse(text)
    tokens = tokenize(text)
    assert repair(tokens) == (tokens, [])


@settings(max_examples=200)
@given(texts())
def test_whatever_is_repaired_parses_and_keeps_the_order_of_the_text(text: str) -> None:
    parse(text)
    tokens, _ = repair(tokenize(text))
    assert [token for token in tokens if token.written] == sorted(
        (token for token in tokens if token.written), key=lambda token: token.start
    )
